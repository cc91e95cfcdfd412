"""A task whose person may not have work done any more stands still, and says so, until somebody decides about it.

That is looked at when work is done, not when it was said: whenever a task is taken on, before each call that may change
something outside, and as soon as a change of its organization is noticed on the way.
"""

from domain.conversations import service as conversations
from domain.conversations.outbox import say
from domain.conversations.said import Note
from domain.conversations.schemas import Person
from domain.core.db import Session
from domain.core.ids import new_id
from domain.core.text import literal
from domain.flow.common.advance import Advance
from domain.flow.show.refresh import refresh_card
from domain.orgs.access import works
from domain.tasks import control
from domain.tasks import repository as tasks
from domain.tasks.schemas import Task
from domain.tasks.states import ACCESS

HINT = "An admin can stop it, or hand it to a member; let in again, they can resume it."


async def hold_back(session: Session, task: Task) -> None:
    """Pause the task for its person, whose membership does not carry it any more. Nothing where it has ended, or stands
    still for that already."""
    if not await control.pause(session, task.id, ACCESS):
        return
    tasks.add_log(session, task.id, "INFO", "Held back: its person may not have work done here any more.")
    thread, person, _ = await conversations.setting(session, task.thread_id, task.user_id)
    text = f"“{literal(task.title)}” stands still: {_who(person)} may not have work done here any more. {HINT}"
    await say(session, thread, Note(text=text), key=f"access:{task.id}:{new_id()}", task_id=task.id)
    await refresh_card(session, task.id)


async def may_go_on(advance: Advance, version: int) -> bool:
    """Where what may be used has changed, or who may (``version``: of the organization's kit, by now), what starts from
    here on goes by that. False: the task's person may not have work done any more, and it is held back.
    """
    if version == advance.kit.version and works(advance.kit.role):
        return True
    async with advance.legwork.database.system("one statement, of one task", single=True) as session:
        await advance.look_at_kit(session)
    if works(advance.kit.role):
        return True
    async with advance.legwork.database.transaction(advance.task.org_id) as session:
        await hold_back(session, advance.task)
    return False


def _who(person: Person) -> str:
    return literal(person.name) if person.name else "whom it works for"
