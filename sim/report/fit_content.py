"""What a page is made of, without any mark-up: sections of paragraphs, tables and pictures."""

from dataclasses import dataclass
from pathlib import Path


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
