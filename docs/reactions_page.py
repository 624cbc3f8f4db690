"""The page of the reactions, made from the tables of `calibration/reactions/`."""

from collections.abc import Iterator

from sim.calibration.panel.page import page_body
from sim.calibration.panel.tables import read_tables


def reaction_lines() -> Iterator[str]:
    """The answer, every dyad, what the estimate depends on, what it cannot tell, how to do it again."""
    yield from page_body(read_tables()).split("\n")
