"""Whatever the model replies and people do: an agent makes the calls, and comes to the end, that a plain reading of the
rules has it make and come to.

``LEGWORK_EXAMPLES`` says how many agents are played, and has them be others each time.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

from hypothesis import event, example, given

from domain.core.errors import Invalid
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.common.legwork import Legwork
from domain.llm.model import Event, Request
from domain.llm.scripted import Answer, ScriptedModel
from domain.tasks import notes
from tests.factories.any_agent import Came, Played, Reply, agents, arguments, interpret
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan
from tests.fakes.chat import FakeChat
from tests.fixtures.playing import played
from tests.fixtures.servers import empty
from tests.fixtures.talk import Talk

HUNG = 30.0
"""Seconds after which an agent that is not over hangs."""
PATIENCE = 60
"""Times that a person decides, or lets time pass."""


class Speaker(ScriptedModel):
    """Plans the agent, and replies as it is played; the person writes while it thinks."""

    def __init__(self, played: Played) -> None:
        super().__init__(self._choose)
        self.played, self.thoughts = played, 0
        self.talk: Talk | None = None

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        reply = self.played.reply(self.thoughts)
        heard = reply.noted and not request.withheld and bool(reply.words or reply.calls)
        if heard and request.prompt.name == "agent" and self.talk is not None:
            await write(self.talk)
        async for each in super().stream(request):
            yield each

    def _choose(self, request: Request) -> Answer:
        if request.prompt.name != "agent":
            return plan(node("n1", "agent", "find out", goal="Find it out.", rounds=self.played.rounds))
        reply = self.played.reply(self.thoughts)
        self.thoughts += 1
        return asks(*map(arguments, reply.calls), text=reply.words)


async def write(talk: Talk) -> None:
    """The person says something to the newest task."""
    task = await talk.task()
    async with talk.legwork.database.system("a test") as session:
        assert await notes.add(session, task["id"], user_id=task["user_id"], message_id=uuid4(), words="only 2025")
        session.signal(f"legwork:task:{task['id']}")
        if task["status"] == "PAUSED":
            await enqueue(session, advance_command(task["id"], task["user_id"]))


async def carry_through(talk: Talk, played: Played) -> None:
    """Until the task is over: the person decides what is asked, and lets time pass."""
    await talk.say("find it out")
    asked = 0
    for _ in range(PATIENCE):
        task = await talk.task()
        if task["status"] in ("SUCCEEDED", "FAILED"):
            return
        if task["waiting_for"] == "approval":
            asked += 1
            if asked in played.instead:
                await write(talk)
                await talk.settle()
            else:
                await talk.press("Approve" if played.yes[(asked - 1) % len(played.yes)] else "Reject")
        else:
            await talk.travel(minutes=2)
    raise AssertionError(f"it does not come to its end: {await talk.steps()}")


async def came_of(talk: Talk, rehearsal: Rehearsal, thoughts: int) -> Came:
    """What is stored of it, and what the tools saw."""
    rows = await talk.rows("SELECT node_id, type, status, output FROM task_steps ORDER BY id")
    agent = next(row for row in rows if row["node_id"] == "n1")
    failed = agent["status"] == "FAILED"
    return Came(
        calls={row["node_id"]: row["status"] for row in rows if row["type"] == "tool"},
        done=Counter((call.tool, call.arguments["text"].partition(" ")[2]) for call in rehearsal.calls),
        thoughts=thoughts,
        ended="FAILED" if failed else agent["output"]["ended"],
        text="" if failed else agent["output"]["text"],
    )


@played(40)
@example(Played((Reply(calls=(("note", "a"),)),) * 12, rounds=12))
@example(Played((Reply(calls=(("note", "a"),)),) * 12, rounds=12, broken=frozenset({("note", "a")})))
@example(Played((Reply(calls=(("note", "a"), ("send", "ben")), noted=True), Reply("So.", noted=True))))
@example(Played((Reply(calls=(("send", "ben"), ("note", "a"), ("send", "eve"))),) * 2, instead=frozenset({1})))
@example(Played((Reply(calls=(("fly", ""),)), Reply(calls=(("slip", ""),))) * 3))
@example(Played((Reply(calls=(("send", "ben"), ("send", "eve"), ("send", "ada"))),) * 3, yes=(False,)))
@given(agents)
async def test_an_agent_does_what_the_rules_say(
    legwork: Legwork, tables: list[str], rehearsal: Rehearsal, played: Played
) -> None:
    await empty(legwork.database, [table for table in tables if table != "tools"])
    rehearsal.forget()
    for tool, text in played.broken:
        rehearsal.fail(f"{tool} {text}", *[Invalid("It is broken.")] * 40)
    model, chat = Speaker(played), FakeChat()
    talk = Talk(replace(legwork, model=model, gateways={chat.platform: chat}), chat)
    model.talk = talk
    try:
        async with asyncio.timeout(HUNG):
            await carry_through(talk, played)
        expected = interpret(played)
        event(f"it ended: {expected.ended}")
        assert await came_of(talk, rehearsal, model.thoughts) == expected
    finally:
        await talk.worker.stop()
