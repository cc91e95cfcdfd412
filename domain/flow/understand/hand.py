"""Work whose person may not have it done any more, in the hands of others."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Invalid, Refused
from domain.core.text import literal
from domain.flow.show.refresh import refresh_card
from domain.flow.understand.acts import HAND, acted
from domain.flow.understand.own_task import go_on, own_task, owned
from domain.orgs import service as orgs
from domain.orgs.access import denial, works
from domain.tasks import control
from domain.tasks import repository as tasks
from domain.tasks.states import ACCESS, TaskStatus


async def let_again(session: Session, task: RowMapping) -> None:
    """Raises Refused where whom the task works for may still not have work done."""
    if not works(await orgs.role_of(session, task["org_id"], task["user_id"])):
        raise Refused(
            f"“{task['title']}” stands still: whom it works for may not have work done here any more.",
            remedy="An admin can let them in again, stop it, or hand it to a member.",
            code="access",
        )


async def over(session: Session, heard: Heard, task_id: UUID, to: UUID, name: str) -> Sequence[Said]:
    """Have a task that stands still, since its person left, go on for a member. What its person had agreed to counts no
    more: the member is asked. What was begun in a private chat is shown to nobody else, and so handed to nobody.

    Raises:
        NotFound, Denied: there is no such task; it is not for them to hand over.
        Invalid: its person may still have it done, or the other may not.
    """
    task = await own_task(session, heard, task_id, HAND)
    if (await owned(session, heard, task_id)).private:
        raise denial(
            HAND,
            ("task", task_id),
            "What was begun in a private chat stays its person's.",
            remedy="It can be stopped: “/tasks stop ID”.",
            code="private",
        )
    if not _is_left(task) or works(await orgs.role_of(session, task["org_id"], task["user_id"])):
        raise Invalid(
            f"“{task['title']}” is not without its person.",
            remedy="Only what stands still, since whom it works for may not have it done any more, is handed over.",
        )
    if not works(await orgs.role_of(session, task["org_id"], to)):
        raise Invalid(f"{name} may not have work done here.", remedy="It needs the role member.")
    await control.give(session, task_id, to)
    tasks.add_log(session, task_id, "INFO", "Handed to another member.")
    acted(session, heard, HAND, ("task", task_id), task["user_id"])
    handed = await control.lock(session, task_id, task["org_id"])
    assert handed is not None  # it is held
    await go_on(session, handed)
    await refresh_card(session, task_id)
    return (Note(text=f"“{literal(task['title'])}” goes on for {literal(name)}."),)


def _is_left(task: RowMapping) -> bool:
    return not TaskStatus(task["status"]).final and task["waiting_for"] == ACCESS
