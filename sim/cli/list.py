"""`armsrace list`: the scenarios of the library."""

from sim.cli.options import Format
from sim.io.terminal import emit


def list_(*, form: Format = "text") -> None:
    """List the scenarios of the library."""
    from sim.report.scenario_text import library_document, library_lines

    emit(form, library_document, library_lines, indent=1)
