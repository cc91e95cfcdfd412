"""Who may have work done is looked at when it is done: somebody who was put out, or made a viewer, has none done any
more, whatever was begun before.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.views import words
from domain.audit import Actor
from domain.conversations.said import Answer, ApprovalCard, Note
from domain.core.errors import Invalid
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.execute.access import hold_back
from domain.orgs import service as orgs
from domain.orgs.access import Role
from domain.tasks import control
from domain.tasks import repository as tasks
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.offices import CHANNEL
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
SEND = tool("n1", "send", to="ben", text="hello")
TWO = plan(tool("n1", "note", text="first"), tool("n2", "note", text="second"), edges=[["n1", "n2"]])


@pytest.fixture
async def ben(talk: Talk, script: Script) -> Talk:
    """A member of an organization that Mara owns."""
    script.then(reply("Hello."), reply("Hello."))
    mara, ben = (talk.other(name, "C1", **CHANNEL) for name in ("mara", "ben"))
    await mara.say("hi")
    await ben.say("hi")
    return ben


async def decide(talk: Talk, act: Callable[..., Awaitable[None]], *given: Any) -> None:
    """What somebody decides about Ben."""
    [row] = await talk.rows(
        "SELECT m.org_id, u.id FROM users u JOIN organization_members m ON m.user_id = u.id WHERE u.name = 'Ben'"
    )
    async with talk.legwork.database.system("a test") as session:
        await act(session, row["org_id"], row["id"], *given, by=Actor("operator"))


async def standing(talk: Talk) -> tuple[str, str | None]:
    task = await talk.task()
    return task["status"], task["waiting_for"]


@pytest.mark.parametrize(("act", "given"), [(orgs.remove, []), (orgs.suspend, []), (orgs.set_role, [Role.VIEWER])])
async def test_what_waits_is_not_done_for_who_may_not_any_more(
    ben: Talk, script: Script, rehearsal: Rehearsal, act: Any, given: list[Any]
) -> None:
    script.then(plan(SEND))
    (await ben.say("write to Ben")).one(ApprovalCard)
    with ben.worker.away():
        await ben.rows("UPDATE approvals SET decision = 'approved' RETURNING 1")
        task = await ben.task()
        async with ben.legwork.database.system("a test") as session:
            await control.go_on(session, task["id"])
            await enqueue(session, advance_command(task["id"], task["user_id"]))
    await decide(ben, act, *given)
    await ben.settle()
    assert not rehearsal.calls
    assert await standing(ben) == ("PAUSED", "access")


async def test_a_task_that_is_taken_on_for_somebody_who_was_removed_stands_still_and_says_so(
    ben: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(TWO)
    gate = rehearsal.gate("first")
    await ben.begin("note it")
    await eventually(lambda: rehearsal.of("note"))
    await decide(ben, orgs.remove)
    gate.set()
    said = await ben.settle()
    assert await standing(ben) == ("PAUSED", "access")
    assert words.status(ben.card.status).startswith("Paused: whom it works for")
    assert [note.text for note in said.of(Note)] == [
        "“The plan” stands still: Ben may not have work done here any more. An admin can stop it, or hand it to a "
        "member; let in again, they can resume it."
    ]
    assert [call["text"] for call in rehearsal.of("note")] == ["first"]


async def test_an_approved_call_is_not_made_for_who_was_put_out_while_its_task_was_held(
    ben: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "publish", to="ben", text="film")))
    await ben.say("publish it")
    media = ben.worker.runners.pop("MEDIA")  # nobody works there for now
    await ben.press("Approve")
    task = await ben.task()
    async with ben.legwork.database.system("a test") as session:
        await control.lock(session, task["id"], task["org_id"])
        ben.worker.runners["MEDIA"] = media
        await ben.worker.start()
        await eventually(lambda: ben.rows(WAITS))
        await orgs.remove(session, task["org_id"], task["user_id"], by=Actor("operator"))
    await ben.settle()
    assert not rehearsal.calls
    assert await standing(ben) == ("PAUSED", "access")


async def test_who_is_put_out_before_their_message_is_understood_has_nothing_begun(
    ben: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    with ben.worker.away():
        message = await ben.tell("note it")
    [row] = await ben.rows("SELECT org_id, user_id FROM messages m WHERE id = :id", id=message)
    async with ben.legwork.database.system("a test") as session:
        await session.execute(text("SELECT FROM messages WHERE id = :id FOR UPDATE"), {"id": message})
        await ben.worker.start()
        await eventually(lambda: ben.rows(WAITS))
        await orgs.remove(session, row["org_id"], row["user_id"], by=Actor("operator"))
    await ben.settle()
    assert await standing(ben) == ("PAUSED", "access")
    assert len(script.requests) == 2, "what was said before"


async def test_what_is_planned_is_not_begun_for_who_was_put_out_meanwhile(
    ben: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = asyncio.Event()
    script.then([gate, json.dumps(TWO)])
    await ben.begin("note it")
    await eventually(lambda: len(script.requests) == 3)
    await decide(ben, orgs.remove)
    gate.set()
    said = await ben.settle()
    assert await standing(ben) == ("PAUSED", "access")
    assert "stands still: Ben may not" in said.of(Note)[-1].text
    assert not rehearsal.calls


async def test_what_is_planned_anew_is_not_begun_for_who_was_put_out_meanwhile(
    ben: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "note", text="first")), plan(tool("n1", "note", text="another way")))
    rehearsal.fail("first", Invalid("It cannot be noted."))
    gate = rehearsal.gate("first")
    await ben.begin("note it")
    await eventually(lambda: rehearsal.of("note"))
    await decide(ben, orgs.remove)
    gate.set()
    await ben.settle()
    assert await standing(ben) == ("PAUSED", "access")
    assert [call["text"] for call in rehearsal.of("note")] == ["first"]


async def test_that_it_stands_still_is_said_each_time_and_not_of_what_has_ended(
    ben: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND))
    await ben.say("write to Ben")
    task = (await ben.task())["id"]
    for status, waits in (("PENDING", None), ("PAUSED", "access"), ("RUNNING", None), ("CANCELLED", None)):
        stands = {"status": status, "waits": waits}
        await ben.rows("UPDATE tasks SET status = :status, waiting_for = :waits RETURNING 1", **stands)
        async with ben.legwork.database.system("a test") as session:
            loaded = await tasks.load(session, task)
            assert loaded is not None
            await hold_back(session, loaded)
    told = await ben.rows("SELECT 1 FROM outbound_messages WHERE dedupe_key LIKE 'access:%'")
    assert len(told) == 2


async def test_who_is_let_in_again_resumes_what_stood_still(ben: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(TWO)
    gate = rehearsal.gate("first")
    await ben.begin("note it")
    await eventually(lambda: rehearsal.of("note"))
    await decide(ben, orgs.suspend)
    gate.set()
    await ben.settle()
    assert (await ben.press("Resume")).whispers, "they are told that they are out"
    assert await standing(ben) == ("PAUSED", "access")
    await decide(ben, orgs.restore)
    assert (await ben.press("Resume")).one(Answer)
    assert [call["text"] for call in rehearsal.of("note")] == ["first", "second"]


async def test_an_admin_stops_what_stands_still(ben: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(TWO)
    gate = rehearsal.gate("first")
    await ben.begin("note it")
    await eventually(lambda: rehearsal.of("note"))
    await decide(ben, orgs.set_role, Role.VIEWER)
    gate.set()
    await ben.settle()
    await ben.other("mara", "C1", **CHANNEL).press("Stop")
    assert (await standing(ben))[0] == "CANCELLED"


@pytest.mark.parametrize("act", [orgs.remove, orgs.suspend])
async def test_what_who_was_put_out_tries_is_written_down_as_refused(
    ben: Talk, script: Script, rehearsal: Rehearsal, act: Any
) -> None:
    script.then(plan(SEND))
    (await ben.say("write to Ben")).one(ApprovalCard)
    await decide(ben, act)
    for _ in range(2):
        await ben.press("Approve")
    await ben.say("/org role Mara viewer")
    await ben.say("/nonsense that is nobody's business")
    await ben.say("what is 2 + 2?")
    refused = await ben.rows(
        """SELECT a.action, a.permission, a.details ->> 'command' AS command, o.slug, u.name
        FROM audit_logs a JOIN organizations o ON o.id = a.org_id JOIN users u ON u.id = a.actor_id
        WHERE a.outcome = 'refused' ORDER BY a.id"""
    )
    assert [tuple(row.values()) for row in refused] == [
        ("tasks.approve", "work", None, "T1", "Ben"),
        ("tasks.approve", "work", None, "T1", "Ben"),
        ("commands.run", "see", "org", "T1", "Ben"),
        ("commands.run", "see", None, "T1", "Ben"),
    ]
    assert not rehearsal.calls
