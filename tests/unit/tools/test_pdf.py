"""The typefaces of a PDF are files that are closed again, whatever becomes of it."""

import traceback
from types import TracebackType
from typing import Any

import pytest
from fpdf.fonts import TTFFont

from domain.core.errors import Invalid
from domain.tools.builtin.writing.blocks import Table
from domain.tools.builtin.writing.pdf import pdf


def faces(trace: TracebackType) -> list[Any]:
    """Those of the document that failed."""
    [document] = {
        id(found): found
        for frame, _ in traceback.walk_tb(trace)
        if (found := frame.f_locals.get("document")) is not None
    }.values()
    return [font.ttfont for font in document.fonts.values() if isinstance(font, TTFFont)]


@pytest.mark.parametrize("rows", [(("column",) * 150,), (("a",), ("word " * 5_000,))], ids=["wide", "tall"])
def test_a_table_that_fits_on_no_page_leaves_no_typeface_open(rows: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(Invalid, match="too large for a page") as caught:
        pdf([Table(rows)], "t")
    opened = faces(caught.tb)
    assert opened
    assert all(face.reader is None or face.reader.file.closed for face in opened)
