"""The commands as functions, where one is more than a call of the package that owns it; nothing is printed.

`sim` offers these, and what `sim/__init__.py` names beside them. Every mistake is an `InputError`, which is a `ValueError`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from sim.analysis.regret import Preferences
from sim.analysis.results import Frame, Run, framed
from sim.engines.options import RunFields, RunOptions, Settings, as_settings
from sim.explain.explain import Explanation, asked, explained
from sim.io.errors import refusal, suggestion
from sim.io.quarters import FIRST_YEAR
from sim.io.renamed import old_keywords_refused
from sim.runs.replay import Replay, replayed
from sim.runs.sweep_replay import SweepReplay, is_sweep, replayed_sweep
from sim.scenario.loading import Scenario, load_scenario
from sim.sweep.analysis.information import Information
from sim.sweep.analysis.information import information as worth_of_knowing
from sim.sweep.analysis.loading import Sweep, load_sweep
from sim.sweep.analysis.regret import SweepRegret, sweep_regret
from sim.sweep.analysis.scenario_discovery import Discovery, discovered
from sim.sweep.analysis.sensitivity_study import SensitivityStudy, sensitivity_study
from sim.sweep.run import Finished
from sim.validation import checks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AnySweep = str | Path | Sweep | Finished
LEVEL, DIFFERENCE = "level", "difference"


def explain(
    run: str | Path, actor: str, quarter: str, *, variable: str | None = None, counterpart: str = "",
    since: str | None = None, compare: bool = False, **options: Unpack[RunFields],
) -> Explanation:  # fmt: skip
    """Why a number moved, since a quarter or against the baseline.

    run     : the folder of a run, or a scenario, which is then simulated
    compare : against the baseline in the same quarter, in place of since a quarter; `since` is the quarter before by default
    options : of a scenario as for `run`: members, seed, ensemble, theory, settings
    """
    from sim.runs.rerun import run_again

    again = run_again(run, **options)
    last = again.options.quarters - 1
    question = asked(variable, actor, counterpart, quarter, since, is_compared=compare, last=last)
    return explained(question, again.pair, members=again.options.members, seed=again.options.seed)


def sensitivity(
    sweep: AnySweep, metrics: Sequence[str] = (), scenarios: Sequence[str] = (), *, against: str | None = None,
    methods: Sequence[str] = (),
) -> SensitivityStudy:  # fmt: skip
    """Which inputs of a finished sweep matter.

    against : a scenario whose outcome in the same simulation is subtracted; "none" subtracts nothing
    methods : sobol, morris, rbd-fast, pawn; the design decides by default
    """
    return sensitivity_study(_loaded(sweep), metrics, scenarios, against, methods)


def discover(
    sweep: AnySweep, where: str | Sequence[str], *, scenario: str | None = None, against: str | None = None
) -> Discovery:
    """The region of the inputs of a finished sweep that leads to an outcome, by PRIM.

    where : conditions such as "tension.2030Q4 > 0.5", all of which must hold
    """
    return discovered(_loaded(sweep), [where] if isinstance(where, str) else where, scenario, against)


def regret(
    sweep: AnySweep, metrics: Sequence[str] = (), *, baseline: str | None = None, prefer: Settings = (),
    threshold: Settings = (),
) -> SweepRegret:  # fmt: skip
    """The scenarios of a finished sweep as choices.

    prefer, threshold : {"tension": "lower"}, {"tension": .5}, by outcome or variable
    """
    return sweep_regret(_loaded(sweep), metrics, baseline, Preferences(_named(prefer), _named(threshold)))


def information(sweep: AnySweep, metric: str, prefer: str = "lower") -> Information:
    """Which varied input, if it were known, would change the choice of a scenario, and what that is worth.

    prefer  : "lower" or "higher" values of the metric
    returns : `choice`, the best for all, and in `frame()` for each input its `gain`, and `without_effect`, what chance alone makes
    """
    return worth_of_knowing(_loaded(sweep), metric, prefer)


def _named(values: Settings) -> tuple[str, ...]:
    if isinstance(values, Mapping):
        return tuple(f"{name}={value}" for name, value in values.items())
    return as_settings(values)


def _loaded(sweep: AnySweep) -> Sweep:
    """A finished sweep, whatever it is named by."""
    if isinstance(sweep, Sweep):
        return sweep
    return load_sweep(sweep.folder if isinstance(sweep, Finished) else sweep)


@old_keywords_refused
def check(
    claims: Sequence[str] = (), *, published: bool = False, mechanisms: bool = False, members: int = 300, seed: int = 1,
    ensemble: str = RunOptions.ensemble,
) -> checks.CheckResult:  # fmt: skip
    """Whether the claims of the documents hold; or published results; or what each mechanism moves."""
    if published:
        return checks.check_published()
    options = RunOptions(members, seed, ensemble=ensemble)
    if mechanisms:
        return checks.check_mechanisms(options)
    return checks.check_claims(checks.chosen_claims(claims, None), options)


def validate(scenario: str | Path | Mapping[str, Any] | Scenario) -> tuple[str, ...]:
    """What is odd about a scenario though nothing is wrong; InputError lists what is wrong."""
    from sim.report.oddities import oddities

    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    base = None if chosen.compare_to is None else load_scenario(chosen.compare_to)
    return tuple(oddities(chosen, base))


def report(run: str | Path, form: str = "html", *, out: str | Path | None = None, overwrite: bool = False) -> Path:
    """Write the report of a run's folder as "html", "md" or "xlsx"; returns the file."""
    from sim.report.forms.conversion import convert_report, report_data

    source = report_data(Path(run))
    target = source.with_suffix(f".{form}") if out is None else Path(out)
    if target.resolve() != source.with_suffix(".html").resolve() or not target.is_file():
        convert_report(source, target, form, overwrite=overwrite)
    return target


