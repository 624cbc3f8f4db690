"""The content of a page as plain data and back, so that a page can be read again by a program."""

import json
import re
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    text   : its words
    small  : a second line
    svg    : a picture in place of words; `text` is then blank
    """

    text: str = ""
    small: str = ""
    svg: str = ""


@dataclass(frozen=True)
class Band:
    """A line across a table, above the rows that it names."""

    text: str
    small: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table. Its first cell names it.

    anchor : what links lead to
    note   : words below the row, across the table; `is_marked` sets both off
    links  : words after the note that lead to a row of another table: (words, anchor)
    """

    cells: tuple[Cell, ...]
    note: str = ""
    links: tuple[tuple[str, str], ...] = ()
    anchor: str = ""
    is_marked: bool = False


def line(*texts: str) -> Line:
    """A row of plain words."""
    return Line(tuple(Cell(text) for text in texts))


@dataclass(frozen=True)
class Table:
    """A table.

    numbers  : places of the columns that hold numbers
    pictures : places of the columns that hold pictures; they are left out where pictures cannot be shown
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[Line | Band, ...]
    numbers: tuple[int, ...] = ()
    pictures: tuple[int, ...] = ()


@dataclass(frozen=True)
class Text:
    """A paragraph; `terms` are set off where they first stand, since it explains them."""

    text: str
    terms: tuple[str, ...] = ()
    is_warning: bool = False


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    points: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A picture of its own, with its title."""

    title: str
    svg: str


@dataclass(frozen=True)
class Image:
    """A picture in a PNG file, with its title and what it shows in words, for who cannot see it."""

    title: str
    words: str
    file: Path


@dataclass(frozen=True)
class Listing:
    """A text to be shown letter by letter, which a reader may open and close; on paper it is open, or left out."""

    title: str
    text: str
    language: str = ""
    is_printed: bool = True


@dataclass(frozen=True)
class Fold:
    """A table that a reader may open and close; on paper it is open, or left out."""

    title: str
    table: Table
    is_printed: bool = True


Part = Text | Points | Table | Picture | Image | Listing | Fold


@dataclass(frozen=True)
class Section:
    """A section with its heading; `level` 3 is one inside the section before it."""

    anchor: str
    title: str
    parts: tuple[Part, ...]
    level: int = 2


DATA = "content"  # id of the block for programs

KINDS = {
    name: kind
    for name, kind in dict(globals()).items()
    if isinstance(kind, type) and is_dataclass(kind)
}  # fmt: skip
KIND = "is"


def page_data(title: str, sections: tuple[Section, ...]) -> str:
    """The content of a page as one JSON document that may stand inside HTML."""
    text = json.dumps(
        {"title": title, "sections": _plain(sections)}, ensure_ascii=False, allow_nan=False, sort_keys=True
    )
    return text.replace("<", "\\u003c")


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        held = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return {KIND: type(value).__name__, **held}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.name if isinstance(value, Path) else value


def content_of(page: str, figures: Path) -> tuple[str, tuple[Section, ...]] | None:
    """Title and sections of a page that holds its content; None if it holds none.

    figures : the folder in which the pictures stand

    Raises ValueError, KeyError or TypeError for content that is not of this form.
    """
    found = re.search(rf'<script type="application/json" id="{DATA}">(.*?)</script>', page, flags=re.DOTALL)
    if found is None:
        return None
    try:
        data = json.loads(found.group(1))
        restored = data["title"], _restored(data["sections"], figures)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return _content_type().validate_python(restored)


@cache
def _content_type() -> TypeAdapter[tuple[str, tuple[Section, ...]]]:
    """Checks every part of the content of a page, which may come from anywhere."""
    return TypeAdapter(tuple[str, tuple[Section, ...]], config=ConfigDict(strict=True, revalidate_instances="always"))


def _restored(value: Any, figures: Path) -> Any:
    if isinstance(value, list):
        return tuple(_restored(one, figures) for one in value)
    if not isinstance(value, dict):
        return value
    held = {name: _restored(one, figures) for name, one in value.items() if name != KIND}
    if "file" in held:
        held["file"] = figures / Path(held["file"]).name
    return KINDS[value[KIND]](**held)
