"""The three tables of how spending moves and how good its forecasts were: those that ship, and those that the command makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.analysis.output import write_cells
from sim.calibration import incident_scores
from sim.calibration.incident_scores import IncidentRow, dates_on_record, incident_rows, model_probabilities
from sim.calibration.spending import backtest, derived
from sim.calibration.spending.backtest import ORIGINS, BacktestRow, backtest_rows, scored
from sim.calibration.spending.derived import DerivedRow
from sim.calibration.spending.series import spending_series
from sim.io.assets import data_file
from sim.io.csv_reader import CsvRow, read_rows
from sim.io.progress import Progress
from sim.io.writing import written_together

FILES = (derived.FILE, backtest.FILE, incident_scores.FILE)


@dataclass(frozen=True)
class Record:
    """Rows of the three tables."""

    derived: tuple[DerivedRow, ...]
    backtest: tuple[BacktestRow, ...]
    incidents: tuple[IncidentRow, ...]

    def forecasts(self, group: str, lead: int) -> dict[str, BacktestRow]:
        """The contenders of a group by name."""
        return {row.contender: row for row in self.backtest if (row.group, row.lead) == (group, lead)}

    def number(self, name: str, group: str = "parameters") -> DerivedRow:
        """A derived number."""
        return next(row for row in self.derived if (row.group, row.name) == (group, name))


def read_record() -> Record:
    """The tables that ship."""
    models: tuple[Any, ...] = (DerivedRow, BacktestRow, IncidentRow)
    tables = (
        read_rows(data_file("calibration", "spending", name), row) for name, row in zip(FILES, models, strict=True)
    )
    return Record(*tables)


def made_record(draws: int, members: int, origins: Sequence[int] = ORIGINS, progress: Progress | None = None) -> Record:
    """The tables made anew.

    draws   : of every contender's posterior; the derived numbers have their own count
    members : simulations behind the probability of incidents
    """
    tell = progress or (lambda *_: None)
    series = spending_series()
    tell("spreads and pledges", 0, 1)
    numbers = tuple(derived.derived(series))
    scores = tuple(backtest_rows(scored(series, origins, draws=draws, progress=tell)))
    incidents = tuple(incident_rows(model_probabilities(members, progress=tell), dates_on_record()))
    return Record(numbers, scores, incidents)


def write_record(record: Record, folder: Path) -> tuple[Path, ...]:
    """Write the tables into a folder, all of them or none."""
    tables = (record.derived, record.backtest, record.incidents)
    with written_together(folder, FILES) as draft:
        for name, rows in zip(FILES, tables, strict=True):
            write_rows(draft / name, rows)
    return tuple(folder / name for name in FILES)


def write_rows(file: Path, rows: Sequence[CsvRow]) -> None:
    """Write the rows of one model as a table, in the order of its columns; a blank is what is not known."""
    columns = type(rows[0]).columns()
    write_cells(file, columns, ([getattr(row, name) for name in columns] for row in rows))


def document(record: Record, files: Sequence[Path]) -> dict[str, Any]:
    """The tables as one JSON document."""
    rows = {name: [row.model_dump(exclude={"line"}) for row in getattr(record, name)] for name in vars(record)}
    return {**rows, "files": [str(file) for file in files]}
