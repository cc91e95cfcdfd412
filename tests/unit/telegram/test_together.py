"""What Telegram cuts into several updates is one message again; nothing of it is acknowledged before it is stored."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.telegram.together import FULL, Together
from bot.telegram.updates import Message, Update
from tests.unit.telegram.events import GROUP, MARA, Json, message, update

LONG = 60.0
"""Seconds of quiet that no test waits for."""
FULL_TEXT = "x" * (FULL + 1)
BEN: Json = {"id": 501, "is_bot": False, "first_name": "Ben"}
ORIGIN = {"type": "user", "date": 1, "sender_user": BEN}


class Taken:
    def __init__(self) -> None:
        self.whole: list[list[int]] = []
        self.comments: list[str | None] = []
        self.failing = False

    async def take(self, updates: Sequence[Update], comment: Message | None) -> None:
        if self.failing:
            raise OSError("away")
        self.whole.append([each.update_id for each in updates])
        self.comments.append(comment.text if comment is not None else None)


@pytest.fixture
def taken() -> Taken:
    return Taken()


def said(number: int, text: str, **more: Any) -> Update:
    return update(body=message(text, **more) | {"message_id": number}, number=number)


async def all_of(together: Together, *updates: Update) -> list[BaseException | None]:
    tasks: list[asyncio.Task[None]] = []
    for each in updates:
        tasks.append(asyncio.create_task(together.take(each)))
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_paste_ends_with_the_first_part_that_is_not_full(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    await all_of(together, said(1, FULL_TEXT), said(2, FULL_TEXT), said(3, "the end"))
    assert taken.whole == [[1, 2, 3]]


async def test_a_full_text_without_more_is_whole_after_the_quiet(taken: Taken) -> None:
    await all_of(Together(taken.take, quiet=0.0), said(1, FULL_TEXT))
    assert taken.whole == [[1]]


async def test_a_short_text_waits_for_nothing(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    assert not together.holds(said(1, "hello"))
    await all_of(together, said(1, "hello"), said(2, "again"))
    assert taken.whole == [[1], [2]]


@pytest.mark.parametrize("words", ["stop", "/tasks", "!help", "pause"])
async def test_words_that_steer_end_a_paste_and_are_no_part_of_it(taken: Taken, words: str) -> None:
    await all_of(Together(taken.take, quiet=LONG), said(1, FULL_TEXT), said(2, words))
    assert taken.whole == [[1], [2]]


async def test_another_persons_words_and_another_topic_are_no_part_of_it(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    here: dict[str, Any] = {"chat": GROUP}
    topic = {"message_thread_id": 5, "is_topic_message": True}
    await all_of(
        together,
        said(1, FULL_TEXT, **here),
        said(2, "hi", **here, sender=BEN),
        said(3, "hi", **here, **topic),
        said(4, "end", **here, sender=MARA),
    )
    assert taken.whole == [[2], [3], [1, 4]]


async def test_what_is_forwarded_at_once_is_one_and_what_is_said_then_another(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    forwards = [said(number, "text", forward_origin=ORIGIN) for number in (1, 2, 3)]
    await all_of(together, *forwards, said(4, "sum them up"))
    assert taken.whole == [[1, 2, 3], [4]]


async def test_a_file_said_after_a_paste_stays_after_it(taken: Taken) -> None:
    file = update(body=message(None, document={"file_id": "d"}) | {"message_id": 2}, number=2)
    await all_of(Together(taken.take, quiet=LONG), said(1, FULL_TEXT), file)
    assert taken.whole == [[1], [2]]


async def test_where_it_could_not_be_stored_no_part_is_acknowledged(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    taken.failing = True
    came = await all_of(together, said(1, FULL_TEXT), said(2, "end"))
    assert [type(each) for each in came] == [OSError, OSError]
    taken.failing = False
    await all_of(together, said(1, FULL_TEXT), said(2, "end"))
    assert taken.whole == [[1, 2]]


async def test_a_process_that_ends_while_it_waits_has_acknowledged_nothing(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    waiting = asyncio.create_task(together.take(said(1, FULL_TEXT)))
    await asyncio.sleep(0)
    await together.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert taken.whole == []


async def test_what_is_said_just_before_a_forward_may_be_a_comment_on_it(taken: Taken) -> None:
    together = Together(taken.take, quiet=0.0)
    forwarded = said(3, "text", forward_origin=ORIGIN)
    await all_of(together, said(1, "hello", sender=BEN), said(2, "is this right?"), forwarded)
    assert taken.comments == [None, None, "is this right?"]


@pytest.mark.parametrize("later", [-1, 2, 60])
async def test_what_was_said_at_another_time_is_no_comment(taken: Taken, later: int) -> None:
    forwarded = said(2, "text", forward_origin=ORIGIN, date=1_795_000_000 + later)
    await all_of(Together(taken.take, quiet=0.0), said(1, "hello", date=1_795_000_000), forwarded)
    assert taken.comments == [None, None]


async def test_an_album_is_whole_with_the_tenth_part_whichever_comes_twice(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    parts = [said(number, "", media_group_id="7") for number in range(1, 11)]
    await all_of(together, *parts[:9], parts[3], parts[9])
    assert taken.whole == [list(range(1, 11))]


async def test_an_eleventh_part_is_a_message_of_its_own(taken: Taken) -> None:
    together = Together(taken.take, quiet=LONG)
    await all_of(together, *(said(number, "", media_group_id="8") for number in range(1, 11)))
    late = asyncio.create_task(together.take(said(11, "", media_group_id="8")))
    await asyncio.sleep(0)
    assert taken.whole == [list(range(1, 11))]
    await together.close()
    await asyncio.gather(late, return_exceptions=True)
