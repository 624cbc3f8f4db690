"""What a call has to say beside its result goes to the logger "armsrace": warnings, and at the level INFO how far it is.

Nothing is printed unless a program asks for it, as by `logging.basicConfig(level="INFO")`; the commands print the warnings.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sim.io.terminal import complain

LOG = logging.getLogger("armsrace")
LOG.addHandler(logging.NullHandler())


class _Printed(logging.Handler):
    """A line on standard error, wherever that is by now."""

    def emit(self, record: logging.LogRecord) -> None:
        complain(record.getMessage())


@contextmanager
def printed() -> Iterator[None]:
    """Print the warnings of all that is called within, as a command does; a program's own handlers do not get them, too."""
    handler, before = _Printed(logging.WARNING), LOG.propagate
    LOG.addHandler(handler)
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.propagate = before
