"""A task in the hands of a person: who may steer it, and how it goes on when they have."""

from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import NotFound, Refused
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.understand.begin import WORKERS
from domain.tasks import control


async def own_task(session: Session, heard: Heard, task_id: UUID) -> RowMapping:
    """The task, if this person may steer it: their own, or any of the organization for its admins."""
    task = await control.lock(session, task_id, heard.person.org_id)
    if task is None:
        raise NotFound("There is no such task here.", remedy="“/tasks” lists yours.")
    if task["user_id"] != heard.person.user_id and heard.person.role not in ("owner", "admin"):
        raise Refused("Only the person it works for, or an admin, may steer this task.")
    if heard.person.role not in WORKERS:
        raise Refused("As a viewer you may read.", remedy="Steering tasks needs the role member.")
    return task


async def go_on(session: Session, task: RowMapping, **answered: object) -> None:
    """What it waited for is there: ``answered`` is what people have made of it, by column."""
    await control.go_on(session, task["id"], **answered)
    await take_on(session, task)


async def take_on(session: Session, task: RowMapping) -> None:
    await enqueue(session, advance_command(task["id"], task["user_id"], priority=max(task["priority"], 2)))
