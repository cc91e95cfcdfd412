"""Markdown on its way into a stream: Slack shows there what it would show in the final text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.literal import settled, streamed
from tests.fakes.slack.marks import Marks


def shown(text: str) -> str:
    return Marks(lambda name: name).markdown(text)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("2*3*4 = 24", "2*3*4 = 24"),
        ("2**3**4 and a*b*c", "2**3**4 and a*b*c"),
        ("snake_case_name, 5~~6~~7", "snake_case_name, 5~~6~~7"),
        ("**bold** and `2*3*4`", "bold and 2*3*4"),
        ("```\n2*3*4\n```", "2*3*4"),
    ],
)
def test_marks_within_words_are_shown(written: str, right: str) -> None:
    assert shown(streamed(written)) == right


@given(st.text(alphabet="a2*_~ `\n<&", max_size=40), st.lists(st.integers(0, 40), max_size=6))
def test_it_is_the_same_in_however_many_pieces_it_comes(written: str, cuts: list[int]) -> None:
    sent, pieces = "", ""
    for end in [*sorted(cuts), len(written)]:
        text = settled(written[:end])
        if text.startswith(sent) and len(text) > len(sent):
            pieces += streamed(text, len(sent))
            sent = text
    assert pieces == streamed(sent)
