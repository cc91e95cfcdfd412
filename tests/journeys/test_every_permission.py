"""Every command and every button, by everybody, in two organizations: allowed, refused or not there, as the lists say;
and of each refusal a row of the audit trail. What each does is undone again."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import pytest
from sqlalchemy import text

from bot import permissions
from bot.commands import confirming
from bot.commands.table import NOUNS
from bot.slack.forms import FORM_ACTION
from domain.conversations import service
from domain.conversations.ports import Press
from domain.conversations.said import Problem
from domain.conversations.schemas import Heard
from domain.core import ids
from domain.core.db import Session
from domain.flow.common.legwork import Legwork
from domain.flow.common.presses import step_value
from domain.flow.understand.acts import PRESSES, READ
from domain.flow.understand.settle import settle
from domain.orgs.access import NO_TASK, Act, Permission
from domain.tasks import repository as tasks
from tests.fixtures.everybody import ROLE_OF, gathered, may
from tests.fixtures.talk import Talk

WHOEVER_ASKS = ("no_code", "refused")
"""Why a code is refused that opens nothing or is typed where others read along, whoever types it."""

Came = Literal["allowed", "refused", "hidden", "not there"]
"""Hidden: it is there, is told as what there is not, and that it was tried is written down."""

TASKLESS = {"stop_all", "stop_thread", "show_lost"}
"""Buttons that are for what is one's own, and name no task of others."""
_CHOSEN = {"feedback": "up"}
"""What the value of a button chooses; others name a message, or nothing that counts."""
ADMINS_DECIDE = "B"
"""The organization that says so of approvals; the other does not."""


@dataclass(frozen=True)
class Stage:
    """Everybody of both organizations, each with something they said in its channel; and a task of each, there and in
    their private chat."""

    legwork: Legwork
    said: Mapping[tuple[str, str], UUID]
    open_tasks: Mapping[tuple[str, str, str], UUID]


@pytest.fixture
async def stage(talk: Talk) -> Stage:
    there = await gathered(talk)
    begun: dict[tuple[str, str, str], UUID] = {}
    async with talk.legwork.database.system("a test") as session:
        for place, said in (("channel", there.said), ("private", there.alone)):
            for (org, who), message_id in said.items():
                begun[org, who, place] = await _task(session, message_id)
        await session.execute(
            text("""UPDATE organizations SET settings = '{"approvals": "admins"}' WHERE slug = :org"""),
            {"org": ADMINS_DECIDE},
        )
    return Stage(there.legwork, there.said, begun)


async def _task(session: Session, message_id: UUID) -> UUID:
    """A task of whoever wrote that, which waits for them."""
    heard = await service.heard(session, message_id)
    nodes = [{"id": "n1", "type": "tool", "name": "note", "config": {"text": "a"}}]
    task = await tasks.add(
        session,
        org_id=heard.person.org_id,
        user_id=heard.person.user_id,
        thread_id=heard.thread.id,
        message_id=message_id,
        title="note it",
        description="note it",
        plan={"nodes": nodes, "edges": []},
        total_steps=1,
        priority=1,
    )
    waits = text("UPDATE tasks SET status = 'PAUSED', waiting_for = 'person' WHERE id = :id")
    await session.execute(waits, {"id": task.id})
    return task.id


class _Undone(Exception):
    """What was tried is undone."""


async def tried(stage: Stage, session: Session, heard: Heard, permission: Permission | None = None) -> Came:
    """What comes of it; nothing of it stays. ``permission``: for want of which it counts as refused; None: of any."""
    came: list[Came] = []
    try:
        async with session.savepoint():
            settled = await settle(stage.legwork, session, heard, {})
            rows = await session.all(
                text("""SELECT outcome, permission, details ->> 'reason' AS reason FROM audit_logs
                WHERE request_id = :id"""),
                {"id": str(heard.message_id)},
            )
            refused = [row for row in rows if row["outcome"] == "refused"]
            sentence = settled.said[0].sentence if settled.said and isinstance(settled.said[0], Problem) else ""
            if sentence == NO_TASK:
                came.append("hidden" if refused else "not there")
            else:
                for_who = [row for row in refused if row["reason"] not in WHOEVER_ASKS]
                counts = [row for row in for_who if permission in (None, row["permission"])]
                came.append("refused" if counts else "allowed")
            assert len(refused) <= (1 if sentence else 0)
            assert all(row["outcome"] == "refused" for row in rows) or not sentence
            raise _Undone
    except _Undone:
        return came[0]


