"""The pictures of a report: each with its title and its words, in the section that its record names."""

from collections.abc import Sequence
from typing import Any

from sim.io.errors import listed
from sim.plots.registry import Plot, plots_of
from sim.report.document import Image


def images(of: str, subject: Any, sections: Sequence[str]) -> dict[str, list[Image]]:
    """Pictures of a result by section; LookupError for an unknown section."""
    shown: dict[str, list[Image]] = {section: [] for section in sections}
    for plot in plots_of(of, subject):
        if plot.section not in shown:
            known = listed(sections)
            raise LookupError(
                f'the picture "{plot.name}" stands in the section "{plot.section}"; the report has {known}'
            )
        shown[plot.section].append(image_of(plot, subject, plot.name))
    return shown


def image_of(plot: Plot, subject: Any, name: str) -> Image:
    """One picture with its title and its words, by the name of its files."""
    return Image(plot.title, plot.words(subject), f"{name}.svg")
