"""Pages: sections of words, tables and pictures as one HTML file that loads nothing, or as Markdown."""

import base64
import html
import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sim.io.terminal import one_line, shown
from sim.report.document import (
    DATA,
    Band,
    Cell,
    Fold,
    Image,
    Line,
    Listing,
    Part,
    Picture,
    Points,
    Section,
    Table,
    Text,
)

STYLE = """
:root { --ink: #111; --quiet: #4a4a4a; --line: #767676; --blue: #005a8f; --light: #cfe6f5; --warm: #fff3d6; }
* { box-sizing: border-box; }
html { font: 18px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: #fff; }
body { margin: 0; }
header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.2rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 2.6rem 0 .6rem; border-top: 3px solid var(--ink); padding-top: .6rem; }
h3 { font-size: 1.2rem; margin: 1.6rem 0 .4rem; }
p, ul { max-width: 46rem; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
li { margin: .35rem 0; }
dfn { font-style: normal; font-weight: 700; }
a { color: var(--blue); }
a:focus-visible, summary:focus-visible, .wide:focus-visible { outline: 3px solid #c25700; outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; display: inline-block; padding: .5rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; max-width: none; }
.warning { background: var(--warm); border-left: 6px solid #8a5a00; padding: .6rem 1rem; font-weight: 700; }
.wide { overflow-x: auto; margin: 1rem 0 1.4rem; }
table { border-collapse: collapse; font-size: 16px; line-height: 1.35; }
caption { text-align: left; font-weight: 700; padding: .3rem 0; font-size: 17px; }
th, td { text-align: left; vertical-align: top; padding: .35rem .45rem; border-bottom: 1px solid #c4c4c4; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { font-weight: 600; overflow-wrap: anywhere; min-width: 7rem; }
tbody th:has(.small) { min-width: 11.5rem; }
td { overflow-wrap: break-word; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th[scope=rowgroup] { background: #f0f0f0; }
.small { display: block; font-weight: 400; color: var(--quiet); max-width: 24rem; overflow-wrap: anywhere; }
th[scope=rowgroup] .small { display: inline; max-width: none; margin-left: .5rem; }
tr:has(+ tr > .note) > * { border-bottom: 0; }
.note { color: var(--quiet); padding-top: 0; }
tr.mark > .note { color: var(--ink); }
tr.mark > * { background: var(--warm); }
tr:target > * { outline: 3px solid #c25700; outline-offset: -3px; }
.whole { white-space: nowrap; }
details { margin: .6rem 0; }
summary { font-weight: 700; cursor: pointer; padding: .3rem 0; }
figure { margin: 1rem 0 1.4rem; }
figcaption { font-weight: 700; margin-bottom: .4rem; }
footer { color: var(--quiet); margin: 3rem auto 2rem; }
svg { display: block; }
img { display: block; max-width: 100%; height: auto; }
pre { font: 16px/1.4 ui-monospace, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; padding: .4rem; }
pre { background: #f6f6f6; }
svg.small { max-width: none; }
svg.chart { max-width: 100%; height: auto; font-size: 17px; }
svg text { fill: var(--ink); }
.post { fill: #9ccbe8; stroke: #00456e; stroke-width: 1.4; }
.prior-line { fill: none; stroke: #111; stroke-width: 1.8; stroke-dasharray: 4 2.5; }
.prior-tick { fill: none; stroke: #111; stroke-width: 1.8; }
.post-bar, .fifty { fill: #6faed6; stroke: #00456e; stroke-width: 1; }
.post-tick { fill: none; stroke: #00304d; stroke-width: 3; }
.ninety { fill: none; stroke: #00456e; stroke-width: 3; }
.observed { fill: #111; stroke: #fff; stroke-width: 1.6; }
.axis { stroke: #4a4a4a; stroke-width: 1; }
.grid { fill: none; stroke: #d0d0d0; stroke-width: 1; }
.band { fill: #e2e2e2; }
.bar { fill: #00639b; }
@media print {
  @page { size: A4 PAPER; margin: 12mm; }
  html { font-size: 10.5pt; }
  body { line-height: 1.4; }
  p, ul { max-width: none; }
  table { width: 100%; }
  table, caption { font-size: 9pt; line-height: 1.25; }
  th, td { padding: .12rem .4rem; }
  .small { max-width: none; }
  tbody th, tbody th:has(.small) { min-width: 9rem; }
  header, main, footer { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  h1 { margin-top: 0; }
  h2 { margin-top: 1.4rem; }
  .wide { overflow: visible; margin: .6rem 0 .9rem; }
  figure { margin: .6rem 0 .9rem; }
  footer { margin: 1rem 0 0; }
  details.screen { display: none; }
  svg.small { height: 20pt; width: auto; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; height: auto; }
  thead { display: table-header-group; }
  tr, li, figure, svg, img { break-inside: avoid; }
  td:last-child:not(.n) { min-width: 9.5rem; }
  img { max-height: 116mm; width: auto; }
  svg.chart { max-height: 160mm; width: auto; }
  p, li { orphans: 3; widows: 3; }
  pre { font-size: 8.5pt; }
  h2, h3, caption, summary, thead, figcaption, th[scope=rowgroup] { break-after: avoid; }
  p:has(+ .wide), ul:has(+ .wide) { break-after: avoid; }
  tr:has(> th[scope=rowgroup]), tr:has(+ tr > .note), tbody > tr:first-child, tbody > tr:nth-child(2) { break-after: avoid; }
  tbody > tr:last-child, tbody > tr:nth-last-child(2) { break-before: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""
SHORT = 14  # characters of a cell that are kept on one line
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page_html(
    title: str,
    sections: Sequence[Section],
    footer: str,
    data: str = "",
    paper: Literal["portrait", "landscape"] = "portrait",
) -> str:
    """A whole page, which prints on A4.

    data : a JSON document that is kept inside the page for programs; it must not contain `</`
    paper : how the sheet lies when the page is printed; tables of many columns need landscape
    """
    numbers = count(1)
    heading = _words(title)
    links = "".join(f'<li><a href="#{one.anchor}">{_words(one.title)}</a></li>' for one in sections if one.level == 2)
    body = "\n".join(_section(one, numbers) for one in sections)
    block = f'<script type="application/json" id="{DATA}">{data}</script>\n' if data else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<link rel="icon" href="data:,">
<title>{heading}</title>
<style>{STYLE.replace("PAPER", paper)}</style>
</head>
<body>
<header>
<a class="skip" href="#{sections[0].anchor}">Skip to the content</a>
<h1>{heading}</h1>
<nav aria-label="Sections"><ul>{links}</ul></nav>
</header>
<main>
{body}
</main>
<footer><p>{_words(footer)}</p></footer>
{block}</body>
</html>
"""


