"""`armsrace regret`: the scenarios of a finished sweep as choices over its simulations."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import Format, Metrics, Prefer, SweepFolder, Threshold, option
from sim.io.terminal import emit

Baseline = Annotated[
    str | None, option("The scenario that the others are compared with. Default: baseline, or the first of the sweep.")
]
Out = Annotated[Path | None, option("Folder to write. Default: regret/ in the folder of the sweep.")]


def regret(
    folder: SweepFolder,
    /,
    *,
    metrics: Metrics = (),
    baseline: Baseline = None,
    prefer: Prefer = (),
    threshold: Threshold = (),
    out: Out = None,
    form: Format = "text",
) -> None:
    """Compare the scenarios of a finished sweep by regret.

    Tells by how much each falls short of the best, and where it fails. Writes the table, a table of all simulations, a picture and a JSON
    document.
    """
    from sim.analysis.regret import Preferences
    from sim.runs.sweep_folders import write_regret
    from sim.sweep.analysis.loading import load_sweep
    from sim.sweep.analysis.regret import sweep_regret

    standings = sweep_regret(load_sweep(folder), metrics, baseline, Preferences(prefer, threshold))
    files = write_regret(standings, out or folder / "regret")
    emit(form, standings.document, lambda: [*standings.lines(), "", *files])
