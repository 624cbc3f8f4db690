"""CSV tables as pydantic models, a row each: every problem with its file, line, column and value, and what is allowed."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError

from sim.io.errors import InputError, Problem, refusal, shown_value, stop_at_enough, suggestion
from sim.io.files import decoded, read_bytes

MAX_TABLE = 20_000_000  # bytes
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]*,[0-9]+")

Name = Annotated[str, Field(min_length=1)]
"""Words that must be there."""
TrueOrFalse = Annotated[
    bool, Strict(), BeforeValidator(lambda cell: {"true": True, "false": False}.get(cell.lower(), cell))
]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda cell: tuple(filter(None, map(str.strip, cell.split(";")))))]
"""Words parted by semicolons."""


class CsvRow(BaseModel):
    """A row of a table. Each field is a column, by its alias where that differs, or several columns together.

    joined   : fields that are made of several columns
    identity : fields that tell rows apart; empty where rows may repeat
    line     : of the file on which the row starts
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)
    joined: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    identity: ClassVar[tuple[str, ...]] = ()

    line: int

    @classmethod
    def columns(cls) -> list[str]:
        fields = {name: field.alias or name for name, field in cls.model_fields.items() if name != "line"}
        return [column for name, alias in fields.items() for column in cls.joined.get(name, (alias,))]

    @classmethod
    def column_of(cls, place: tuple[str | int, ...]) -> str:
        """The column in which a validation error lies, or the first of those that make up its field; "" for the row."""
        if not place:
            return ""
        name, number = str(place[0]), place[1] if len(place) > 1 else 0
        return cls.joined.get(name, (name,))[int(number)]


Row = TypeVar("Row", bound=CsvRow)


def read_rows(
    file: Path, model: type[Row], *, may_be_empty: bool = True, if_missing: str = "no such file"
) -> tuple[Row, ...]:
    """The rows of a table; InputError lists file, line and column of all that is wrong.

    if_missing : what to tell where there is no such file
    """
    header, lines = cell_lines(file, if_missing)
    problems = list(_header_problems(header, model.columns()))
    rows: list[Row] = []
    for line, cells in [] if problems else lines:
        try:
            row = _whole_row(header, cells)
            fields = {name: tuple(row.pop(column) for column in columns) for name, columns in model.joined.items()}
            rows.append(model.model_validate({**row, **fields, "line": line}))
            problems += _misread(model, rows[-1], row, line)
        except ValidationError as error:
            problems += [Problem(line, model.column_of(fault["loc"]), _words(fault)) for fault in error.errors()]
        except ValueError as error:
            problems.append(Problem(line, "", str(error)))
        stop_at_enough(file, problems)
    problems += _repeated(rows, model.identity)
    if not (lines or problems or may_be_empty):
        problems.append(Problem(None, "", "holds no row below its header"))
    if problems:
        raise InputError(file, problems)
    return tuple(rows)


def read_texts(file: Path, needed: Iterable[str], if_missing: str = "no such file") -> tuple[dict[str, str], ...]:
    """The rows of a table as texts by column, each named by its `id`; InputError lists all that is wrong.

    needed : columns that must be there beside `id`
    """
    header, lines = cell_lines(file, if_missing)
    columns = dict.fromkeys(("id", *needed, *header))
    problems = list(_header_problems(header, list(columns)))
    rows: dict[str, dict[str, str]] = {}
    for line, cells in [] if problems else lines:
        try:
            row = _whole_row(header, cells)
            if row["id"] in rows:
                problems.append(Problem(line, "id", f"{row['id']} stands here twice"))
            rows[row["id"]] = row
        except ValueError as error:
            problems.append(Problem(line, "", str(error)))
        stop_at_enough(file, problems)
    if problems:
        raise InputError(file, problems)
    return tuple(rows.values())


