"""`armsrace list`: the scenarios of the library, or the series that can be charted."""

from typing import Annotated

from sim.cli.options import Format, flag
from sim.io.terminal import emit

Series = Annotated[bool, flag("List the series that armsrace chart draws. Default: the scenarios.")]


def list_(*, series: Series = False, form: Format = "text") -> None:
    """List the scenarios of the library, or the series that can be charted."""
    if series:
        from sim.runs.chart import series_document, series_lines

        emit(form, series_document, series_lines, indent=1)
        return
    from sim.report.scenario_text import library_document, library_lines

    emit(form, library_document, library_lines, indent=1)
