"""What is said reaches the chat in order, and what became of each row is known."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.conversations import outbox
from domain.conversations.ports import Address, Posted
from domain.conversations.said import Said
from domain.conversations.standing import task_of
from domain.core import queue
from domain.core.db import Database, Session
from domain.core.errors import Ambiguous, Invalid, LeaseLost, Refused, Unavailable
from domain.core.ids import new_id
from domain.flow.common.legwork import Legwork
from domain.flow.deliver.chat import ATTEMPTS, deliver, deliver_chat
from tests.factories.jobs import LEASE, execute, rows, run_out, sweep
from tests.fakes.chat import FakeChat
from tests.fixtures.room import Chat, text_of


async def test_rows_are_posted_in_the_order_they_were_said(room: Chat) -> None:
    for words in ("one", "two", "three"):
        await room.say(words)
    assert await room.deliver() is None
    assert room.texts == ["one", "two", "three"]
    assert set((await room.states()).values()) == {"sent"}


async def test_the_same_key_is_said_once(room: Chat) -> None:
    await room.say("one", key="k")
    await room.say("another", key="k")
    await room.deliver()
    await room.deliver()
    assert room.texts == ["one"]


async def test_one_delivery_is_queued_however_much_is_said(room: Chat) -> None:
    for number in range(5):
        await room.say(str(number))
    assert len(await rows(room.database, "SELECT 1 FROM queue_jobs WHERE kind = 'deliver'")) == 1


async def test_of_waiting_edits_only_the_newest_is_sent_and_posts_keep_their_place(room: Chat) -> None:
    await room.say("card 0", key="card")
    await room.say("card 1", key="card:1", edits="card")
    await room.say("the answer")
    await room.say("card 2", key="card:2", edits="card")
    await room.deliver()
    assert [(call.kind, text_of(call.said)) for call in room.gateway.calls if call.said] == [
        ("post", "card 0"), ("post", "the answer"), ("edit", "card 2"),
    ]  # fmt: skip
    assert (await room.states())["card:1"] == "superseded"
    assert room.shown == ["card 2", "the answer"]


async def test_changes_of_what_stands_there_go_behind_the_posts_of_every_chat(room: Chat, legwork: Legwork) -> None:
    await room.say("card 0", key="card")
    await room.deliver()
    await execute(room.database, "DELETE FROM queue_jobs")
    await room.say("card 1", key="card:1", edits="card")
    await room.say("the answer")
    for priority, shown in ((2, ["card 0", "the answer"]), (1, ["card 1", "the answer"])):
        job = await queue.claim(room.database, "DELIVER", worker="w1", lease=LEASE, share_slots=10)
        assert job is not None
        assert job.priority == priority
        held = queue.Held(room.database, job, LEASE)
        await deliver(legwork, held, room.thread.chat_id)
        if not held.ended:
            async with held.transaction(done=True):
                pass
        assert room.shown == shown
    assert not await rows(room.database, "SELECT 1 FROM queue_jobs WHERE status <> 'completed'")


async def test_what_is_said_waits_while_its_platform_is_off(room: Chat, legwork: Legwork) -> None:
    await room.say("the answer")
    job = await queue.claim(room.database, "DELIVER", worker="w1", lease=LEASE, share_slots=10)
    assert job is not None
    held = queue.Held(room.database, job, LEASE)
    with pytest.raises(queue.Snooze):
        await deliver(replace(legwork, gateways={}), held, room.thread.chat_id)
    assert await room.states() == {"the answer": "queued"}
    await deliver(legwork, held, room.thread.chat_id)
    assert room.shown == ["the answer"]


class Slow(FakeChat):
    """While it takes a post, ``meanwhile`` happens."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False) -> Posted:
        posted = await super().post(to, said, key=key, plain=plain)
        await self._meanwhile()
        return posted


