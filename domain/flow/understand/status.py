"""“How far are you?”: answered from the steps of the tasks that run, without a model and without a task of its own."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.conversations.standing import task_of
from domain.core.db import Session
from domain.core.text import literal
from domain.flow.common.board import Board
from domain.flow.common.words import asks_progress
from domain.flow.show.progress import look_at_handed
from domain.flow.show.standing import standing
from domain.orgs.access import Permission, allows, owns
from domain.tasks import queries
from domain.tasks import repository as tasks
from domain.tasks.schemas import Run
from domain.workflows.spec import read_spec

_TOLD = 10
"""So many tasks are told of at once."""


def is_asked(heard: Heard, open_tasks: Sequence[RowMapping]) -> bool:
    """Whether the person asks how far it is, and nothing besides. ``open_tasks``: one of which may wait for words."""
    awaited = any(task["asks"] for task in open_tasks)
    return not heard.own_files and asks_progress(heard.text, awaited=awaited)


async def meant(session: Session, heard: Heard, answers: str) -> RowMapping | None:
    """The open task whose message the person answers, as ``queries.open_task`` has it, where it is theirs. None for any
    other message.
    """
    task_id = await task_of(session, heard.thread.chat_id, answers)
    task = await queries.open_task(session, task_id) if task_id is not None else None
    return task if task is not None and _is_own(heard, task) else None


async def means_another(session: Session, heard: Heard, answers: str) -> tuple[UUID, bool] | None:
    """The task whose message the person answers, where ``meant`` gives none; and whether it is open, and not theirs to
    steer. None where the message is no task's."""
    task_id = await task_of(session, heard.thread.chat_id, answers)
    if task_id is None:
        return None
    return task_id, await queries.open_task(session, task_id) is not None


def _is_own(heard: Heard, task: RowMapping) -> bool:
    return task["org_id"] == heard.person.org_id and owns(heard.principal, task["user_id"])


async def tell(session: Session, heard: Heard, open_tasks: Sequence[RowMapping]) -> Sequence[Said]:
    """How far each of this person's is, or the only one, for who oversees; nothing where none is."""
    may = allows(heard.principal, Permission.OVERSEE) and len(open_tasks) == 1
    own = [task for task in open_tasks if may or owns(heard.principal, task["user_id"])]
    runs = [run for task in own[:_TOLD] if (run := await tasks.load_run(session, task["id"])) is not None]
    told = [(run.task.title, await _standing(session, run)) for run in runs]
    if len(told) <= 1:
        return tuple(Note(text=words) for _, words in told)
    lines = [f"- “{literal(title)}”: {words}" for title, words in told]
    more = len(own) - len(told)
    return (Note(text="\n".join([*lines, *([f"- and {more} more: `/tasks`"] if more else [])])),)


async def _standing(session: Session, run: Run) -> str:
    now = await tasks.now(session)
    if run.task.plan is None or not run.steps:
        return standing(run.task, None, now)
    await look_at_handed(session, run.task.id, run.steps.values())
    return standing(run.task, Board(read_spec(run.task.plan), run.steps, now), now)
