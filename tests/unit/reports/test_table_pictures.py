"""A table as a picture: within the sides that chats show, and honest about what is on it."""

import struct

import pytest

from domain.core.errors import Invalid
from domain.reports.charts.grid import draw_table


def sides(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize(
    ("columns", "rows", "cell"),
    [(8, 5, "1,204"), (30, 4, "€ 12"), (12, 60, "a cell with quite a few words in it"), (5, 1, "x" * 500), (4, 0, "")],
)
def test_it_is_as_large_as_chats_show_it(columns: int, rows: int, cell: str) -> None:
    names = [f"column {at}" for at in range(columns)]
    picture = draw_table(names, [[cell] * columns] * rows, frozenset(range(1, columns)))
    width, height = sides(picture.png)
    assert width <= 1280
    assert height <= 1900
    assert 0 < picture.rows <= rows or rows == picture.rows == 0


def test_it_says_how_many_rows_are_on_it() -> None:
    assert draw_table(["a", "b"], [["1", "2"]] * 10, frozenset()).rows == 10
    assert draw_table(["a", "b"], [["1", "2"]] * 500, frozenset()).rows < 60


def test_dollars_marks_and_short_rows_are_drawn_as_they_are() -> None:
    assert draw_table(["$a_1$", "\\frac{1}", "b"], [["2*3*4", "$5 and $6"], []], frozenset({1})).rows == 2


@pytest.mark.parametrize("cell", ["北京", "שלום", "مرحبا", "हिन्दी"])
def test_letters_that_would_be_boxes_or_in_the_wrong_order_are_refused(cell: str) -> None:
    with pytest.raises(Invalid):
        draw_table(["a", "b"], [[cell, "5"]], frozenset())


def test_more_columns_than_can_be_read_are_refused() -> None:
    with pytest.raises(Invalid):
        draw_table([f"column {at}" for at in range(400)], [["5"] * 400], frozenset())
    with pytest.raises(Invalid):
        draw_table([f"column {at} " + "w" * 30 for at in range(100)], [["words " * 20] * 100], frozenset())
