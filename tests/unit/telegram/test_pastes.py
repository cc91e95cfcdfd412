"""A text that Telegram's apps cut into several messages is put together as it was."""

from collections.abc import Callable

import pytest

from bot.telegram.joined import joined
from tests.factories.incoming import incoming
from tests.fakes.telegram.people import sendable

ROWS = "".join(f"2026-{1 + row % 12:02d}-01,Branch {row % 7},{row * 1.37:.2f}\n" for row in range(2_000)).strip()
LINE = "[" + ", ".join(f'{{"a": {number}, "b": "two words"}}' for number in range(1_000)) + "]"
LETTER = "\n".join("It was a bright cold day in April. " * (number % 9 + 3) for number in range(150)).strip()
WORD = "x" * 10_000


def on_a_phone(text: str) -> list[str]:
    """Another app cuts after the last end of a line or point within 4,000 characters, and trims what it sends."""
    parts: list[str] = []
    while len(text) > 4_000:
        at = max(text[:4_000].rfind("\n"), text[:4_000].rfind(".")) + 1 or 4_000
        parts.append(text[:at].strip())
        text = text[at:].strip()
    return [*parts, text]


@pytest.mark.parametrize("text", [ROWS, WORD], ids=["rows", "word"])
@pytest.mark.parametrize("cut", [sendable, on_a_phone])
def test_what_was_cut_is_put_together(text: str, cut: Callable[[str], list[str]]) -> None:
    parts = cut(text)
    assert len(parts) > 2
    if text == WORD and cut is on_a_phone:
        return  # no app leaves a part of less than what fits but at a blank
    assert joined([incoming(part) for part in parts]).text == text


@pytest.mark.parametrize("cut", [sendable, on_a_phone])
def test_of_prose_every_word_is_there(cut: Callable[[str], list[str]]) -> None:
    assert joined([incoming(part) for part in cut(LETTER)]).text.split() == LETTER.split()


def test_a_row_that_is_cut_at_the_point_of_its_last_number_is_put_together() -> None:
    rows = ROWS.split("\n")
    first, second = "\n".join(rows[:100])[:-2], "\n".join(rows[:100])[-2:] + "\n" + rows[100]
    assert first.endswith(".")
    assert joined([incoming(first), incoming(second)]).text == "\n".join(rows[:101])


def test_a_text_of_more_messages_than_come_at_once_is_said_to_go_on() -> None:
    full, end = incoming("x\n" * 2_000), incoming("the end")
    assert "Send it as a file" in joined([full] * 100).untaken
    assert joined([full] * 99 + [end]).untaken == ""
    assert joined([full] * 99).untaken == ""


def test_words_after_a_table_are_no_part_of_its_last_row() -> None:
    first, second = "\n".join(ROWS.split("\n")[:100]), "thanks"
    assert joined([incoming(first), incoming(second)]).text == f"{first}\n{second}"


def test_what_is_one_line_stays_one() -> None:
    first, second = LINE[:3_000].rsplit(" ", 1)[0], LINE[len(LINE[:3_000].rsplit(" ", 1)[0]) + 1 :]
    assert joined([incoming(first), incoming(second)]).text == LINE


def test_a_row_that_ends_where_the_message_does_stays_one() -> None:
    line = "2026-01-01,Hillside,41\n"
    exact = line * 170 + "x" * (4_096 - 170 * len(line) - 5) + ",b,12"
    assert len(exact) == 4_096
    assert joined([incoming(exact), incoming(line)]).text == f"{exact}\n{line}"
