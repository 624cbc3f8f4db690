"""Plain text for a terminal or a pipe: paragraphs and tables that fit the width, with nothing interpreted in them.

No mark-up is used, so that brackets in a user's words survive; control characters are shown, not obeyed.
"""

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

WIDEST = 100
NARROWEST = 40
GAP = "  "
SET_IN = "  "  # before the rows of a group
JOINED = "\x1e%"  # a space that no line ends at, before a per cent sign


def page_width() -> int:
    """Columns to fill: those of the terminal, 100 at most and where there is no terminal."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))


def say(*lines: str) -> None:
    """Print lines on standard output."""
    sys.stdout.write("".join(f"{shown(line)}\n" for line in lines))


def complain(*lines: str) -> None:
    """Print lines on standard error."""
    sys.stderr.write("".join(f"{shown(line)}\n" for line in lines))


def emit(
    form: str, document: Callable[[], Any], lines: Callable[[], Iterable[str]], *, indent: int | None = None
) -> None:
    """Print an answer: one JSON document for a program, or lines for a reader; only what is asked for is made. It stands at once."""
    if form == "json":
        sys.stdout.write(json.dumps(document(), ensure_ascii=False, allow_nan=False, indent=indent) + "\n")
    else:
        say(*lines())
    sys.stdout.flush()


def shown(text: str) -> str:
    """The text with control characters other than line ends written out, so that no file can paint on a terminal.

    >>> shown("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    if text.isprintable():
        return text
    return "".join(
        mark if mark == "\n" or mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
    )


def one_line(text: str) -> str:
    """The text with every run of white space turned into one space."""
    return " ".join(text.split())


def _wrapped(text: str, width: int, **options: Any) -> list[str]:
    """Lines of a text; a number and its per cent sign stay together."""
    lines = textwrap.wrap(text.replace(" %", JOINED), width, break_long_words=False, break_on_hyphens=False, **options)
    return [line.replace(JOINED, " %") for line in lines]


def paragraph(text: str, *, indent: str = "", hanging: str | None = None) -> str:
    """The text wrapped to the page; later lines start with `hanging`, or with the indent."""
    later = indent if hanging is None else hanging
    return "\n".join(_wrapped(one_line(text), page_width(), initial_indent=indent, subsequent_indent=later))


def bullet(text: str) -> str:
    """A wrapped paragraph behind a dash."""
    return paragraph(text, indent="  - ", hanging="    ")


def entry(name: str, text: str, width: int = 12) -> str:
    """A name and its wrapped text, the texts of several entries below each other."""
    return paragraph(text or "-", indent=f"  {name:<{width}} ", hanging=" " * (width + 3))


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = (), wrap: Sequence[int] = (0,)
) -> str:
    """Columns that fit the page.

    right : numbers of the columns that are flush right
    wrap  : numbers of the columns that are wrapped when the rows are too long
    """
    cells = [list(header), *(list(row) for row in rows)]
    widths = _widths(cells, wrap)
    lines = [_line(row, widths, right) for row in cells]
    return "\n".join([lines[0], GAP.join("-" * width for width in widths), *lines[1:]])


def grouped_table(
    header: Sequence[str], groups: Iterable[tuple[str, Sequence[Sequence[str]]]], *, wrap: Sequence[int] = ()
) -> str:
    """The same for rows in groups, set in below the name of their group; nothing is wrapped unless it is asked for."""
    named = [(name, [list(row) for row in rows]) for name, rows in groups]
    widths = _widths([header, *([f"{SET_IN}{row[0]}", *row[1:]] for _, rows in named for row in rows)], wrap)
    below = [widths[0] - len(SET_IN), *widths[1:]]
    lines = [_line(header, widths, ()), GAP.join("-" * width for width in widths)]
    for name, rows in named:
        lines += [name, *(SET_IN + line for row in rows for line in _line(row, below, ()).split("\n"))]
    return "\n".join(lines)


def _widths(cells: Sequence[Sequence[str]], wrap: Sequence[int]) -> list[int]:
    """Natural widths, with the wrapped columns narrowed one by one, the widest first, until the rows fit."""
    widths = [max(1, *(len(row[column]) for row in cells)) for column in range(len(cells[0]))]
    words = ([cell.replace(" %", JOINED).split(" ") for cell in column] for column in zip(*cells, strict=True))
    least = [max(1, *(len(word) for cell in column for word in cell)) for column in words]
    while sum(widths) + len(GAP) * (len(widths) - 1) > page_width():
        narrowable = [column for column in wrap if widths[column] > least[column]]
        if not narrowable:
            break
        widths[max(narrowable, key=lambda column: widths[column])] -= 1
    return widths


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    """A row of a table, over as many lines as its wrapped cells need."""
    parts = [_wrapped(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
    lines = []
    for number in range(max(map(len, parts))):
        cells = [
            f"{part[number] if number < len(part) else '':{'>' if column in right else '<'}{width}}"
            for column, (part, width) in enumerate(zip(parts, widths, strict=True))
        ]
        lines.append(GAP.join(cells).rstrip())
    return "\n".join(lines)