async def test_who_lost_the_lease_while_a_post_was_under_way_says_nothing_more(room: Chat, legwork: Legwork) -> None:
    await room.say("one")
    await room.say("two")
    job = await queue.claim(room.database, "DELIVER", worker="w1", lease=LEASE, share_slots=10)
    assert job is not None

    async def taken_away() -> None:
        await run_out(room.database, job)
        assert (await sweep(room.database)).rescued == 1

    slow = Slow(taken_away)
    with pytest.raises(LeaseLost):
        await deliver(
            replace(legwork, gateways={"fake": slow}), queue.Held(room.database, job, LEASE), room.thread.chat_id
        )
    assert [text_of(said) for said in slow.posts()] == ["one"]
    assert await room.states() == {"one": "sent", "two": "queued"}  # what it knows it notes; the rest is for the next


async def test_a_form_that_is_rejected_is_said_plainly_at_once_and_in_its_place(room: Chat) -> None:
    await room.say("fancy")
    await room.say("next")
    room.gateway.fail(Invalid("invalid_blocks"))
    assert await room.deliver() is None
    assert [call.plain for call in room.gateway.calls] == [False, True, False]
    assert room.texts == ["fancy", "next"]


async def test_what_is_rejected_even_plainly_is_failed_and_the_rest_goes_on(room: Chat) -> None:
    await room.say("impossible")
    await room.say("next")
    room.gateway.fail(Invalid("no"), Invalid("still no"))
    await room.deliver()
    assert await room.states() == {"impossible": "failed", "next": "sent"}


async def test_no_call_is_made_while_the_platform_asks_for_patience(room: Chat) -> None:
    await room.say("one")
    room.gateway.fail(Unavailable("slow down", after=timedelta(seconds=30)))
    wait = await room.deliver()
    assert wait is not None
    assert timedelta(seconds=29) < wait <= timedelta(seconds=30)
    await room.say("two")
    again = await room.deliver()
    assert again is not None
    assert timedelta(seconds=25) < again <= timedelta(seconds=30)
    assert len(room.gateway.calls) == 1
    await room.patience_is_over()
    assert await room.deliver() is None
    assert room.texts == ["one", "two"]


async def test_patience_holds_for_newer_states_of_a_card_too(room: Chat) -> None:
    await room.say("card 0", key="card")
    await room.deliver()
    await room.say("card 1", key="card:1", edits="card")
    room.gateway.fail(Unavailable("slow down", after=timedelta(seconds=30)))
    await room.deliver()
    await room.say("card 2", key="card:2", edits="card")
    assert await room.deliver() is not None
    assert len(room.gateway.calls) == 2


async def test_an_answer_that_was_lost_is_marked_unknown_and_never_sent_again(room: Chat) -> None:
    await room.say("perhaps")
    await room.say("next")
    room.gateway.fail(Ambiguous("timeout"))
    await room.deliver()
    await room.deliver()
    assert await room.states() == {"perhaps": "unknown", "next": "sent"}
    assert room.texts == ["perhaps", "next"]


@pytest.mark.parametrize(
    ("found", "status", "sent"), [(Posted("77"), "sent", 0), ("absent", "sent", 1), ("unknown", "unknown", 0)]
)
async def test_a_row_that_was_cut_off_is_asked_about(room: Chat, found: Any, status: str, sent: int) -> None:
    await room.say("cut off")
    await room.cut_off("cut off")
    room.gateway.found["cut off"] = found
    await room.say("next")
    await room.deliver()
    assert (await room.states())["cut off"] == status
    assert room.texts.count("cut off") == sent
    assert room.texts[-1] == "next"


async def test_what_was_found_can_be_edited_under_its_platforms_id(room: Chat) -> None:
    await room.say("card 0", key="card")
    await room.deliver()
    await execute(room.database, "UPDATE outbound_messages SET platform_message_id = NULL")
    await room.cut_off("card")
    room.gateway.found["card"] = Posted("1")
    await room.say("card 1", key="card:1", edits="card")
    await room.deliver()
    assert room.shown == ["card 1"]


async def test_an_edit_that_was_cut_off_is_simply_made_again(room: Chat) -> None:
    await room.say("card 0", key="card")
    await room.deliver()
    await room.say("card 1", key="card:1", edits="card")
    await room.cut_off("card:1")
    await room.deliver()
    assert room.shown == ["card 1"]


