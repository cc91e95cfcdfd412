import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.views import compose
from bot.views.clean import clean, visible
from bot.views.plain import plain
from domain.conversations.said import Button, Details, Note

ACTING = {"Cc", "Zl", "Zp"}


def test_control_characters_become_signs_of_themselves() -> None:
    assert visible("a\x1b[31mb\x07\x7f") == "a␛[31mb␇␡"


def test_line_breaks_and_tabs_stay() -> None:
    assert visible("a\r\nb\n\tc\u2028d\x85e") == "a\nb\n\tc\nd\ne"


def test_a_lone_carriage_return_cannot_overwrite_a_line() -> None:
    assert "\r" not in visible("safe\revil")


def test_marks_that_reorder_text_are_replaced() -> None:
    assert visible("exe.\u202egpj\u2066") == "exe.\ufffdgpj\ufffd"


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    left = {letter for letter in visible(text) if unicodedata.category(letter) in ACTING}
    assert left <= {"\n", "\t"}


@given(st.text(alphabet=st.characters(categories=["Cc", "Lu", "Po"]) | st.sampled_from("*`_[]()#&;x0189b\u202e")))
def test_no_markdown_smuggles_a_control_character(text: str) -> None:
    shown = plain(clean(compose(Note(text=text))))
    assert {letter for letter in shown if unicodedata.category(letter) == "Cc"} <= {"\n", "\t"}


def test_every_string_of_a_view_is_cleaned() -> None:
    hostile = "\x1b[2J"
    said = Details(
        title=hostile,
        fields=((hostile, hostile),),
        text=hostile,
        buttons=(Button(label=hostile, action="a", value=hostile),),
    )
    assert "\x1b" not in repr(clean(compose(said))).encode().decode("unicode_escape")
