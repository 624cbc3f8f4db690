"""The page of the backtests, made from the tables of `calibration/spending/`."""

from collections.abc import Iterator

from sim.calibration.spending.page import page_body
from sim.calibration.spending.record import read_record


def backtest_lines() -> Iterator[str]:
    """The answer, who is better where, incidents, the numbers that follow from the series, how it was done."""
    yield from page_body(read_record()).split("\n")
