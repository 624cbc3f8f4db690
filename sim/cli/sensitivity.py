"""`armsrace sensitivity`: which inputs of a finished sweep matter."""

from pathlib import Path
from typing import Annotated, Literal

from sim.cli.options import Format, Metrics, SweepFolder, option, repeated
from sim.io.terminal import emit

Scenarios = Annotated[
    tuple[str, ...], repeated("--scenario", "A scenario of the sweep; may be repeated. Default: all.")
]
Against = Annotated[
    str | None,
    option(
        "Subtract this scenario's outcome in the same simulation, point and member; none subtracts nothing. Default: what a scenario "
        "is compared with by its file, or baseline, where the sweep has it."
    ),
]
Methods = Annotated[
    tuple[Literal["sobol", "morris", "rbd-fast", "pawn"], ...],
    repeated(
        "--method",
        "A method; may be repeated. sobol and morris need designs of these kinds; rbd-fast and pawn take any points but those of "
        "morris. Default: what the design is made for, else rbd-fast and pawn.",
    ),
]
Out = Annotated[Path | None, option("Folder to write. Default: sensitivity/ in the folder of the sweep.")]


def sensitivity(
    folder: SweepFolder,
    /,
    *,
    metrics: Metrics = (),
    scenarios: Scenarios = (),
    against: Against = None,
    methods: Methods = (),
    out: Out = None,
    form: Format = "text",
) -> None:
    """Say which inputs of a finished sweep matter.

    By input, by actor and by mechanism, with 95 % intervals. Says when the intervals are too wide to rank the inputs, and about how
    many points would do. Writes tables, a tornado for each of the first outcomes, and a JSON document.
    """
    from sim.runs.sweep_folders import write_sensitivity
    from sim.sweep.analysis.loading import load_sweep
    from sim.sweep.analysis.sensitivity_study import sensitivity_study

    study = sensitivity_study(load_sweep(folder), metrics, scenarios, against, methods)
    files = write_sensitivity(study, out or folder / "sensitivity")
    emit(form, study.document, lambda: [*study.lines(), "", *files])