# ---- HTML ------------------------------------------------------------------------------------------------------------


def _words(text: str) -> str:
    """Text for HTML: what is mark-up in it is shown, not obeyed."""
    return html.escape(shown(one_line(text)))


def _section(section: Section, numbers: Iterator[int]) -> str:
    head = f'<h{section.level} id="{section.anchor}">{_words(section.title)}</h{section.level}>'
    parts = "\n".join(_part(part, numbers) for part in section.parts)
    return f'<section aria-labelledby="{section.anchor}">\n{head}\n{parts}\n</section>'


def _part(part: Part, numbers: Iterator[int]) -> str:
    match part:
        case Text():
            kind = ' class="warning"' if part.is_warning else ""
            return f"<p{kind}>{_explained(part)}</p>"
        case Points():
            return f"<ul>{''.join(f'<li>{_words(point)}</li>' for point in part.points)}</ul>"
        case Picture():
            return f"<figure><figcaption>{_words(part.title)}</figcaption>{part.svg}</figure>"
        case Image():
            return _image(part)
        case Listing():
            kind = "" if part.is_printed else ' class="screen"'
            text = f'<pre class="wide" tabindex="0">{html.escape(shown(part.text))}</pre>'
            return f"<details{kind}><summary>{_words(part.title)}</summary>{text}</details>"
        case Fold():
            kind = "" if part.is_printed else ' class="screen"'
            return (
                f"<details{kind}><summary>{_words(part.title)}</summary>{_table(part.table, next(numbers))}</details>"
            )
        case Table():
            return _table(part, next(numbers))


def _image(part: Image) -> str:
    """A picture with its words, and what to read beside it."""
    data = base64.b64encode(part.file.read_bytes()).decode()
    wide, tall = png_size(part.file)
    return (
        f'<figure><figcaption>{_words(part.title)}</figcaption><img alt="{_words(part.words)}" width="{wide}" height="{tall}" '
        f'src="data:image/png;base64,{data}"></figure>'
    )


def png_size(file: Path) -> tuple[int, int]:
    """Width and height of a PNG file in pixels."""
    with file.open("rb") as stream:
        head = stream.read(24)
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _explained(part: Text) -> str:
    """A paragraph with the words that it explains set off where they first stand."""
    text = _words(part.text)
    for term in part.terms:
        text = re.sub(rf"(?<![\w-]){re.escape(_words(term))}(?![\w-])", r"<dfn>\g<0></dfn>", text, count=1)
    return text


def _table(table: Table, number: int) -> str:
    """A table in a box of its own, which scrolls where the page is too narrow."""
    classes = [' class="n"' if place in table.numbers else "" for place in range(len(table.header))]
    head = "".join(
        f'<th scope="col"{kind}>{_words(name)}</th>' for name, kind in zip(table.header, classes, strict=True)
    )
    caption = f'<caption id="table-{number}">{_words(table.caption)}</caption>'
    return (
        f'<div class="wide" role="region" aria-labelledby="table-{number}" tabindex="0"><table>{caption}\n'
        f"<thead><tr>{head}</tr></thead>\n{''.join(_bodies(table, classes))}</table></div>"
    )