def replay(folder: str | Path, *, threads: int | None = None) -> Replay | SweepReplay:
    """The run or the sweep of a folder made again and compared byte for byte; `is_same` says the result. Nothing is kept."""
    return replayed_sweep(folder, threads=threads) if is_sweep(folder) else replayed(folder, threads=threads)


def parameters() -> Frame:
    """Every uncertain number and constant of the model, a row for each key: meaning, unit, default, range, status, source."""
    from sim.report.trace import parameter_rows

    return framed(parameter_rows())


def sources(table: str | None = None) -> Frame:
    """The figures of a source table, as printed; without a name, which tables there are."""
    from sim.report.source_tables import holdings, source_table

    if table is None:
        return framed({"name": name, "holds": text} for name, text in holdings().items())
    if table not in holdings():
        raise refusal("sources", f'there is no table "{table}"{suggestion(table, holdings())}')
    return framed(source_table(table).records)


def plot(
    run: Run, variable: str, actor: str, counterpart: str = "", *, what: str = LEVEL, axes: "Axes | None" = None
) -> "Axes":
    """Draw a series of a run: its 50 % and 90 % bands, and the median of the baseline.

    what : "level", or "difference" for the paired difference to the baseline
    axes : where to draw; the current axes of pyplot by default
    """
    from matplotlib import pyplot

    from sim.plots import draw, panels
    from sim.plots.timeline import end_time

    drawn = panels.panel(
        run, f"{variable}, {' '.join(filter(None, (actor, counterpart)))}", variable, actor, counterpart
    )
    place = pyplot.gca() if axes is None else axes
    if what == LEVEL:
        panels.draw_levels(place, run, drawn, panels.EVENTS_RECORDED_UNTIL, "calendar year")
    elif what == DIFFERENCE and drawn.contrast.difference is not None:
        draw.time_axis(place, FIRST_YEAR, end_time(run))
        place.set_title(panels.draw_difference(place, run, drawn, range(run.first_effect or 0, run.quarters)))
    else:
        raise refusal(
            "plot", f'"{what}" is not one of {LEVEL}, {DIFFERENCE}, or the run is compared with nothing', "what"
        )
    return place
