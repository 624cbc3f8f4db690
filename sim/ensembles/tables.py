"""Reads the CSV tables of a fit: which columns each has, what may stand in them, and what is wrong where it does not."""

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from sim.io.errors import InputError, Problem, listed, shown_value, suggestion
from sim.io.files import refuse_special


@dataclass(frozen=True)
class Range:
    """The 5 %, 50 % and 95 % quantiles of a quantity."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Parameter:
    """A row of parameters.csv: one fitted number before and after the figures.

    sd_ratio : posterior over prior standard deviation, on the scale on which the prior is standard normal
    shift    : move of the mean on that scale, in prior standard deviations
    word     : pinned | bounded | assumed
    moments  : ids of the moments that informed it, strongest first
    """

    line: int
    key: str
    unit: str
    group: str
    meaning: str
    prior_kind: str
    prior: Range
    posterior: Range
    sd_ratio: float
    shift: float
    word: Literal["pinned", "bounded", "assumed"]
    moments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The parameter without its index: `reaction` of `reaction.SRB`."""
        return self.key.partition(".")[0]

    @property
    def is_assumed(self) -> bool:
        return self.word == "assumed"


@dataclass(frozen=True)
class Moment:
    """A row of moments.csv: one thing that the model was asked to reproduce.

    observed : as text, a number or words
    prior, posterior : of the quantity as simulated worlds predict it; None where a range means nothing
    rank     : share of posterior worlds below what was observed; None where that means nothing
    """

    line: int
    id: str
    documents: tuple[str, ...]
    what: str
    figures: tuple[str, ...]
    kind: str
    unit: str
    observed: str
    error: str
    prior: Range | None
    posterior: Range | None
    rank: float | None
    is_inside_90: bool | None
    explanation: str

    @property
    def is_outside(self) -> bool:
        return self.is_inside_90 is False


@dataclass(frozen=True)
class Ranks:
    """A row of sbc.csv: how often the true value had each rank among the draws, and how likely that is by chance."""

    line: int
    key: str
    counts: tuple[float, ...]
    p_value: float


@dataclass(frozen=True)
class Forecast:
    """A row of table1_forecast.csv: Turkish exports to a buyer in a year that the fit had not seen, million US$."""

    line: int
    buyer: str
    year: int
    observed: float
    quantiles: tuple[float, float, float, float, float]
    is_inside_90: bool
    explanation: str

    @property
    def is_inside_50(self) -> bool:
        return self.quantiles[1] <= self.observed <= self.quantiles[3]


@dataclass(frozen=True)
class LeftOut:
    """A row of leave_one_out.csv: a conclusion with all documents, and without one of them."""

    line: int
    document: str
    conclusion: str
    with_all: str
    without: str
    is_flipped: bool


BINS = 10
WORDS = ("pinned", "bounded", "assumed")
Row = TypeVar("Row")


# ---- cells -----------------------------------------------------------------------------------------------------------


def text(cell: str) -> str:
    """Words that may be missing."""
    return cell


def name(cell: str) -> str:
    """Words that must be there."""
    if not cell:
        raise ValueError("blank; it is needed here")
    return cell


def names(cell: str) -> tuple[str, ...]:
    """Words parted by semicolons.

    >>> names("004-01; 004-02")
    ('004-01', '004-02')
    """
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def number(cell: str) -> float:
    """A finite number."""
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(f"{shown_value(cell)} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{shown_value(cell)} is not a finite number")
    return value


def positive(cell: str) -> float:
    """A number that is not below zero."""
    value = number(cell)
    if value < 0.0:
        raise ValueError(f"{cell} is below zero")
    return value


def share(cell: str) -> float:
    """A number from 0 to 1."""
    value = number(cell)
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{cell} is outside 0-1")
    return value


def whole(cell: str) -> int:
    """A whole number."""
    try:
        return int(cell)
    except ValueError:
        raise ValueError(f"{shown_value(cell)} is not a whole number") from None


def yes_or_no(cell: str) -> bool:
    """True or false."""
    return one_of("true", "false")(cell.lower()) == "true"