async def people(stage: Stage, session: Session) -> AsyncIterator[tuple[str, str, Heard]]:
    for (org, who), message_id in stage.said.items():
        heard = await service.heard(session, message_id)
        assert heard.person.role == ROLE_OF[who]
        yield org, who, heard


async def test_every_command_is_for_whom_it_says(stage: Stage) -> None:
    wrong: list[str] = []
    async with stage.legwork.database.system("a test") as session:
        async for org, who, heard in people(stage, session):
            for noun in NOUNS:
                for verb in noun.verbs:
                    expected: Came = "allowed" if verb.opens or may(who, verb.permission) else "refused"
                    came = await tried(
                        stage, session, replace(heard, text=f"/{noun.name} {verb.name} x"), verb.permission
                    )
                    if came != expected and not (came == "not there" and expected == "allowed"):
                        wrong.append(f"/{noun.name} {verb.name} by {who} of {org}: {came}, not {expected}")
    assert wrong == []


async def test_every_button_is_for_whom_it_says(stage: Stage) -> None:
    wrong: list[str] = []
    async with stage.legwork.database.system("a test") as session:
        async for org, who, heard in people(stage, session):
            for action, act in PRESSES.items():
                for whose, task_id in _targets(stage, org, who).items():
                    if action in TASKLESS and whose != "their own":
                        continue
                    value = f"{step_value(task_id, '')}:{_CHOSEN.get(action, heard.message_id)}"
                    expected = _expected(org, who, act, whose)
                    came = await tried(stage, session, replace(heard, text="", press=Press(action, value)))
                    if came != expected:
                        wrong.append(f"{action} of {whose} by {who} of {org}: {came}, not {expected}")
    assert wrong == []


async def test_a_button_that_carries_a_command_is_for_whom_that_is(stage: Stage) -> None:
    wrong: list[str] = []
    carrying = {way.name for way in permissions.presses()} - PRESSES.keys()
    assert carrying == {"command", "details", confirming.CONFIRM, FORM_ACTION}, "the last shows a form and does nothing"
    async with stage.legwork.database.system("a test") as session:
        async for org, who, heard in people(stage, session):
            tries: list[tuple[Press, Came]] = []
            for whose, task_id in _targets(stage, org, who).items():
                expected = _expected(org, who, READ, whose)
                written = ids.text("task", task_id)
                tries.append((Press("command", f"tasks show {written}"), expected))
                tries.append((Press("details", written), expected))
            for asked in (who, "member" if who != "member" else "admin"):
                asking = await service.heard(session, stage.said[org, asked])
                card = confirming.card(asking, "Do it", "Leave it", "It is gone.")
                own = asked == who and may(who, Permission.SEE)
                tries.append((Press(confirming.CONFIRM, card.buttons[0].value), "allowed" if own else "refused"))
            for press, expected in tries:
                came = await tried(stage, session, replace(heard, text="", press=press))
                if came != expected:
                    wrong.append(f"{press} by {who} of {org}: {came}, not {expected}")
    assert wrong == []


def _targets(stage: Stage, org: str, who: str) -> dict[str, UUID]:
    other = "member" if who != "member" else "admin"
    return {
        "their own": stage.open_tasks[org, who, "channel"],
        "another's there": stage.open_tasks[org, other, "channel"],
        "another's in private": stage.open_tasks[org, other, "private"],
        "another organization's": stage.open_tasks["B" if org == "A" else "A", other, "channel"],
    }


def _expected(org: str, who: str, act: Act, whose: str) -> Came:
    """As the table says."""
    if ROLE_OF[who] is None:
        return "refused"
    allowed, oversees = may(who, act.permission), may(who, Permission.OVERSEE)
    if whose == "another organization's":
        return "not there"
    if whose == "their own":
        return "allowed" if allowed else "refused"
    if whose == "another's in private":
        return "allowed" if allowed and oversees and act.others == "overseers" else "hidden"
    decides = oversees and org == ADMINS_DECIDE
    others = {"nobody": False, "overseers": oversees, "deciders": decides, "readers": True}[act.others]
    return "allowed" if allowed and others else "refused"