async def test_a_row_that_is_never_taken_is_failed_after_its_attempts_and_the_rest_goes_on(room: Chat) -> None:
    await room.say("never")
    await room.say("next")
    room.gateway.fail(*(Unavailable("down") for _ in range(ATTEMPTS)))
    waits: list[timedelta] = []
    while (wait := await room.deliver()) is not None:
        waits.append(wait)
        await room.patience_is_over()
    assert await room.states() == {"never": "failed", "next": "sent"}
    assert len(waits) == ATTEMPTS - 1
    assert waits == sorted(waits), "each wait is longer than the one before"
    [(error,)] = await rows(room.database, "SELECT error FROM outbound_messages WHERE status = 'failed'")
    assert error == "down"


async def test_however_often_the_platform_asks_for_patience_nothing_is_lost_and_the_order_is_kept(room: Chat) -> None:
    for words in ("one", "two"):
        await room.say(words)
    room.gateway.fail(*(Unavailable("slow down", after=timedelta(seconds=3)) for _ in range(3 * ATTEMPTS)))
    while await room.deliver() is not None:
        await room.patience_is_over()
    assert room.texts == ["one", "two"]


async def test_a_chat_that_may_not_be_written_to_fails_its_rows(room: Chat) -> None:
    await room.say("one")
    room.gateway.fail(Refused("kicked"))
    assert await room.deliver() is None
    assert await room.states() == {"one": "failed"}


async def test_an_edit_of_a_message_that_is_gone_is_let_go(room: Chat) -> None:
    await room.say("card 0", key="card")
    await room.deliver()
    room.gateway.shown.clear()
    await room.say("card 1", key="card:1", edits="card")
    assert await room.deliver() is None
    assert (await room.states())["card:1"] == "sent"


async def test_what_cannot_be_edited_is_posted_once(room: Chat) -> None:
    room.gateway.capabilities = type(room.gateway.capabilities)(
        edits=False, previews=False, buttons=False, files=False, tables=False, charts=False, text_limit=100
    )
    await room.say("card 0", key="card")
    await room.say("card 1", key="card:1", edits="card")
    await room.say("the answer")
    await room.deliver()
    assert room.texts == ["card 0", "the answer"]


async def test_a_process_that_comes_back_late_marks_nothing_that_another_has_taken_on(room: Chat) -> None:
    await room.say("one")
    async with room.database.system("a test") as session:
        [late] = await outbox.open_rows(session, room.thread.chat_id)
    await room.deliver()
    for mark in (
        lambda session: outbox.mark_sending(session, late, None),
        lambda session: outbox.mark(session, late, "unknown"),
    ):
        with pytest.raises(outbox.Overtaken):
            async with room.database.system("a test") as session:
                await mark(session)
    assert await room.states() == {"one": "sent"}


async def test_a_message_of_ours_names_its_task_also_where_it_was_sent_in_parts(room: Chat) -> None:
    task_id, other = new_id(), new_id()
    for key, posted, about in (("whole", "71", task_id), ("parts", "72,73", other), ("later", "711", other)):
        await room.say("something", key=key)
        await execute(
            room.database,
            "UPDATE outbound_messages SET platform_message_id = :id, task_id = :task WHERE dedupe_key = :key",
            id=posted,
            task=about,
            key=key,
        )
    async with room.database.system("a test") as session:
        found = [await task_of(session, room.thread.chat_id, number) for number in ("71", "72", "73", "7", "2")]
    assert found == [task_id, other, other, None, None]


class Away(Database):
    """A database that is away for as many transactions as ``missing`` says."""

    missing = 0

    @asynccontextmanager
    async def opened(self, org_id: UUID | None, *, single: bool = False) -> AsyncIterator[Session]:
        if self.missing > 0:
            self.missing -= 1
            raise OSError("the database is away")
        async with super().opened(org_id, single=single) as session:
            yield session


async def test_a_post_that_cannot_be_noted_while_the_database_is_away_is_noted_afterwards(room: Chat) -> None:
    await room.say("one")
    away = Away(room.database.connections)

    async def leave() -> None:
        away.missing = 2

    slow = Slow(leave)
    assert await deliver_chat(away, slow, room.thread.chat_id) is None
    assert away.missing == 0
    assert await room.states() == {"one": "sent"}
    assert len(slow.posts()) == 1
