"""Reports as one HTML file that loads nothing (templates/page.html, page.css), and as Markdown (templates/page.md)."""

import base64
import html
import re
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from sim.io.errors import refusal
from sim.io.files import MAX_JSON, read_bytes
from sim.io.templates import CONTINUED, FOLDER
from sim.io.terminal import one_line, shown
from sim.report.document import CodeBlock, Report, Table, TableRow, Text

if TYPE_CHECKING:
    from jinja2 import Environment

FOOTER = "Written by armsrace. This page loads nothing from a network."
PIXELS = 96 / 72  # of a point
SHORT = 14  # characters of a cell that are kept on one line


def page_html(
    report: Report,
    figures: Path | None = None,
    footer: str = FOOTER,
    paper: Literal["portrait", "landscape"] = "portrait",
) -> str:
    """A whole page, which prints on A4.

    figures : the folder in which the pictures in files stand; they go into the page
    paper   : how the sheet lies when the page is printed; tables of many columns need landscape
    """
    from markupsafe import Markup

    return _html().get_template("page.html").render(
        report=report,
        footer=footer,
        paper=paper,
        table_number=count(1).__next__,
        embedded=lambda file: Markup(embedded((figures or Path()) / Path(file).name)),
    )  # fmt: skip


def page_markdown(report: Report, figures: str = "figures") -> str:
    """The same as Markdown: words and tables; pictures in files by a link and in words.

    figures : where the Markdown finds the pictures
    """
    return _markdown().get_template("page.md").render(report=report, figures=figures)


def _environment(escape: Callable[[str], str], *filters: Callable[..., Any]) -> "Environment":
    """What fills in a page: every text goes through `escape`, so that what is mark-up in it is shown, not obeyed."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    def escaped(value: Any) -> Any:
        return Markup(escape(value)) if type(value) is str else value

    environment = Environment(
        loader=FunctionLoader(lambda name: CONTINUED.sub("", (FOLDER / name).read_text(encoding="utf-8"))),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=escaped,
    )
    environment.filters |= {made.__name__: lambda value, made=made: Markup(made(value)) for made in filters}
    return environment


# ---- HTML ------------------------------------------------------------------------------------------------------------


@cache
def _html() -> "Environment":
    return _environment(_words, explained, unbroken, breakable, letters, address)


def _words(text: str) -> str:
    return html.escape(shown(one_line(text)))


def explained(part: Text) -> str:
    """A paragraph with the words that it explains set off where they first stand."""
    text = _words(part.text)
    for term in part.terms:
        text = re.sub(rf"(?<![\w-]){re.escape(_words(term))}(?![\w-])", r"<dfn>\g<0></dfn>", text, count=1)
    return text


def unbroken(text: str) -> str:
    """Words of a cell, with short ones and the brackets of a range kept on one line."""
    if len(text) <= SHORT:
        return f'<span class="whole">{_words(text)}</span>' if " " in text else _words(text)
    return re.sub(r"\(\S+ to \S+\)$", r'<span class="whole">\g<0></span>', _words(text))


def breakable(name: str) -> str:
    """The name of a row, which may break at its dots."""
    return re.sub(r"(?<=\w)[._](?=\w)", r"\g<0><wbr>", _words(name))


def letters(part: CodeBlock) -> str:
    return html.escape(shown(part.text))


def address(anchor: str) -> str:
    return quote(anchor, safe="")


def embedded(file: Path) -> str:
    """Size and content of an SVG file as attributes of an image, which keeps the names inside it apart from those of others.

    InputError if the file is gone or holds something else.
    """
    content = read_bytes(file, MAX_JSON) if file.is_file() else b""
    size = re.search(rb'width="([0-9]{1,5}(?:\.[0-9]+)?)pt" height="([0-9]{1,5}(?:\.[0-9]+)?)pt"', content)
    if size is None:
        raise refusal(file, "this picture of the report is gone, or is none of this version; run the scenario again")
    wide, tall = (round(float(points) * PIXELS) for points in size.groups())
    return f'width="{wide}" height="{tall}" src="data:image/svg+xml;base64,{base64.b64encode(content).decode()}"'


# ---- Markdown --------------------------------------------------------------------------------------------------------

MARK_UP = re.compile(r"([\\`*\[\]|~#]|(?<!\w)_|_(?!\w))")


@cache
def _markdown() -> "Environment":
    environment = _environment(_plain, noted, literal, fence, fence_words)
    environment.filters["shown_columns"] = shown_columns
    return environment


def _plain(text: str) -> str:
    return MARK_UP.sub(r"\\\1", _words(text).replace("&quot;", '"').replace("&#x27;", "'"))


def noted(row: TableRow) -> str:
    """The words below a row, and those of its links."""
    return _plain(" ".join(filter(None, (row.note, ", ".join(words for words, _ in row.links)))))


def literal(part: CodeBlock) -> str:
    return shown(part.text).rstrip()


def fence(part: CodeBlock) -> str:
    """What begins and ends a block of code: more backticks in a row than stand in it."""
    return "`" * max(3, 1 + max(map(len, re.findall("`+", part.text)), default=0))


def fence_words(language: str) -> str:
    """The name of a language, as it stands behind a fence."""
    return re.sub(r"[^\w+-]", "", language)


def shown_columns(table: Table) -> list[int]:
    return [place for place in range(len(table.header)) if place not in table.pictures]
