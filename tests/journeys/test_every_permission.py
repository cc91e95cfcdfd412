"""Every command and every button, by everybody, in two organizations: allowed, refused or not there, as the lists say;
and of each refusal a row of the audit trail. What each does is undone again."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.commands.table import NOUNS
from domain.conversations import service
from domain.conversations.ports import Press
from domain.conversations.said import Problem
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.flow.common.presses import step_value
from domain.flow.understand.acts import PRESSES
from domain.flow.understand.settle import settle
from domain.orgs.access import NO_TASK, ROLES, Act, Permission, Role
from domain.tasks import repository as tasks
from tests.fixtures.talk import Talk

Came = Literal["allowed", "refused", "hidden", "not there"]
"""Hidden: it is there, is told as what there is not, and that it was tried is written down."""

ROLE_OF: Mapping[str, Role | None] = {**{str(role): role for role in Role}, "stranger": None, "suspended": None}
EVERYBODY = tuple(ROLE_OF)
ORGANIZATIONS = ("A", "B")
TASKLESS = {"stop_all", "stop_thread", "show_lost"}
"""Buttons that name no task."""
_CHOSEN = {"feedback": "up"}
"""What the value of a button chooses; others name a message, or nothing that counts."""


@dataclass(frozen=True)
class Stage:
    """Everybody of both organizations, each with something they said in its channel; and a task of each, there and in
    their private chat."""

    talk: Talk
    said: Mapping[tuple[str, str], UUID]
    open_tasks: Mapping[tuple[str, str, str], UUID]


@pytest.fixture
async def stage(talk: Talk) -> Stage:
    said: dict[tuple[str, str], UUID] = {}
    begun: dict[tuple[str, str, str], UUID] = {}
    for org in ORGANIZATIONS:
        for who in ("owner", *[one for one in EVERYBODY if one != "owner"]):
            for place in ("channel", "private"):
                private = place == "private"
                person = talk.other(
                    f"{org}-{who}", f"{org}-{who}" if private else org, organization=org, private=private
                )
                message_id = await person.tell("/about")
                await person.settle()
                begun[org, who, place] = await _task(talk, message_id)
                if not private:
                    said[org, who] = message_id
    async with talk.legwork.database.system("a test") as session:
        for (_, who), message_id in said.items():
            await _make(session, message_id, who)
    return Stage(talk, said, begun)


async def _task(talk: Talk, message_id: UUID) -> UUID:
    """A task of whoever wrote that, which waits for them."""
    async with talk.legwork.database.system("a test") as session:
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
        await session.execute(
            text("UPDATE tasks SET status = 'PAUSED', waiting_for = 'person' WHERE id = :id"), {"id": task.id}
        )
        return task.id


async def _make(session: Session, message_id: UUID, who: str) -> None:
    """Whoever wrote that has that role, is suspended, or never belonged there."""
    where = {"id": message_id}
    mine = "om.user_id = (SELECT user_id FROM messages WHERE id = :id)"
    if who == "stranger":
        await session.execute(text(f"DELETE FROM organization_members om WHERE {mine}"), where)
    elif who == "suspended":
        await session.execute(text(f"UPDATE organization_members om SET status = 'suspended' WHERE {mine}"), where)
    else:
        await session.execute(
            text(f"UPDATE organization_members om SET role = :role WHERE {mine}"), {**where, "role": who}
        )


class _Undone(Exception):
    """What was tried is undone."""


async def tried(stage: Stage, session: Session, heard: Heard, permission: Permission | None = None) -> Came:
    """What comes of it; nothing of it stays. ``permission``: for want of which it counts as refused; None: of any."""
    came: list[Came] = []
    try:
        async with session.savepoint():
            settled = await settle(stage.talk.legwork, session, heard, {})
            rows = await session.all(
                text("SELECT outcome, permission FROM audit_logs WHERE request_id = :id"), {"id": str(heard.message_id)}
            )
            refused = [row for row in rows if row["outcome"] == "refused"]
            sentence = settled.said[0].sentence if settled.said and isinstance(settled.said[0], Problem) else ""
            if sentence == NO_TASK:
                came.append("hidden" if refused else "not there")
            else:
                counts = [row for row in refused if permission in (None, row["permission"])]
                came.append("refused" if counts else "allowed")
            assert len(refused) <= (1 if sentence else 0)
            assert all(row["outcome"] == "refused" for row in rows) or not sentence
            raise _Undone
    except _Undone:
        return came[0]


async def people(stage: Stage, session: Session) -> AsyncIterator[tuple[str, str, Heard]]:
    for (org, who), message_id in stage.said.items():
        heard = await service.heard(session, message_id)
        role = ROLE_OF[who]
        assert heard.person.role == role
        yield org, who, heard


async def test_every_command_is_for_whom_it_says(stage: Stage) -> None:
    wrong: list[str] = []
    async with stage.talk.legwork.database.system("a test") as session:
        async for org, who, heard in people(stage, session):
            role = ROLE_OF[who]
            for noun in NOUNS:
                for verb in noun.verbs:
                    may = verb.opens or (role is not None and verb.permission in ROLES[role])
                    expected: Came = "allowed" if may else "refused"
                    came = await tried(
                        stage, session, replace(heard, text=f"/{noun.name} {verb.name} x"), verb.permission
                    )
                    if came != expected and not (came == "not there" and expected == "allowed"):
                        wrong.append(f"/{noun.name} {verb.name} by {who} of {org}: {came}, not {expected}")
    assert wrong == []


async def test_every_button_is_for_whom_it_says(stage: Stage) -> None:
    wrong: list[str] = []
    async with stage.talk.legwork.database.system("a test") as session:
        async for org, who, heard in people(stage, session):
            for action, act in PRESSES.items():
                if action in TASKLESS:
                    continue
                for whose, task_id in _targets(stage, org, who).items():
                    value = f"{step_value(task_id, '')}:{_CHOSEN.get(action, heard.message_id)}"
                    expected = _expected(ROLE_OF[who], act, whose)
                    came = await tried(stage, session, replace(heard, text="", press=Press(action, value)))
                    if came != expected:
                        wrong.append(f"{action} of {whose} by {who} of {org}: {came}, not {expected}")
    assert wrong == []


def _targets(stage: Stage, org: str, who: str) -> dict[str, UUID]:
    other = "member" if who != "member" else "admin"
    return {
        "their own": stage.open_tasks[org, who, "channel"],
        "another's there": stage.open_tasks[org, other, "channel"],
        "another's in private": stage.open_tasks[org, other, "private"],
        "another organization's": stage.open_tasks["B" if org == "A" else "A", other, "channel"],
    }


def _expected(role: Role | None, act: Act, whose: str) -> Came:
    """As the table says."""
    if role is None:
        return "refused"
    may = act.permission in ROLES[role]
    oversees = Permission.OVERSEE in ROLES[role]
    if whose == "another organization's":
        return "not there"
    if whose == "their own":
        return "allowed" if may else "refused"
    if whose == "another's in private":
        return "allowed" if may and oversees and act.others == "overseers" else "hidden"
    allowed = {"nobody": False, "overseers": oversees, "deciders": False, "readers": True}[act.others]
    return "allowed" if may and allowed else "refused"
