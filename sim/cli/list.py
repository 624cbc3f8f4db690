"""`armsrace list`: the scenarios of the library, the series that can be charted, or the numbers of the model."""

from typing import Annotated

from sim.cli.options import Format, flag
from sim.io.terminal import emit

Series = Annotated[bool, flag("List the series that armsrace chart draws. Default: the scenarios.")]
Parameters = Annotated[bool, flag("List the numbers of the model, which --set and vary take. Default: the scenarios.")]


def list_(*, series: Series = False, parameters: Parameters = False, form: Format = "text") -> None:
    """List the scenarios of the library, the series that can be charted, or the numbers of the model."""
    if parameters:
        from sim.report.trace import parameter_lines, parameter_rows

        emit(form, lambda: {"parameters": list(parameter_rows())}, parameter_lines, indent=1)
        return
    if series:
        from sim.runs.chart import series_document, series_lines

        emit(form, series_document, series_lines, indent=1)
        return
    from sim.report.scenario_text import library_document, library_lines

    emit(form, library_document, library_lines, indent=1)