def one_of(*choices: str) -> Callable[[str], str]:
    """One of some words."""

    def chosen(cell: str) -> str:
        if cell not in choices:
            raise ValueError(f"{shown_value(cell)} is not {listed(choices)}")
        return cell

    return chosen


def or_blank(reader: Callable[[str], Any]) -> Callable[[str], Any]:
    """A cell that may be blank, which is None: not known or without meaning."""
    return lambda cell: reader(cell) if cell else None


# ---- columns ---------------------------------------------------------------------------------------------------------

Cells = Mapping[str, Any]
Reader = Callable[[str], Any]
KINDS = ("lognormal", "normal", "half_normal", "uniform", "one_plus_lognormal")
QUANTILES = ("q05", "q50", "q95")
SPREAD = ("q05", "q25", "q50", "q75", "q95")
OUT_OF_ORDER = "the quantiles are out of order: a lower one is above a higher one"


class CellError(ValueError):
    """What is wrong between the cells of a row, and the column to look at."""

    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


def _quantile_columns(reader: Reader) -> dict[str, Reader]:
    return {f"{world}_{quantile}": reader for world in ("prior", "posterior") for quantile in QUANTILES}


def _range(cells: Cells, world: str) -> Range | None:
    """Three quantiles in order; None where all are blank."""
    values = [cells[f"{world}_{quantile}"] for quantile in QUANTILES]
    if values == [None, None, None]:
        return None
    if None in values:
        raise CellError(f"{world}_q05", "some quantiles are blank and some are not; give all three or none")
    if sorted(values) != values:
        raise CellError(f"{world}_q05", OUT_OF_ORDER)
    return Range(*values)


def _parameter(line: int, cells: Cells) -> Parameter:
    prior, posterior = _range(cells, "prior"), _range(cells, "posterior")
    if prior is None or posterior is None or prior.low == prior.high:
        raise CellError("prior_q05", "the prior does not vary; a fixed parameter has no row here")
    words = {column: cells[column] for column in ("key", "unit", "group", "meaning", "prior_kind", "word", "moments")}
    return Parameter(
        line=line, prior=prior, posterior=posterior, sd_ratio=cells["sd_ratio"], shift=cells["shift"], **words
    )


def _moment(line: int, cells: Cells) -> Moment:
    columns = ("id", "what", "figures", "kind", "unit", "observed", "error", "rank", "explanation")
    return Moment(
        line=line,
        documents=cells["document"],
        prior=_range(cells, "prior"),
        posterior=_range(cells, "posterior"),
        is_inside_90=cells["inside_90"],
        **{column: cells[column] for column in columns},
    )


def _ranks(line: int, cells: Cells) -> Ranks:
    counts = tuple(cells[f"bin_{number}"] for number in range(BINS))
    if not any(counts):
        raise CellError("bin_0", "all counts are zero; leave the row out")
    return Ranks(line, cells["key"], counts, cells["p_value"])


def _forecast(line: int, cells: Cells) -> Forecast:
    quantiles = tuple(cells[column] for column in SPREAD)
    if tuple(sorted(quantiles)) != quantiles:
        raise CellError("q05", OUT_OF_ORDER)
    observed, inside = cells["observed_musd"], cells["inside_90"]
    return Forecast(line, cells["buyer"], cells["year"], observed, quantiles, inside, cells["explanation"])


def _left_out(line: int, cells: Cells) -> LeftOut:
    return LeftOut(line, cells["document"], cells["conclusion"], cells["with_all"], cells["without"], cells["flips"])


@dataclass(frozen=True)
class Layout:
    """How a table is laid out.

    columns  : what may stand in each
    build    : a row from its cells; CellError says what is wrong between them
    identity : attributes that tell rows apart; empty where rows may repeat
    is_empty_fine : whether the table may have no row
    """

    columns: Mapping[str, Reader]
    build: Callable[[int, Cells], Any]
    identity: tuple[str, ...] = ()
    is_empty_fine: bool = True