def cell_lines(file: Path, if_missing: str = "no such file") -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names in the first line of a table with commas, and the cells of each row with the line on which it starts.

    Rows without anything, and columns without a name and without anything at the end, as spreadsheets leave them, are left out.
    """
    reader, rows, start = None, [], 1
    try:
        reader = csv.reader(io.StringIO(decoded(read_bytes(file, MAX_TABLE), file), newline=""), strict=True)
        for cells in reader:
            if any(map(str.strip, cells)):
                rows.append((start, cells))
            start = reader.line_num + 1
    except FileNotFoundError:
        raise refusal(file, if_missing) from None
    except OSError as error:
        raise refusal(file, f"cannot be read ({error.strerror})") from None
    except csv.Error as error:
        message = f"cannot be read; this is not a table with commas ({error})"
        raise refusal(file, message, line=None if reader is None else reader.line_num) from None
    if not rows:
        return [], []
    (first, names), *rows = rows
    header = [name.strip() for name in names]
    for mark, name in SEPARATORS.items():
        if len(header) == 1 and mark in header[0]:
            message = (
                f"its columns are parted by {name}; save it with commas between them, and with points in numbers (0.2)"
            )
            raise refusal(file, message, line=first)
    while header and not header[-1] and not any("".join(cells[len(header) - 1 :]).strip() for _, cells in rows):
        header.pop()
        rows = [(line, cells[: len(header)]) for line, cells in rows]
    return header, rows


def number_of(text: str) -> float:
    """The finite number that a cell holds; ValueError says what is wrong.

    >>> number_of(" 1e3 ")
    1000.0
    """
    cell = text.strip()
    if _NUMBER.fullmatch(cell) and math.isfinite(number := float(cell)):
        return number
    if _DECIMAL_COMMA.fullmatch(cell):
        raise ValueError(f"{shown_value(cell)}: {_with_a_point(cell)}")
    raise ValueError(f"{shown_value(cell)} is not a number")


def _with_a_point(cell: str) -> str:
    """What a number with a comma may have meant."""
    plain = cell.strip()
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+", plain):
        return f"write {plain.replace(',', '')}, without a comma, or {plain.replace(',', '.', 1)} if it is a decimal"
    return f"write {plain.replace(',', '.')} with a point"


def _misread(model: type[CsvRow], row: CsvRow, cells: Mapping[str, str], line: int) -> Iterator[Problem]:
    """Cells that the schema takes for numbers and nobody else would, such as 1_0."""
    for name, field in model.model_fields.items():
        column, value = field.alias or name, getattr(row, name)
        if column in cells and type(value) in (int, float) and not _NUMBER.fullmatch(cells[column]):
            yield Problem(line, column, f"{shown_value(cells[column])} is not a number")


def _header_problems(header: list[str], columns: list[str]) -> Iterator[Problem]:
    yield from (Problem(1, name, "no such column; the table needs it") for name in columns if name not in header)
    for name in header:
        if name not in columns:
            yield Problem(1, name, f"unknown column{suggestion(name, columns)}")
        elif header.count(name) > 1:
            yield Problem(1, name, "this column stands twice")


def _whole_row(header: list[str], cells: list[str]) -> dict[str, Any]:
    """The cells of a row by column; ValueError for one that has not as many as the table has columns."""
    if len(cells) != len(header):
        raise ValueError(f"{len(cells)} cells under {len(header)} columns; is a text with a comma not in quotes?")
    return {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


EXPECTED = {
    "float_parsing": "a number", "finite_number": "a finite number", "int_parsing": "a whole number",
    "bool_type": "true or false",
}  # fmt: skip


def _words(error: Any) -> str:
    """An error of pydantic in the reader's words."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    shown = shown_value(value)
    if kind == "string_too_short":
        return "blank; it is needed here"
    if kind == "literal_error":
        return f"{shown} is not {context['expected'].replace(chr(39), '')}"
    if kind in ("float_parsing", "int_parsing") and _DECIMAL_COMMA.fullmatch(str(value)):
        return f"{shown}: {_with_a_point(str(value))}"
    return str(context["error"]) if kind == "value_error" else f"{shown} is not {EXPECTED.get(kind, 'allowed here')}"


def _repeated(rows: list[Row], identity: tuple[str, ...]) -> Iterator[Problem]:
    """Rows that stand twice in a table where each is named."""
    seen: set[tuple[Any, ...]] = set()
    for row in rows if identity else []:
        named = tuple(getattr(row, column) for column in identity)
        if named in seen:
            yield Problem(row.line, identity[0], f"{' '.join(map(str, named))} stands here twice")
        seen.add(named)
