"""A task in the hands of a person: whether they may do that to it, and how it goes on when they have."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.orgs import service as orgs
from domain.orgs.access import NO_TASK, TASKS_LISTED, Act, Owned, allows, owns, permit
from domain.tasks import control, queries


async def own_task(session: Session, heard: Heard, task_id: UUID, act: Act) -> RowMapping:
    """The task, held until the transaction ends, where this person may do that to it.

    Raises:
        NotFound: there is no such task in the organization.
        Denied: they may not see it, which is told alike; or not do that to it.
    """
    task = await control.lock(session, task_id, heard.person.org_id)
    if task is None:
        raise NotFound(NO_TASK, remedy=TASKS_LISTED)
    principal = heard.principal
    own = owns(principal, task["user_id"]) and allows(principal, act.permission)
    stands_here = principal.private or task["thread_id"] == heard.thread.id
    if not owns(principal, task["user_id"]):  # the wait for the task may have been long
        principal = replace(principal, role=await orgs.role_of(session, principal.org_id, heard.person.user_id))
    if act.others == "readers" or not own or not stands_here:
        permit(principal, act, await owned(session, heard, task_id), ("task", task_id))
    return task


async def owned(session: Session, heard: Heard, task_id: UUID) -> Owned:
    """Whose a task is, and where it stands."""
    return await queries.owned(session, task_id, here=heard.thread.chat_id)


async def go_on(session: Session, task: RowMapping, **answered: object) -> None:
    """What it waited for is there: ``answered`` is what people have made of it, by column."""
    await control.go_on(session, task["id"], **answered)
    await take_on(session, task)


async def take_on(session: Session, task: RowMapping) -> None:
    await enqueue(session, advance_command(task["id"], task["user_id"], priority=max(task["priority"], 2)))
