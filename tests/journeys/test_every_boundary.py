"""A worker dies at each boundary of a task's way, before a commit and after it: nothing is lost or done twice."""

from dataclasses import replace

import pytest

from bot.inbound import accept
from domain.conversations.said import Answer, Note, PlanCard
from domain.flow.common.legwork import Legwork
from tests.factories.incoming import pressed
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, tool
from tests.fakes.chat import CAPABILITIES, FakeChat
from tests.fixtures.legwork import Script
from tests.fixtures.mortal import Mortal, work
from tests.fixtures.talk import Talk, Worker

BOUNDARIES = 85
"""As many transactions as the way has, or a few more."""

PLAN = plan(
    tool("n1", "note", text="first"),
    tool("n2", "send", to="ben"),
    node("n3", "foreach", items=["x", "y"], node=tool("each", "note", text="{{ item }}")),
    node("n4", "post", text="Almost there."),
    tool("n5", "note", text="{{ n3.output.results[].text | join(' ', @) }}"),
    edges=[["n1", "n2"], ["n2", "n3"], ["n3", "n4"], ["n4", "n5"]],
)


@pytest.fixture
def chat() -> FakeChat:
    """A platform that can say what became of a post."""
    return FakeChat(replace(CAPABILITIES, finds=True))


async def decide(talk: Talk, rehearsal: Rehearsal) -> None:
    """What a person does who sees what happened outside."""
    while (task := await talk.task())["status"] == "PAUSED":
        if task["waiting_for"] == "approval":
            await talk.press("Approve")
        else:
            await talk.press("It is done" if rehearsal.of("send") else "Do it again")


async def live_and_die(legwork: Legwork, chat: FakeChat, last: int, *, committed: bool) -> tuple[Talk, Mortal]:
    """One worker as far as it lives, with the approval given when it is asked for."""
    mortal = Mortal(legwork.database, last, committed=committed)
    talk = Talk(legwork, chat, worker=Worker(replace(legwork, database=mortal), "mortal", faults=True))
    await talk.tell("write to Ben")
    await work(talk.worker)
    if not mortal.dead:
        button = chat.button("Approve")
        await accept(legwork.database, legwork.storage, pressed(button.action, button.value))
        await work(talk.worker)
    return talk, mortal


@pytest.mark.parametrize("last", range(1, BOUNDARIES))
async def test_a_worker_dies_at_a_transaction(
    legwork: Legwork, chat: FakeChat, script: Script, rehearsal: Rehearsal, last: int
) -> None:
    committed = last % 2 == 0  # dying before one commit is dying after the one before it, but for who was woken
    script.then(PLAN, PLAN)  # it may have died before the first was stored
    talk, mortal = await live_and_die(legwork, chat, last, committed=committed)
    mortal.dead = True
    talk.worker = Worker(legwork, "survivor")
    await talk.worker.lose_leases()
    await talk.settle()
    await decide(talk, rehearsal)

    assert (await talk.task())["status"] == "SUCCEEDED"
    assert len(rehearsal.of("send")) == 1
    said = chat.posts()
    assert [entry.text for entry in said if isinstance(entry, Answer)] == ["note: note: x note: y"]
    assert [entry.text for entry in said if isinstance(entry, Note)].count("Almost there.") == 1
    assert [entry.status for entry in chat.shown.values() if isinstance(entry, PlanCard)] == ["SUCCEEDED"]
    # a whisper is tried once, and not worth being told twice
    unsaid = "status NOT IN ('sent', 'superseded') AND kind <> 'whisper'"
    assert not await talk.rows(f"SELECT 1 FROM outbound_messages WHERE {unsaid}")
    assert not await talk.rows("SELECT 1 FROM queue_jobs WHERE status <> 'completed'")


async def test_no_boundary_is_left_out(legwork: Legwork, chat: FakeChat, script: Script) -> None:
    script.then(PLAN)
    talk, mortal = await live_and_die(legwork, chat, 1_000, committed=False)
    await talk.worker.stop()
    assert (await talk.task())["status"] == "SUCCEEDED"
    assert mortal.begun <= BOUNDARIES, mortal.begun
