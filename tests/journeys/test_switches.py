"""An admin switches a tool off, or on, while plans that hold it wait and run."""

from asyncio import Event
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from json import dumps
from typing import Any
from uuid import UUID

import pytest
from structlog.contextvars import get_contextvars

from domain.conversations.said import Answer, ApprovalCard, Listing, Note, Problem, Said
from domain.core.db import Database, Session
from domain.core.errors import Unavailable
from domain.flow.common.legwork import Legwork
from domain.llm.model import Reply, ToolCall, Usage
from domain.tools.kit import switch
from domain.tools.registry import Registry
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker
from tests.fixtures.waiting import eventually

SEND = tool("n1", "send", to="ben", text="hello")
OFF = "send was switched off by an admin after this was planned."
REMEDY = "An admin can switch it on with “/tools enable send”; then it can be tried again."


async def disable(talk: Talk, name: str) -> Sequence[Said]:
    """From another chat of the same person, whose thread it does not end up in."""
    return await talk.other(talk.person, "elsewhere").say(f"/tools disable {name}")


async def told_off(talk: Talk, name: str, gate: Event | None = None) -> None:
    """The same while something runs, which would not come to rest."""
    await talk.other(talk.person, "elsewhere").tell(f"/tools disable {name}")
    await talk.worker.start()
    await eventually(lambda: any("is switched off for" in getattr(said, "text", "") for said in talk.chat.posts()))
    if gate is not None:
        gate.set()


async def test_what_is_switched_off_while_its_approval_waits_is_not_done(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND), reply("There is no other way."))
    await talk.say("write to Ben")
    await disable(talk, "send")
    problem = (await talk.press("Approve")).one(Problem)
    assert (problem.sentence, problem.remedy) == (OFF, f"There is no other way. {REMEDY}")
    assert not rehearsal.calls
    [step] = await talk.rows("SELECT status, idempotency_key, error FROM task_steps")
    assert (step["status"], step["idempotency_key"], step["error"]["code"]) == ("FAILED", None, "switched_off")
    assert (await talk.task())["status"] == "FAILED"


async def test_what_is_switched_on_again_works_again(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND), reply("There is no other way."))
    await talk.say("write to Ben")
    await disable(talk, "send")
    await talk.press("Approve")
    await talk.say("/tools enable send")
    assert (await talk.press("Retry")).one(Answer).text == "send: hello"
    assert len(rehearsal.calls) == 1


async def test_what_was_off_only_while_it_waited_is_done(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    await disable(talk, "send")
    await talk.other("mara", "elsewhere").say("/tools enable send")
    assert (await talk.press("Approve")).one(Answer).text == "send: hello"


async def test_another_way_is_planned_without_what_was_switched_off(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND), plan(SEND, tool("n2", "note", text="x")), plan(tool("n2", "note", text="for Ben")))
    await talk.say("write to Ben")
    await disable(talk, "send")
    assert (await talk.press("Approve")).one(Answer).text == "note: for Ben"
    asked, again = (request.variables for request in script.requests[1:])
    assert asked["failed"]["error"] == f"{OFF} {REMEDY}"
    assert "send" not in [offered["name"] for offered in asked["tools"]]
    assert again["errors"] == ["n1 uses the tool send, which an admin has switched off."]


async def test_nobody_is_asked_to_approve_what_is_switched_off(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(node("n0", "ask", question="Sure?"), SEND, edges=[["n0", "n1"]]), reply("No other way."))
    await talk.say("write to Ben")
    await disable(talk, "send")
    replies = await talk.say("sure")
    assert not replies.of(ApprovalCard)
    assert replies.one(Problem).sentence == OFF