def _bodies(table: Table, classes: list[str]) -> Iterator[str]:
    """The rows, a body for each band."""
    yield "<tbody>\n"
    for place, row in enumerate(table.rows):
        if isinstance(row, Band):
            yield "</tbody>\n<tbody>\n" if place else ""
            small = f'<span class="small">{_words(row.small)}</span>' if row.small else ""
            yield f'<tr><th scope="rowgroup" colspan="{len(classes)}">{_words(row.text)}{small}</th></tr>\n'
        else:
            yield _row(row, classes)
    yield "</tbody>\n"


def _row(row: Line, classes: list[str]) -> str:
    anchor = f' id="{quote(row.anchor, safe="")}"' if row.anchor else ""
    mark = ' class="mark"' if row.is_marked else ""
    cells = "".join(f"<td{kind}>{_cell(cell)}</td>" for cell, kind in zip(row.cells[1:], classes[1:], strict=True))
    note = f'<tr{mark}><td class="note" colspan="{len(classes)}">{_note(row)}</td></tr>\n' if row.note else ""
    name = re.sub(r"(?<=\w)[._](?=\w)", r"\g<0><wbr>", _words(row.cells[0].text))
    return f'<tr{anchor}{mark}><th scope="row">{name}{_small(row.cells[0])}</th>{cells}</tr>\n{note}'


def _note(row: Line) -> str:
    links = [f'<a href="#{quote(anchor, safe="")}">{_words(text)}</a>' for text, anchor in row.links]
    return " ".join([_words(row.note), ", ".join(links)]).strip()


def _cell(cell: Cell) -> str:
    return f"{cell.svg or _unbroken(cell.text)}{_small(cell)}"


def _small(cell: Cell) -> str:
    return f'<span class="small">{_unbroken(cell.small)}</span>' if cell.small else ""


def _unbroken(text: str) -> str:
    """Words of a cell, with short ones and the brackets of a range kept on one line."""
    if len(text) <= SHORT:
        return f'<span class="whole">{_words(text)}</span>' if " " in text else _words(text)
    return re.sub(r"\(\S+ to \S+\)$", r'<span class="whole">\g<0></span>', _words(text))


# ---- Markdown --------------------------------------------------------------------------------------------------------


def page_markdown(title: str, sections: Sequence[Section], figures: str = "figures") -> str:
    """A whole page as Markdown: the same words and tables; pictures in files by a link and in words.

    figures : where the Markdown finds the pictures
    """
    blocks = [f"# {_plain(title)}"]
    for section in sections:
        blocks.append(f"{'#' * section.level} {_plain(section.title)}")
        blocks += [block for part in section.parts for block in _markdown(part, figures)]
    return "\n\n".join(blocks) + "\n"


def _plain(text: str) -> str:
    """Text for Markdown: what is mark-up in it is shown, not obeyed."""
    return re.sub(
        r"([\\`*\[\]|~#]|(?<!\w)_|_(?!\w))", r"\\\1", _words(text).replace("&quot;", '"').replace("&#x27;", "'")
    )


def _markdown(part: Part, figures: str) -> Iterator[str]:
    match part:
        case Text():
            yield f"**{_plain(part.text)}**" if part.is_warning else _plain(part.text)
        case Points():
            yield "\n".join(f"- {_plain(point)}" for point in part.points)
        case Fold():
            yield from _markdown(part.table, figures)
        case Table():
            yield f"**{_plain(part.caption)}**"
            yield "\n".join(_markdown_rows(part))
        case Picture():
            return
        case Image():
            yield f"![{_plain(part.words)}]({figures}/{part.file.name})"
            yield f"*{_plain(part.title)}*"
        case Listing():
            yield f"**{_plain(part.title)}**"
            yield f"```{part.language}\n{shown(part.text).rstrip()}\n```"


def _markdown_rows(table: Table) -> Iterator[str]:
    kept = [place for place in range(len(table.header)) if place not in table.pictures]
    yield _markdown_line([_plain(table.header[place]) for place in kept])
    yield _markdown_line(["---:" if place in table.numbers else "---" for place in kept])
    for row in table.rows:
        if isinstance(row, Band):
            title = f"**{_plain(row.text)}**{f': {_plain(row.small)}' if row.small else ''}"
            yield _markdown_line([title, *[""] * (len(kept) - 1)])
        else:
            *cells, last = (_markdown_cell(row.cells[place]) for place in kept)
            note = " ".join(filter(None, (row.note, ", ".join(text for text, _ in row.links))))
            yield _markdown_line([*cells, f"{last}<br>{_plain(note)}" if note else last])


def _markdown_cell(cell: Cell) -> str:
    return "<br>".join(_plain(part) for part in (cell.text, cell.small) if part)


def _markdown_line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
