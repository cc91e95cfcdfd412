"""PDF, Word and HTML documents."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from domain.core.errors import Invalid
from domain.tools.builtin.reading.archives import check_office_file
from domain.tools.builtin.reading.pages import whole
from domain.tools.builtin.reading.tables import markdown_table
from domain.tools.builtin.reading.text import cut, decoded
from domain.tools.registry import Output

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

__all__ = ["pdf_text", "read_docx", "read_html", "read_pdf"]

_PAGES_SEARCHED = 200
"""A document without a word on its first pages is taken for scanned."""
_UNPACKED_MB = 150


def read_pdf(path: Path, name: str, max_chars: int) -> Output:
    return pdf_text(path.read_bytes(), name, max_chars)


def pdf_text(content: bytes, name: str, max_chars: int) -> Output:
    """The text of a PDF, page by page until there is enough of it.

    Raises:
        Invalid: it is protected, damaged, empty, or holds only pictures of text.
    """
    from pypdf import PdfReader  # loaded on first use: it takes many megabytes
    from pypdf.errors import PyPdfError

    damaged = Invalid(f"{name} is damaged and cannot be opened.", remedy="Export it again as PDF.")
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Invalid(f"{name} is protected by a password.", remedy="Save it without a password and send it again.")
        count = len(reader.pages)
        pages = _until(max_chars, (page.extract_text() for page in reader.pages[:_PAGES_SEARCHED]))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise damaged from error  # a broken file shows in the parser as any of these
    if count == 0:
        raise Invalid(f"{name} has no pages.", remedy="Export it again as PDF.")
    if not any(page.strip() for page in pages):
        raise Invalid(
            f"{name} holds no text: it looks scanned.",
            remedy="Send a version with text, or run text recognition on it first.",
        )
    text, truncated = cut("\n\n".join(pages), max_chars)
    return {"text": text, "truncated": truncated or len(pages) < count, "pages": count, "pages_read": len(pages)}


def read_docx(path: Path, name: str, max_chars: int) -> Output:
    """Paragraphs and tables of a Word document, in their order; headings as Markdown."""
    check_office_file(path, name, unpacked_mb=_UNPACKED_MB)
    from docx import Document  # loaded on first use: it takes many megabytes
    from docx.opc.exceptions import OpcError

    try:
        document = Document(str(path))
        blocks = list(_docx_blocks(document))
    except (OpcError, ValueError, KeyError, AttributeError, SyntaxError) as error:
        raise Invalid(f"{name} is damaged and cannot be opened.", remedy="Save it again as .docx.") from error
    text, truncated = cut("\n\n".join(blocks), max_chars)
    if not text:
        raise Invalid(f"{name} holds no text.", remedy="Send a document with text.")
    return {"text": text, "truncated": truncated, "paragraphs": len(blocks)}


def read_html(path: Path, name: str, max_chars: int) -> Output:
    page = whole(decoded(path, name))
    if not page.text:
        raise Invalid(f"{name} holds no readable text.", remedy="Send a page with text.")
    text, truncated = cut(page.text, max_chars)
    return {"text": text, "truncated": truncated, "title": page.title}


def _until(max_chars: int, pages: Iterator[str]) -> list[str]:
    """Pages until they fill ``max_chars``."""
    taken: list[str] = []
    size = 0
    for page in pages:
        taken.append(page)
        size += len(page)
        if size > max_chars:
            break
    return taken


def _docx_blocks(document: "WordDocument") -> Iterator[str]:
    from docx.text.paragraph import Paragraph

    for part in document.iter_inner_content():
        if isinstance(part, Paragraph):
            text = part.text.strip()
            if text:
                yield _heading_mark(part) + text
        else:
            rows = [[cell.text for cell in row.cells] for row in part.rows]
            if rows:
                yield "\n".join(markdown_table(rows[0], rows[1:]))


def _heading_mark(paragraph: "WordParagraph") -> str:
    style = paragraph.style.name if paragraph.style is not None else None
    if style is None or not style.startswith("Heading "):
        return ""
    level = style.removeprefix("Heading ")
    return "#" * int(level) + " " if level in tuple("123456") else ""
