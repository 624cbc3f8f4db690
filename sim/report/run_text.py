"""What is said of a run, in phrases and sentences that its answer, its report and others share: templates/run_words.txt."""

import json
import math
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.analysis.findings import Finding, horizon_year, setting_name, yearly_levels
from sim.analysis.incidents import expected_incidents
from sim.analysis.topics import HORIZON
from sim.data.actors import whose
from sim.data.region import region_option
from sim.io.assets import data_file
from sim.io.quarters import name_of
from sim.io.templates import phrase
from sim.model.directions import MEANING, Direction
from sim.model.distributions import Distribution
from sim.model.network import FIRST, SECOND
from sim.model.variables import BETWEEN, Series
from sim.report.sources import fit_label
from sim.version import __version__

if TYPE_CHECKING:
    from sim.analysis.results import Run

FEW = 100
MOST_CHANNELS = 4
CHECKED = 1000  # simulations whose stability is looked at, at most
FINDINGS, RUN = "finding_words.txt", "run_words.txt"
LEVELS = (
    (f"{whose(FIRST)} military spending", "spending", FIRST, "", 0),
    (f"Tension between {BETWEEN}", "tension", FIRST, SECOND, 2),
    ("The incident rate", "hazard", FIRST, SECOND, 2),
)


# ---- what was run ----------------------------------------------------------------------------------------------------


def settings_words(run: "Run", *, with_theory: bool = True) -> str:
    """What the user changed, for the end of the line that names the run; empty where nothing is changed."""
    known = () if run.baseline is None else [f"events.{event.id}" for event in run.baseline.events]
    last = {setting_name(setting): _setting_words(run, setting) for setting in run.settings}
    alone = [name for name in last if name.startswith("events.") and name.rpartition(".")[0] not in known]
    return phrase(
        RUN,
        "settings",
        run.theory if with_theory else None,
        [words for name, words in last.items() if name not in alone],
        [last[name] for name in alone],
        run.scenario.id,
        run.baseline is not None,
    )


def _setting_words(run: "Run", setting: str) -> str:
    """A setting as typed; a name that stands for many numbers says how many."""
    name = setting_name(setting)
    count = 1 if name.startswith("events.") else len(run.parameters.rows_of(name))
    return phrase(RUN, "setting", name, count, setting.partition("=")[2].strip())


def few_simulations(members: int) -> str:
    """A warning where the ranges rest on few simulations, else nothing."""
    return phrase(RUN, "few_simulations") if members < FEW else ""


def first_words(run: "Run") -> str:
    """What happens in the quarter from which the changes are told."""
    return phrase(RUN, "first_effect", bool(run.differing_parameters and run.first_event_of_its_own))


def differing_parameters(run: "Run") -> str:
    """That the scenario gives parameters other values than its baseline has, and how to give both the same; else nothing."""
    if not run.differing_parameters:
        return ""
    same = " ".join(f"--set {shlex.quote(f'{key}={value}')}" for key, value in _own_values(run).items())
    has_own_events = run.first_event_of_its_own is not None
    return phrase(RUN, "differing_parameters", run.differing_parameters, name_of(0), has_own_events, same)


def parameters_set(run: "Run") -> tuple[str, ...]:
    """The numbers that the scenario itself sets, otherwise than its baseline."""
    sides = () if run.baseline is None else (run.scenario.id, run.baseline.id)
    return tuple(phrase(RUN, "parameter_set", key, value, *sides) for key, value in _own_values(run).items())


def _own_values(run: "Run") -> dict[str, str]:
    """The values of the differing parameters in the scenario, as a file or --set writes them."""
    own = {key: run.scenario.parameters[key] for key in run.differing_parameters if key in run.scenario.parameters}
    return {
        key: json.dumps(value.plain()) if isinstance(value, Distribution) else f"{value:g}"
        for key, value in own.items()
    }


def made_by(run: "Run") -> str:
    """Program, scenario, simulations and their digests."""
    return phrase(RUN, "made_by", run, __version__, fit_label(run.fit))


def command_again(run: "Run") -> str:
    """The command that makes the run again, without paths: a scenario of the user's own by the name of its file."""
    file = f"{run.scenario.id}.yaml"
    is_shipped = (data_file("scenarios") / file).is_file()
    words = [f"armsrace run {run.scenario.id if is_shipped else file} --members {run.members} --seed {run.seed}"]
    words += [f"--until {name_of(run.quarters - 1)} --ensemble {fit_label(run.fit)}"]
    words += [] if run.theory is None else [f"--theory {run.theory}"]
    words += [f"--set {setting}" for setting in run.settings]
    words += [" ".join(region_option())] if region_option() else []
    return " ".join(words)


# ---- what came of it -------------------------------------------------------------------------------------------------


def certainty(row: Finding) -> str:
    """Shares of simulations that go which way, for a cell of a table."""
    return phrase(FINDINGS, "certainty", row)


def channels_words(whose: Direction) -> str:
    """The channels behind a direction."""
    return phrase(FINDINGS, "channels", whose, MOST_CHANNELS)


def direction_sentence(whose: Direction) -> str:
    """Whose word a direction is, what that means, and the channels behind it; nothing where nothing is to be said."""
    return phrase(FINDINGS, "whose", whose, MEANING[whose.label]) if whose.label else ""


def finding_line(row: Finding) -> str:
    """One line of the answer in short, where there is no room for a table."""
    return phrase(FINDINGS, "line", row)


def level_sentences(run: "Run") -> Iterator[str]:
    """Where three things stand in a run that is compared with nothing."""
    year = horizon_year(run)
    for words, variable, actor, counterpart, digits in LEVELS:
        series = Series(variable, actor, counterpart)
        yield phrase(RUN, "level", words, year, yearly_levels(run, series, digits), series.unit)


def incidents_sentence(run: "Run", without: str) -> str:
    """Incidents expected with the scenario and without, which `without` names; nothing where the run ends too early."""
    expected = expected_incidents(run)
    return "" if expected is None else phrase(FINDINGS, "incidents", expected, without, HORIZON)


def stability_sentence(run: "Run") -> str:
    """Class of the race over the simulations, in words."""
    checked = min(run.members, CHECKED)
    counts = [(name, round(share * checked)) for name, share in run.stability["share_of_members"].items()]
    rate = run.stability["eigenvalue_per_year"]["q50"]
    years = math.log(2.0) / abs(rate) if rate else math.inf
    moved = [pair for pair in counts if pair[1]]
    return phrase(RUN, "stability", moved, checked, checked < run.members, years, rate)
