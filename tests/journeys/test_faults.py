"""Faults of Legwork's own: what fails for good is told, and its neighbours go on."""

from collections.abc import AsyncIterator

import pytest

from domain.conversations.said import Answer, Problem
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from jobs.sweeper import Sweeper
from jobs.worker import HANDLERS
from tests.factories.jobs import claimed, run_out
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker


async def fail(legwork: Legwork, held: Held) -> None:
    """A handler that fails however often it is tried."""
    raise RuntimeError("out of paper")


@pytest.fixture(params=["understand", "advance"])
async def broken(request: pytest.FixtureRequest, legwork: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    """A conversation with a worker that has a fault: in understanding, or in planning (nothing is scripted) and in
    whatever takes the task on from there."""
    worker = Worker(legwork, handlers={**HANDLERS, request.param: fail}, faults=True)
    yield Talk(legwork, chat, worker=worker)
    await worker.stop()


def problems(talk: Talk) -> list[Problem]:
    return [said for said in talk.chat.posts() if isinstance(said, Problem)]


async def test_what_fails_because_of_a_fault_is_told_after_its_attempts(broken: Talk) -> None:
    talk = broken
    await talk.say("do something")
    while await talk.rows("SELECT 1 FROM queue_jobs WHERE status = 'scheduled'"):
        assert not problems(talk)
        await talk.travel(minutes=10)
    assert [row["attempts"] for row in await talk.rows("SELECT attempts FROM queue_jobs WHERE status = 'failed'")] == [
        8
    ]
    [problem] = problems(talk)
    assert "fault in Legwork" in problem.sentence
    assert "out of paper" not in problem.model_dump_json()
    assert not await talk.rows("SELECT 1 FROM tasks WHERE status <> 'FAILED'")
    assert not await talk.rows("SELECT 1 FROM messages WHERE handled_at IS NULL AND role = 'user'")


async def crash(talk: Talk, times: int = 3) -> None:
    """Whoever works on the next job dies."""
    database = talk.legwork.database
    for _ in range(times):
        await run_out(database, await claimed(database))
        await Sweeper(talk.legwork, {}).sweep()


async def test_a_message_that_kills_its_worker_three_times_is_told_and_others_are_answered(
    talk: Talk, script: Script
) -> None:
    with talk.worker.away():
        await talk.tell("poison")
        await crash(talk)
    script.then(reply("I am fine."))
    assert (await talk.other("ben").say("and I?")).one(Answer)
    [problem] = problems(talk)
    assert "three times" in problem.sentence


async def test_a_task_that_kills_its_worker_three_times_is_told_and_can_be_tried_again(
    talk: Talk, script: Script
) -> None:
    script.then(plan(node("n1", "delay", seconds=3600), tool("n2", "note", text="a"), edges=[["n1", "n2"]]))
    await talk.say("note it in an hour")
    with talk.worker.away():
        await talk.travel(hours=2, settle=False)
        await Sweeper(talk.legwork, {}).sweep()
        await crash(talk)
    await talk.settle()
    [problem] = problems(talk)
    assert "three times" in problem.sentence
    assert (await talk.task())["status"] == "FAILED"
    assert (await talk.press("Retry")).one(Answer).text == "note: a"
