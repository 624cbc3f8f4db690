"""`armsrace trace`: where a number comes from."""

from typing import Annotated

from sim.cli.options import Format, option
from sim.io.terminal import emit

Name = Annotated[
    str,
    option(
        "A parameter (reaction.SRB), a figure (004-T1-XKX-2023), an outside number (milex-SRB-2023), an event (skydagger-order), "
        "an event on record (E045, X043), a variable (tension), a document (002), or a claim (M07)."
    ),
]


def trace(name: Name, /, *, form: Format = "text") -> None:
    """Say where a number comes from and what uses it.

    Tells its value, unit, range, status, source and place.
    """
    from sim.report.trace import traced

    traced_name = traced(name)
    emit(form, traced_name.plain, traced_name.lines, indent=1)
