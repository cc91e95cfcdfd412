"""Presses that reach two processes at once are decided in the database."""

import asyncio

from domain.conversations.said import Answer
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker


async def test_run_again_pressed_twice_at_once_runs_once_over_two_workers(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    again = talk.chat.button("Run again")
    other = Worker(talk.legwork, "another")
    with talk.worker.away():
        for _ in range(2):
            await talk.tell_press(again.action, again.value)
    await asyncio.gather(talk.worker.start(), other.start())
    await asyncio.gather(talk.worker.settle(), other.settle())
    await talk.settle()
    assert len(rehearsal.of("note")) == 2
    assert sorted(talk.chat.whispers()) == ["It is running again already.", "Running again."]
    await other.stop()


async def test_an_approval_pressed_by_two_people_at_once_is_decided_once(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    where = {"organization": "T1", "private": False}
    mara, ben = talk.other("mara", "C1", **where), talk.other("ben", "C1", **where)
    script.then(plan(tool("n1", "send", to="ana")))
    await mara.say("write to Ana")
    approve = talk.chat.button("Approve")
    other = Worker(talk.legwork, "another")
    with talk.worker.away():
        await mara.tell_press(approve.action, approve.value)
        await ben.tell_press("reject", approve.value)
        await mara.tell_press(approve.action, approve.value)
    await asyncio.gather(talk.worker.start(), other.start())
    await asyncio.gather(talk.worker.settle(), other.settle())
    await talk.settle()
    assert len(rehearsal.of("send")) == 1
    assert len([said for said in talk.chat.shown.values() if isinstance(said, Answer)]) == 1
    told = talk.chat.whispers()
    assert told.count("Approved.") == 1
    assert told.count("That was decided already.") == 1
    assert len(told) == 3
    await other.stop()


async def test_a_task_that_asks_outlives_its_worker_and_keeps_its_place(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    await talk.worker.stop()
    talk.worker = Worker(talk.legwork, "another")
    await talk.press("Approve")
    [answer] = talk.chat.shown.values()
    assert isinstance(answer, Answer)
    assert len(rehearsal.of("send")) == 1
