"""The files of a run but the trajectories, which are written as they come."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.analysis.comparison import Comparison
from sim.analysis.output import FIGURES, MANIFEST, UNCERTAINTY, RunFolder, write_json, write_summary
from sim.analysis.results import Run
from sim.analysis.variance_shares import block, write_uncertainty
from sim.engines.simulate import PreparedScenario
from sim.io.background import Submit, in_background

if TYPE_CHECKING:
    from sim.report.why import Why


def document(run: Run, folder: Path) -> dict[str, Any]:
    """What `run --format json` prints."""
    return {
        "scenario": run.scenario.id,
        **labels(run),
        "contrasts": list(run.rows()),
        "stability": run.stability,
        "uncertainty": block(run),
        "out": str(folder),
    }


def labels(run: Run | Comparison) -> dict[str, Any]:
    """How something was simulated, as every JSON document says it."""
    return {
        "baseline": None if run.baseline is None else run.baseline.id,
        "members": run.members,
        "seed": run.seed,
        "theory": run.theory,
        "settings": list(run.settings),
        "fit": run.fit,
        "version": __version__,
        "model_version": run.model_version,
    }


@dataclass(frozen=True)
class Helper:
    """A second process that works while a run is finished, and what it finds out first: why the answer moved."""

    submit: Submit
    explained: Callable[[], "Why | None"]


@contextmanager
def explaining(run: Run, pair: Sequence[PreparedScenario], folder: RunFolder | None) -> Iterator[Helper | None]:
    """A helper that is at work on why the answer moved; None where no report is written."""
    if folder is None:
        yield None
        return
    from sim.report.why import why

    with in_background() as submit:
        yield Helper(submit, submit(why, run, pair, folder.draft / FIGURES))


def write_run(run: Run, draft: Path, manifest: Callable[[], dict[str, Any]], helper: Helper | None) -> None:
    """Write tables and manifest; with a helper pictures and report, too.

    manifest : gives it as of now, with the seconds that the run has taken
    """
    write_summary(run, draft / "summary.csv")
    if run.uncertainty is not None:
        write_uncertainty(run.uncertainty, draft / UNCERTAINTY)
    if helper is not None:
        _write_pictures_and_report(run, draft, manifest(), helper)
    write_json(manifest(), draft / MANIFEST)


def _write_pictures_and_report(run: Run, draft: Path, manifest: dict[str, Any], helper: Helper) -> None:
    """The pictures, half of them by the helper, and the page that shows them."""
    from sim.plots.registry import plots_of, write_named
    from sim.report.run_report import write_report

    names = [plot.name for plot in plots_of("run", run)]
    others = helper.submit(write_named, names[::2], run, draft / FIGURES)
    write_named(names[1::2], run, draft / FIGURES)
    others()
    write_report(run, draft, manifest, helper.explained())