LAYOUTS: dict[type, Layout] = {
    Parameter: Layout(
        {
            "key": name, "unit": text, "group": name, "meaning": text, "prior_kind": one_of(*KINDS),
            **_quantile_columns(number), "sd_ratio": positive, "shift": number, "word": one_of(*WORDS),
            "moments": names,
        },
        _parameter, ("key",), is_empty_fine=False,
    ),
    Moment: Layout(
        {
            "id": name, "document": names, "what": name, "figures": names, "kind": text, "unit": text,
            "observed": name, "error": text, **_quantile_columns(or_blank(number)), "rank": or_blank(share),
            "inside_90": or_blank(yes_or_no), "explanation": text,
        },
        _moment, ("id",), is_empty_fine=False,
    ),
    Ranks: Layout(
        {"key": name, **{f"bin_{number}": positive for number in range(BINS)}, "p_value": share}, _ranks, ("key",)
    ),
    Forecast: Layout(
        {
            "buyer": name, "year": whole, "observed_musd": positive, **dict.fromkeys(SPREAD, positive),
            "inside_90": yes_or_no, "explanation": text,
        },
        _forecast, ("buyer", "year"),
    ),
    LeftOut: Layout(
        {"document": name, "conclusion": name, "with_all": text, "without": text, "flips": yes_or_no}, _left_out
    ),
}  # fmt: skip


# ---- files -----------------------------------------------------------------------------------------------------------


def read_rows(file: Path, row: type[Row]) -> tuple[Row, ...]:
    """The rows of a table; InputError lists file, line and column of all that is wrong."""
    layout = LAYOUTS[row]
    (_, header), *lines = _lines(file) or [(1, [])]
    problems = [Problem(1, one, "no such column; the table needs it") for one in layout.columns if one not in header]
    problems += [Problem(1, one, _stray(one, header, layout)) for one in header if _stray(one, header, layout)]
    rows: list[Row] = []
    for line, cells in [] if problems else lines:
        try:
            rows.append(layout.build(line, _read(layout, header, cells, line)))
        except CellError as error:
            problems.append(Problem(line, error.column, str(error)))
        except _RowError as error:
            problems += error.problems
    problems += _repeated(rows, layout.identity)
    if not lines and not problems and not layout.is_empty_fine:
        problems.append(Problem(None, "", "holds no row below its header"))
    if problems:
        raise InputError(file, problems)
    return tuple(rows)


class _RowError(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(problems)


def _stray(column: str, header: list[str], layout: Layout) -> str:
    """What is wrong with a column of the header, or nothing."""
    if column not in layout.columns:
        return f"unknown column{suggestion(column, layout.columns)}"
    return "this column stands twice" if header.count(column) > 1 else ""


def _read(layout: Layout, header: list[str], cells: list[str], line: int) -> Cells:
    """The cells of a line by column; _RowError lists those that cannot be what they say."""
    if len(cells) != len(header):
        message = f"{len(cells)} cells under {len(header)} columns; is a text with a comma not in quotes?"
        raise _RowError([Problem(line, "", message)])
    read: dict[str, Any] = {}
    problems = []
    for column, cell in zip(header, cells, strict=True):
        try:
            read[column] = layout.columns[column](cell.strip())
        except ValueError as error:
            problems.append(Problem(line, column, str(error)))
    if problems:
        raise _RowError(problems)
    return read


def _lines(file: Path) -> list[tuple[int, list[str]]]:
    """Cells of every line that is not empty, with the number of the line that each row starts on."""
    refuse_special(file)
    start = 1
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            lines = []
            for cells in reader:
                lines += [(start, cells)] if cells else []
                start = reader.line_num + 1
            return lines
    except FileNotFoundError:
        problem = Problem(None, "", "no such file; the fit is not whole, make it again")
    except OSError as error:
        problem = Problem(None, "", f"cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        problem = Problem(None, "", "not UTF-8 text")
    except csv.Error as error:
        problem = Problem(start, "", f"not a table with commas ({error})")
    raise InputError(file, [problem])


def _repeated(rows: list[Any], identity: tuple[str, ...]) -> list[Problem]:
    """Rows that stand twice in a table where each is named."""
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for row in rows if identity else []:
        named = tuple(getattr(row, column) for column in identity)
        if named in seen:
            problems.append(Problem(row.line, identity[0], f"{' '.join(map(str, named))} stands here twice"))
        seen.add(named)
    return problems
