"""A report as a Word document: headings, tables and pictures in the styles of Word, so that whoever goes on writing can change them."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.analysis.output import sealed
from sim.io.terminal import one_line, shown
from sim.report.document import Band, BulletList, CodeBlock, Fold, Image, PagePart, Report, Table, TableRow, Text

WIDTH = 16.0  # centimetres of an A4 page between the margins
PIXELS = 1600  # across a picture
SMALL = 9  # points, of tables and captions
TABLES, BANDS = "Light Shading", "F2F2F2"  # the style of tables, and the ground of every second row
LINE, WIDEST, MARGIN = 84, 40, 4  # characters of a line, of a column at most, and beside its longest word


def write_word(report: Report, figures: Path, target: Path) -> None:
    """Write the file.

    figures : the folder in which the pictures stand as SVG
    """
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21.0 - WIDTH) / 2)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(11)
    for shade in document.styles[TABLES].element.iter(qn("w:shd")):
        shade.set(qn("w:fill"), BANDS)
    document.core_properties.title, document.core_properties.author = _plain(report.title), "armsrace"
    document.core_properties.comments = ""
    document.add_heading(_plain(report.title), 0)
    for section in report.sections:
        document.add_heading(_plain(section.title), section.level - 1)
        for part in section.parts:
            _add(document, part, figures)
    content = io.BytesIO()
    document.save(content)
    target.write_bytes(sealed(content.getvalue(), "docx"))


def _add(document: Any, part: PagePart, figures: Path) -> None:
    match part:
        case Text():
            document.add_paragraph().add_run(_plain(part.text)).bold = part.is_warning
        case CodeBlock():
            document.add_paragraph(_plain(part.title)).paragraph_format.keep_with_next = True
            document.add_paragraph(shown(part.text), style="No Spacing").runs[0].font.name = "Courier New"
        case BulletList():
            for point in part.points:
                document.add_paragraph(_plain(point), style="List Bullet")
        case Table():
            _add_table(document, part)
        case Fold():
            _add_table(document, part.table)
        case Image():
            _add_picture(document, part, figures / Path(part.file).name)


def _add_table(document: Any, table: Table) -> None:
    """A table with its caption above it; columns of pictures are left out."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    shown_columns = [place for place in range(len(table.header)) if place not in table.pictures]
    document.add_paragraph(_plain(table.caption), style="Caption").paragraph_format.keep_with_next = True
    made = document.add_table(rows=1, cols=len(shown_columns), style=TABLES)
    made.autofit = False
    for cell, place in zip(made.rows[0].cells, shown_columns, strict=True):
        _fill(cell, table.header[place])
    for row in table.rows:
        cells = made.add_row().cells
        if isinstance(row, Band):
            _fill(cells[0].merge(cells[-1]), f"{row.text}{f': {row.small}' if row.small else ''}")
            continue
        for cell, place in zip(cells, shown_columns, strict=True):
            _fill(cell, _cell_text(row, place))
            if place in table.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _lay_out(made, table, shown_columns)
    document.add_paragraph().paragraph_format.space_after = 0


def _lay_out(made: Any, table: Table, shown_columns: Sequence[int]) -> None:
    """Columns as wide as their texts ask, rows that no page break cuts, and a header on every page."""
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    rows = [row for row in table.rows if not isinstance(row, Band)]
    texts = [[table.header[place], *(_cell_text(row, place) for row in rows)] for place in shown_columns]
    least = [max((len(word) for text in column for word in text.split()), default=0) + MARGIN for column in texts]
    wanted = [max(few, min(WIDEST, max(map(len, column))) + MARGIN) for few, column in zip(least, texts, strict=True)]
    room = max(0.0, min(1.0, (LINE - sum(least)) / max(1, sum(wanted) - sum(least))))
    asked = [few + room * (many - few) for few, many in zip(least, wanted, strict=True)]
    for column, share in zip(made.columns, asked, strict=True):
        column.width = Cm(WIDTH * share / sum(asked))
    for row in made.rows:
        for cell, share in zip(row._tr.tc_lst, asked, strict=False):  # python-docx sets no width of a whole column
            cell.width = Cm(WIDTH * (sum(asked) if len(row._tr.tc_lst) == 1 else share) / sum(asked))
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _cell_text(row: TableRow, place: int) -> str:
    cell = row.cells[place]
    note = row.note if place == len(row.cells) - 1 else ""
    return " ".join(filter(None, (cell.text, f"({cell.small})" if cell.small and cell.text else cell.small, note)))


def _fill(cell: Any, text: str) -> None:
    from docx.shared import Pt

    cell.text = _plain(text)
    for run in cell.paragraphs[0].runs:
        run.font.size = Pt(SMALL)


def _add_picture(document: Any, image: Image, file: Path) -> None:
    """A picture with its title below, and its words for who cannot see it; the words alone where the file is missing."""
    from docx.shared import Cm

    if not file.is_file():
        document.add_paragraph(f"{_plain(image.title)}: {_plain(image.words)}")
        return
    document.add_picture(io.BytesIO(bitmap(file)), width=Cm(WIDTH))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    shape = document.inline_shapes[-1]._inline.docPr  # python-docx has no other way to a text alternative
    shape.set("descr", _plain(image.words))
    document.add_paragraph(_plain(image.title), style="Caption")


def bitmap(file: Path) -> bytes:
    """An SVG picture as PNG, with the letters that drew it."""
    import resvg_py

    from sim.plots.style import font_folder

    return bytes(
        resvg_py.svg_to_bytes(
            svg_path=str(file), width=PIXELS, dpi=96.0, background="white", skip_system_fonts=True,
            font_dirs=[str(font_folder())], font_family="DejaVu Sans",
        )
    )  # fmt: skip


def _plain(text: str) -> str:
    """A text on one line, without what no document may hold."""
    return shown(one_line(text))
