"""`armsrace calibrate`: fit the ensemble to the figures, or show what a fit learned."""

import sys
from pathlib import Path
from typing import Annotated

from sim.cli.options import RESULTS, flag, option, whole
from sim.io.assets import stand_in
from sim.io.errors import refusal
from sim.io.progress import watched
from sim.io.terminal import complain, say

INTERRUPTED = 130

Out = Annotated[Path | None, option("Folder to write. Default: results/fits/NAME/ below the current directory.")]
Name = Annotated[str, option("Name of the fit, as runs and pictures will show it.")]
Seed = Annotated[int, whole("Seed of the prior ensemble and of every draw after it.")]
Moments = Annotated[
    Path | None, option("Figures to fit, in the form of calibration/moments.yaml. Default: those of the documents.")
]
Parameters = Annotated[
    Path | None,
    option("Parameters and priors, in the form of calibration/parameters.yaml. Default: those of the model."),
]
Quick = Annotated[
    bool,
    flag("A small fit in well under a minute, without the checks of the machinery: for teaching and for trying out."),
]
Overwrite = Annotated[
    bool, flag("Replace another fit in the folder, or the page that --out names. Default: leave it alone.")
]
Report = Annotated[
    str | None, option("Fit nothing: write the page of an existing fit, named or given as a folder. Default: fit.")
]


def calibrate(
    *,
    out: Out = None,
    name: Name = "my-fit",
    seed: Seed = 1,
    moments: Moments = None,
    parameters: Parameters = None,
    quick: Quick = False,
    report: Report = None,
    overwrite: Overwrite = False,
) -> int | None:
    """Fit the ensemble to the figures; say what they can and cannot tell.

    Writes the accepted draws, tables of parameters and moments, checks of the machinery, and report.html. Stop it at any
    time: the same command goes on where it was. Use the result with: armsrace run SCENARIO --ensemble FOLDER

    To fit figures of your own, put them into seeds/figures.csv of a folder of yours and add --data FOLDER (docs/python.md).
    """
    if parameters is not None:
        stand_in(parameters, "calibration", "parameters.yaml")
    if report is not None:
        _report(report, out, overwrite)
        return None
    if not 0 <= seed < 2**31:
        raise refusal("options", f"{seed} is outside 0-{2**31 - 1}", "seed")
    from sim.calibration.run import calibrated

    folder = RESULTS / "fits" / name if out is None else out
    try:
        with watched() as progress:
            lines = calibrated(
                folder, name=name, seed=seed, is_quick=quick, overwrite=overwrite, moments=moments,
                command=["armsrace", *sys.argv[1:]], progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt:
        complain("interrupted; what was finished is kept, and the same command goes on from there")
        return INTERRUPTED
    say(*lines)
    return None


def _report(fit: str, out: Path | None, overwrite: bool) -> None:
    from sim.calibration.report import write_report
    from sim.ensembles.registry import fit_folder

    folder = fit_folder(fit)
    target = RESULTS / f"{folder.name}.html" if out is None else out
    say(f"The page of the fit {folder.name}: {write_report(folder, target, overwrite=overwrite)}")
