"""Documents as PDF, in a typeface that covers Latin, Greek and Cyrillic with all their accents."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.errors import FPDFException
from fpdf.fonts import FontFace, TTFFont

from domain.core.errors import Invalid, Misconfigured
from domain.tools.builtin.writing.blocks import Block, Code, Heading, Item, Paragraph, Rule, Span, Table

__all__ = ["pdf"]

_TEXT, _MONO = "DejaVu", "DejaVuMono"
_FACES = (
    (_TEXT, "", "DejaVuSans.ttf"),
    (_TEXT, "B", "DejaVuSans-Bold.ttf"),
    (_TEXT, "I", "DejaVuSans-Oblique.ttf"),
    (_TEXT, "BI", "DejaVuSans-BoldOblique.ttf"),
    (_MONO, "", "DejaVuSansMono.ttf"),
)
_UPRIGHT_COLUMNS = 8
_BODY, _LINE = 10.0, 5.4
"""Points of the letters, millimetres of a line."""
_HEADINGS = {1: 19.0, 2: 15.0, 3: 12.5, 4: 11.0, 5: 10.0, 6: 10.0}
_INK, _QUIET, _ACCENT = (34, 38, 45), (110, 117, 128), (30, 64, 110)
_SHADE, _RULE = (240, 243, 247), (200, 206, 214)


class _Document(FPDF):
    def footer(self) -> None:
        """The page's number, at the foot of each page."""
        self.set_y(-13)
        self.set_font(_TEXT, size=8)
        self.set_text_color(*_QUIET)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(*_INK)


def pdf(blocks: Sequence[Block], title: str) -> tuple[bytes, str]:
    """The document's bytes, and the characters the typeface lacks (they are printed as empty boxes).

    Raises:
        Invalid: a table fits on no page.
    """
    wide = any(len(block.rows[0]) > _UPRIGHT_COLUMNS for block in blocks if isinstance(block, Table))
    document = _Document(format="A4", orientation="landscape" if wide else "portrait")
    document.set_title(title)
    document.set_creator("Legwork")
    document.set_margins(22, 20, 22)
    document.set_auto_page_break(True, margin=20)
    try:
        for family, style, file in _FACES:
            document.add_font(family, style, _font_folder() / file)  # pyright: ignore[reportArgumentType]
        _draw_all(document, blocks)
        return bytes(document.output()), _missing(document, blocks)
    finally:  # the library closes the typefaces' files only where it comes to its end
        for font in document.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


def _draw_all(document: FPDF, blocks: Sequence[Block]) -> None:
    document.add_page()
    document.set_text_color(*_INK)
    document.set_draw_color(*_RULE)
    for before, block in zip([None, *blocks], blocks, strict=False):
        if isinstance(before, Item) and not isinstance(block, Item):
            document.ln(2)
        try:
            _draw(document, block)
        except (FPDFException, ValueError) as error:
            # the layout has no other way to say so: a column narrower than a letter, a row higher than a page
            raise Invalid(
                "A table is too large for a page.", remedy="Write it as xlsx, or with fewer columns."
            ) from error


def _draw(document: FPDF, block: Block) -> None:
    match block:
        case Heading():
            _heading(document, block)
        case Paragraph():
            document.set_text_color(*(_QUIET if block.quoted else _INK))
            _spans(document, block.spans, indent=7 if block.quoted else 0)
            document.set_text_color(*_INK)
        case Item():
            _item(document, block)
        case Table():
            _table(document, block)
        case Code():
            document.set_font(_MONO, size=8.5)
            document.set_fill_color(*_SHADE)
            document.multi_cell(0, 4.6, block.text, fill=True, padding=2, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            document.ln(3)
        case Rule():
            document.ln(1)
            document.line(document.l_margin, document.y, document.w - document.r_margin, document.y)
            document.ln(4)


def _heading(document: FPDF, heading: Heading) -> None:
    size = _HEADINGS[heading.level]
    if document.y + size > document.page_break_trigger - 2 * _LINE:
        document.add_page()  # a heading stays with what follows it
    document.ln(size / 6)
    document.set_font(_TEXT, "B", size)
    document.set_text_color(*_ACCENT)
    text = "".join(span.text for span in heading.spans)
    document.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    document.set_text_color(*_INK)
    document.ln(size / 8)


def _item(document: FPDF, item: Item) -> None:
    left = document.l_margin + 3 + 6 * item.depth
    document.set_font(_TEXT, size=_BODY)
    document.set_x(left)
    document.cell(6, _LINE, item.marker)
    _spans(document, item.spans, indent=left + 6 - document.l_margin, after=1)


def _spans(document: FPDF, spans: Sequence[Span], *, indent: float, after: float = 3) -> None:
    margin = document.l_margin
    document.set_left_margin(margin + indent)
    document.set_x(margin + indent)
    for span in spans:
        style = ("B" if span.bold else "") + ("I" if span.italic else "")
        document.set_font(_MONO if span.code else _TEXT, "" if span.code else style, _BODY)
        document.write(_LINE, span.text)
    document.set_left_margin(margin)
    document.ln(_LINE + after)


def _table(document: FPDF, table: Table) -> None:
    columns = len(table.rows[0])
    size = 9.0 if columns <= 6 else 8.0 if columns <= 12 else 6.5
    document.set_font(_TEXT, size=size)
    document.set_fill_color(255, 255, 255)  # a block of code before leaves its own
    with document.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        cell_fill_color=_SHADE,
        cell_fill_mode="EVEN_ROWS",
        col_widths=_widths(table),
        headings_style=FontFace(emphasis="BOLD", color=_ACCENT),
        line_height=size * 0.55,
        padding=1.2,
        text_align=tuple("RIGHT" if _is_numeric(table, column) else "LEFT" for column in range(columns)),
    ) as drawn:
        for row in table.rows:
            cells = drawn.row()
            for cell in (*row[:columns], *[""] * (columns - len(row))):
                cells.cell(cell)
    document.ln(4)


def _widths(table: Table) -> tuple[int, ...]:
    """Columns as wide as their longest text asks, within reason."""
    return tuple(min(40, max(6, *(len(cell) for cell in column))) for column in zip(*table.rows, strict=True))


def _is_numeric(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows[1:] if row[column].strip()]
    return bool(cells) and all(
        cell.strip(" +-−%€$£").replace(",", "").replace(".", "", 1).isdecimal() for cell in cells
    )


def _missing(document: FPDF, blocks: Sequence[Block]) -> str:
    face = document.fonts[_TEXT.lower()]
    known = face.cmap if isinstance(face, TTFFont) else {}
    return "".join(
        dict.fromkeys(
            letter for block in blocks for letter in _letters(block) if letter > " " and ord(letter) not in known
        )
    )


def _letters(block: Block) -> str:
    match block:
        case Table():
            return "".join(cell for row in block.rows for cell in row)
        case Code():
            return block.text
        case Rule():
            return ""
        case _:
            return "".join(span.text for span in block.spans)


def _font_folder() -> Path:
    """matplotlib brings the typeface; it is found without being imported, which would take a second."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise Misconfigured("The typeface for PDF files is missing.", remedy="Install matplotlib, which brings it.")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
