"""Documents as Word files."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from domain.tools.builtin.writing.blocks import Block, Code, Heading, Item, Paragraph, Rule, Span, Table

__all__ = ["word"]


def word(blocks: Sequence[Block], title: str) -> bytes:
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = "Legwork"
    for block in blocks:
        _add(document, block)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _add(document: WordDocument, block: Block) -> None:
    match block:
        case Heading():
            _write(document.add_heading(level=block.level), block.spans)
        case Paragraph():
            _write(document.add_paragraph(style="Quote" if block.quoted else None), block.spans)
        case Item():
            _add_item(document, block)
        case Table():
            _add_table(document, block)
        case Code():
            _write(document.add_paragraph(), (Span(block.text, code=True),))
        case Rule():
            document.add_paragraph("―" * 20)


def _add_item(document: WordDocument, item: Item) -> None:
    """Numbers are written out: Word's own numbering would run on from one list to the next."""
    if item.marker == "•":
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.paragraph_format.left_indent = Cm(0.63 * (item.depth + 1))
    else:
        paragraph = document.add_paragraph(f"{item.marker}\t" if item.marker else "")
        paragraph.paragraph_format.left_indent = Cm(0.63 * (item.depth + 1))
        paragraph.paragraph_format.first_line_indent = Cm(-0.63 if item.marker else 0)
    _write(paragraph, item.spans)


def _add_table(document: WordDocument, table: Table) -> None:
    drawn = document.add_table(rows=0, cols=len(table.rows[0]), style="Light Grid Accent 1")
    for row in table.rows:
        cells = drawn.add_row().cells
        for cell, text in zip(cells, row, strict=False):
            cell.text = text
    document.add_paragraph()


def _write(paragraph: WordParagraph, spans: Sequence[Span]) -> None:
    for span in spans:
        run = paragraph.add_run(span.text)
        run.bold = span.bold or None
        run.italic = span.italic or None
        if span.code:
            run.font.name = "Consolas"
            run.font.size = Pt(9.5)