async def test_what_runs_as_it_is_switched_off_is_seen_through_and_what_follows_is_not_begun(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(tool("n1", "note", text="first"), tool("n2", "note", text="second"), edges=[["n1", "n2"]]),
        reply("No other way."),
    )
    gate = rehearsal.gate("first")
    await talk.begin("note both")
    await eventually(lambda: rehearsal.of("note"))
    await told_off(talk, "note", gate)
    [problem] = (await talk.settle()).of(Problem)
    assert problem.sentence == OFF.replace("send", "note")
    assert await talk.steps() == {"n1": "SUCCEEDED", "n2": "FAILED"}
    assert [call["text"] for call in rehearsal.of("note")] == ["first"]


async def test_an_external_call_that_runs_is_seen_through(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND))
    gate = rehearsal.gate("hello")
    await talk.say("write to Ben")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("send"))
    await told_off(talk, "send", gate)
    await talk.settle()
    assert await talk.steps() == {"n1": "SUCCEEDED"}
    assert len(rehearsal.calls) == 1


async def test_a_call_that_waits_for_another_attempt_is_not_made_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Unavailable("It does not answer."))
    script.then(plan(SEND), reply("No other way."))
    await talk.say("write to Ben")
    await talk.press("Approve")
    await disable(talk, "send")
    assert (await talk.travel(seconds=10)).one(Problem).sentence == OFF
    assert len(rehearsal.calls) == 1


