"""The pictures by name. Each is a record in a file of its own in this folder; whoever shows pictures asks for them here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import sim.plots
from sim.io.writing import written_together
from sim.plots.style import Frame, our_style, picture_as

REPORTED = (
    "run",
    "theories",
    "explanation",
    "comparison",
    "choices",
)  # what has a report, in which every picture is told in words


def untold(_: Any) -> str:
    """The words of a picture that no report shows."""
    return ""


@dataclass(frozen=True)
class Plot:
    """One picture.

    name     : of its files
    of       : what it is drawn from: a run, theories, a comparison, standings, a forecast, an explanation, ...
    draw     : the picture, from that
    title    : above it in a report
    words    : what it shows, from the same, for who cannot see it
    section  : anchor of the section of the report in which it stands
    place    : its place among the pictures there, the lowest first
    is_drawn : whether that has what the picture shows
    """

    name: str
    of: str
    draw: Callable[[Any], Frame]
    title: str = ""
    words: Callable[[Any], str] = untold
    section: str = ""
    place: int = 0
    is_drawn: Callable[[Any], bool] = lambda _: True

    def __post_init__(self) -> None:
        if self.of in REPORTED and (not self.title or not self.section or self.words is untold):
            raise ValueError(f'the picture "{self.name}" stands in a report: it needs a title, words and a section')

    def content(self, subject: Any, name: str = "", formats: Sequence[str] = ("png", "svg")) -> dict[str, bytes]:
        """What stands in the picture's files, by their names: its own, or another, with the ending of each format."""
        with our_style():
            picture = self.draw(subject)
            return {f"{name or self.name}.{form}": picture_as(form, picture) for form in formats}

    def write(
        self, subject: Any, folder: Path, name: str = "", formats: Sequence[str] = ("png", "svg")
    ) -> tuple[Path, ...]:
        """The picture under its name, or another, a file for each format; the folder is made if need be."""
        return write_files(folder, self.content(subject, name, formats))


def write_files(folder: Path, content: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Files of a folder: all of them, each whole, or none."""
    with written_together(folder, list(content)) as draft:
        for name, whole in content.items():
            (draft / name).write_bytes(whole)
    return tuple(folder / name for name in content)


@cache
def plots() -> dict[str, Plot]:
    """Every picture by its name, in the order of the reports."""
    names = [
        file.name for file in iter_modules(sim.plots.__path__) if file.name != "fit_svg"
    ]  # it draws no picture by itself
    modules = [import_module(f"{sim.plots.__name__}.{name}") for name in names]
    records = [module.PLOT for module in modules if hasattr(module, "PLOT")]
    records.sort(key=lambda plot: (plot.section, plot.place, plot.name))
    by_name = {plot.name: plot for plot in records}
    if len(by_name) < len(records):
        raise ValueError(f"two pictures have one name among {', '.join(plot.name for plot in records)}")
    return by_name


def plots_of(of: str, subject: Any) -> tuple[Plot, ...]:
    """The pictures that a result of some kind bears."""
    return tuple(plot for plot in plots().values() if plot.of == of and plot.is_drawn(subject))


def write_plots(chosen: Sequence[Plot], subject: Any, folder: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write some pictures, a file for each format."""
    return tuple(file for plot in chosen for file in plot.write(subject, folder, formats=formats))
