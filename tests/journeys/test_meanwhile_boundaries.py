"""A worker dies at each boundary of what is said to its work: each message has one fate, and is heard once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.inbound import accept
from domain.conversations.said import Answer
from domain.flow.common.legwork import Legwork
from domain.llm.model import Request
from domain.llm.prompts import DECIDE
from domain.llm.scripted import ScriptedModel
from tests.factories.incoming import incoming
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import change, reply
from tests.fakes.chat import CAPABILITIES, FakeChat
from tests.fixtures.heard import texts
from tests.fixtures.meanwhile import NOTED, OTHERWISE, TWO
from tests.fixtures.mortal import Mortal, work
from tests.fixtures.talk import Talk, Worker
from tests.fixtures.waiting import eventually

BOUNDARIES = 56
"""As many transactions as the way has, or a few more."""


def answer(request: Request) -> dict[str, Any]:
    """What the model says, whoever asks it and however often."""
    if request.prompt is not DECIDE:
        return OTHERWISE if request.variables["notes"] else TWO
    if "look at" in request.variables["message"]:
        return TWO
    return change() if request.variables["open"] else reply("In 2025 there were 3.")


@pytest.fixture
def chat() -> FakeChat:
    """A platform that can say what became of a post."""
    return FakeChat(replace(CAPABILITIES, finds=True))


async def live_and_die(
    legwork: Legwork, chat: FakeChat, rehearsal: Rehearsal, last: int, *, committed: bool
) -> tuple[Talk, Mortal]:
    """One worker as far as it lives: the first step goes on when something was said to it."""
    mortal = Mortal(legwork.database, last, committed=committed)
    talk = Talk(legwork, chat, worker=Worker(replace(legwork, database=mortal), "mortal", faults=True))
    gate = rehearsal.gate("go")
    await talk.tell("look at the leads")
    working = asyncio.create_task(work(talk.worker))
    await eventually(lambda: mortal.dead or rehearsal.of("note"))
    await accept(legwork.database, legwork.storage, incoming("only 2025"))
    if not mortal.dead:
        await work(Sweeps(talk.worker))
        await eventually(lambda: _noted_or_dead(talk, mortal))
    gate.set()
    await working
    return talk, mortal


class Sweeps(Worker):
    """The same worker, looking at what is queued and not waiting for it."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def settle(self) -> None:
        await self._worker.start()


async def _noted_or_dead(talk: Talk, mortal: Mortal) -> bool:
    return mortal.dead or bool(await talk.rows("SELECT 1 FROM task_notes"))


@pytest.mark.parametrize("last", range(1, BOUNDARIES))
async def test_a_worker_dies_while_something_is_said_to_its_work(
    legwork: Legwork, chat: FakeChat, rehearsal: Rehearsal, last: int
) -> None:
    legwork = replace(legwork, model=ScriptedModel(answer))
    talk, mortal = await live_and_die(legwork, chat, rehearsal, last, committed=last % 2 == 0)
    mortal.dead = True
    talk.worker = Worker(legwork, "survivor")
    await talk.worker.lose_leases()
    await talk.settle()

    noted = await talk.rows("SELECT heard_by FROM task_notes")
    answers = [one.text for one in chat.posts() if isinstance(one, Answer)]
    assert len(noted) <= 1
    if noted:
        assert noted[0]["heard_by"].startswith("plan:")
        assert texts(talk) == [NOTED]
        assert answers == ["note: 2025"]
    else:  # the work had ended before anybody had read it
        assert texts(talk) == []
        assert sorted(answers) == ["In 2025 there were 3.", "note: all years"]
    stands = await talk.rows("SELECT status, unheard, replans FROM tasks")
    assert [tuple(task.values()) for task in stands] == [("SUCCEEDED", 0, 0)] * 2
    assert not await talk.rows("SELECT 1 FROM messages WHERE handled_at IS NULL AND role = 'user'")
    assert not await talk.rows("SELECT 1 FROM outbound_messages WHERE status NOT IN ('sent', 'superseded')")
    assert not await talk.rows("SELECT 1 FROM queue_jobs WHERE status <> 'completed'")


async def test_no_boundary_is_left_out(legwork: Legwork, chat: FakeChat, rehearsal: Rehearsal) -> None:
    legwork = replace(legwork, model=ScriptedModel(answer))
    talk, mortal = await live_and_die(legwork, chat, rehearsal, 1_000, committed=False)
    await talk.worker.stop()
    assert len(await talk.rows("SELECT 1 FROM task_notes WHERE heard_by IS NOT NULL")) == 1
    assert mortal.begun <= BOUNDARIES, mortal.begun