async def test_a_loop_stops_in_its_middle(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    items = [f"i{number}" for number in range(8)]
    body = tool("each", "note", text="{{ item }}")
    script.then(plan(node("n1", "foreach", "note all", items=items, node=body)), reply("No other way."))
    gates = [rehearsal.gate(item) for item in items]
    await talk.begin("note all")
    await eventually(lambda: len(rehearsal.of("note")) == 4)
    await told_off(talk, "note")
    for gate in gates:
        gate.set()
    [problem] = (await talk.settle()).of(Problem)
    assert problem.sentence == f"4 of 8 items could not be done: {OFF.replace('send', 'note')}"
    assert len(rehearsal.of("note")) == 4
    await talk.say("/tools enable note")
    assert await talk.press("Retry")
    assert sorted(call["text"] for call in rehearsal.of("note")) == items


async def test_a_model_that_is_at_work_is_told_that_a_tool_is_off(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    waits = Event()
    asks = Reply(text="", data=None, usage=Usage(), provider="x", model="x", calls=(ToolCall("c1", "note", {}),))
    script.then(plan(node("n1", "llm", prompt="Note it.", tools=["note"])), [waits, asks], "Not noted.")
    await talk.begin("note it")
    await eventually(lambda: len(script.requests) == 2)
    await told_off(talk, "note", waits)
    await talk.settle()
    assert not rehearsal.calls
    assert OFF.replace("send", "note") in script.requests[2].exchange[-1].text


async def test_what_is_switched_off_while_it_is_planned_is_not_begun(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    waits = Event()
    script.then([waits, dumps(plan(tool("n1", "note", text="a")))], reply("No other way."))
    await talk.begin("note it")
    await eventually(lambda: script.requests)
    await told_off(talk, "note", waits)
    [problem] = (await talk.settle()).of(Problem)
    assert problem.sentence == OFF.replace("send", "note")
    assert not rehearsal.calls


class Between(Database):
    """A way to the database on which something happens before a transaction begins: so many of jobs of that kind."""

    def __init__(self, database: Database, kind: str, before: int, happens: Callable[[], Awaitable[None]]) -> None:
        super().__init__(database.connections)
        self._kind = kind
        self._left = before
        self._happens = happens

    @asynccontextmanager
    async def opened(self, org_id: UUID | None, *, single: bool = False) -> AsyncGenerator[Session]:
        if get_contextvars().get("kind") == self._kind:
            self._left -= 1
            if self._left == 0:
                await self._happens()
        async with super().opened(org_id, single=single) as session:
            yield session


@pytest.mark.parametrize(
    ("name", "kind", "before"),
    [*(("send", "advance", place) for place in range(1, 6)), *(("publish", "step", place) for place in range(1, 6))],
)
async def test_a_call_is_made_only_if_its_intent_was_stored_before_the_tool_was_switched_off(
    talk: Talk,
    legwork: Legwork,
    chat: FakeChat,
    script: Script,
    rehearsal: Rehearsal,
    name: str,
    kind: str,
    before: int,
) -> None:
    intended = list[bool]()

    async def switch_off() -> None:
        [step] = await talk.rows("SELECT idempotency_key FROM task_steps")
        intended.append(step["idempotency_key"] is not None)
        async with legwork.database.system("a test") as session:
            await switch(session, (await talk.task())["org_id"], name, on=False)

    script.then(plan(SEND | {"name": name}), reply("No other way."))
    await talk.say("write to Ben")
    button = chat.button("Approve")
    between = replace(legwork, database=Between(legwork.database, kind, before, switch_off))
    late = Talk(between, chat, worker=Worker(between, "late"))
    await late.send_press(button.action, button.value)
    assert [bool(rehearsal.calls)] == (intended or [True])
    assert (await talk.task())["status"] == ("SUCCEEDED" if rehearsal.calls else "FAILED")
    await late.worker.stop()


async def test_a_tool_that_this_version_does_not_have_is_named(
    talk: Talk, legwork: Legwork, chat: FakeChat, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND), reply("There is no other way."))
    await talk.say("write to Ben")
    fewer = replace(legwork, tools=Registry(each for each in legwork.tools if each.name != "send"))
    later = Talk(fewer, chat, worker=Worker(fewer, "newer"))
    problem = (await later.press("Approve")).one(Problem)
    assert problem.sentence == "send is no longer a tool of mine."
    assert not rehearsal.calls
    await later.worker.stop()


async def test_who_became_a_viewer_has_nothing_changed_any_more(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    wait = node("n0", "delay", seconds=60)
    script.then(plan(wait, tool("n1", "keep", text="b"), edges=[["n0", "n1"]]))
    await talk.say("keep it in a minute")
    await talk.rows("UPDATE organization_members SET role = 'viewer' RETURNING id")
    assert "stands still: Mara may not have work done here" in (await talk.travel(seconds=61)).one(Note).text
    assert not rehearsal.calls
    task = await talk.task()
    assert (task["status"], task["waiting_for"]) == ("PAUSED", "access")


async def test_another_organization_keeps_its_own_kit(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("/tools disable note")
    assert (await talk.other("ben").say("note it")).one(Answer).text == "note: a"


async def test_switches_are_for_admins_and_say_how_they_stand(talk: Talk, script: Script) -> None:
    where: dict[str, Any] = {"organization": "T1", "private": False}
    owner, ben = talk.other("mara", "C1", **where), talk.other("ben", "C1", **where)
    assert "for everybody here" in (await owner.say("/tools disable note")).one(Note).text
    assert (await owner.say("/tools disable note")).one(Note).text == "note is switched off already."
    assert "needs the role admin" in (await ben.say("/tools enable note")).one(Problem).sentence
    listed = (await ben.say("/tools")).one(Listing)
    assert [row[2] for row in listed.rows if row[0] == "note"] == ["switched off"]
    refused = (await ben.say("/tools run note text=a")).one(Problem)
    assert refused.sentence == "note is switched off here."
    assert refused.remedy == "An admin can switch it on with “/tools enable note”."
    assert "is switched on" in (await owner.say("/tools enable note")).one(Note).text
    assert (await owner.say("/tools enable note")).one(Note).text == "note is switched on already."
    assert (await owner.say("/tools disable fly")).one(Problem).sentence == "There is no tool “fly”."


@pytest.mark.parametrize("verb", ["enable", "disable"])
async def test_what_is_off_for_everybody_stays_so(talk: Talk, verb: str) -> None:
    await talk.rows("UPDATE tools SET enabled = false WHERE name = 'note' RETURNING id")
    problem = (await talk.say(f"/tools {verb} note")).one(Problem)
    assert problem.sentence == "note is switched off for everybody who uses this Legwork."
