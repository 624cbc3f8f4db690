"""`armsrace chart`: one series as a picture that stands alone."""

from pathlib import Path
from typing import Annotated, Literal

from sim.cli.options import RESULTS, Ensemble, Format, Members, Seed, Settings, Theory, Threads, option
from sim.ensembles.registry import DEFAULT_FIT
from sim.io.progress import watched
from sim.io.terminal import emit, paragraph

Name = Annotated[
    str, option("A series, such as spending.BIH or tension; armsrace list --series shows all.", name="SERIES")
]
Years = Annotated[
    str | None, option("Years or quarters that are shown, such as 2020-2030. Default: 2018 to 2035.", name="FROM-TO")
]
Scenario = Annotated[
    str,
    option("A scenario of the library, or the path of a scenario file. It is drawn against what it is compared with."),
]
Picture = Annotated[Literal["png", "svg", "pdf"], option("Format of the picture.")]
Out = Annotated[Path, option("Folder for the picture and its table.")]


def chart(
    series: Name,
    years: Years = None,
    /,
    *,
    scenario: Scenario = "baseline",
    members: Members = 1000,
    seed: Seed = 1,
    settings: Settings = (),
    ensemble: Ensemble = DEFAULT_FIT,
    theory: Theory = None,
    picture: Picture = "png",
    out: Out = RESULTS / "charts",
    form: Format = "text",
    threads: Threads = None,
) -> None:
    """Draw one series as a picture that stands alone, with its numbers as a small table.

    The picture names what it shows, the unit, the 90 % range and what made it. The table (CSV) has low, median and high of each
    quarter, with the scenario, without it, and of the difference.
    """
    from sim.engines.options import RunOptions
    from sim.runs.chart import document, series_chart, series_named, source_line, write_chart, years_named

    named, stretch = series_named(series), years_named(years)
    options = RunOptions(members, seed, ensemble=ensemble, theory=theory, settings=settings, threads=threads)
    with watched() as progress:
        drawn = series_chart(scenario, named, stretch, options, progress)
    files = write_chart(drawn, out, picture)
    emit(
        form,
        lambda: document(drawn, files),
        lambda: [*(f"Wrote {file}" for file in files), paragraph(source_line(drawn))],
    )
