"""New work: a task, which is planned and run by the job that began it or by one of its own."""

from typing import Any
from uuid import UUID

from domain.conversations import repository as conversations
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.understand.acts import BEGIN
from domain.flow.understand.wait import let_begin
from domain.orgs.access import allows, refusal
from domain.tasks import repository as tasks
from domain.tasks.schemas import Task
from domain.tasks.states import Priority

TITLE_LENGTH = 80


async def begin(session: Session, heard: Heard, words: str, quoted: list[dict[str, Any]]) -> UUID:
    """A task for ``words`` said in the message's place, with what they refer to, and the job that takes it on.

    Raises Denied for a viewer, Waits while there is maintenance.
    """
    task = await add_task(session, heard, words, quoted)
    await conversations.touch_thread(session, heard.thread.id, task.title)
    await enqueue(session, advance_command(task.id, task.user_id, priority=task.priority))
    return task.id


async def add_task(
    session: Session,
    heard: Heard,
    words: str | None = None,
    quoted: list[dict[str, Any]] | None = None,
    *,
    started: bool = False,
) -> Task:
    """A task for the message, or for other ``words`` said in its place, which may refer to something else.

    Raises Denied for a viewer, Waits while there is maintenance.
    """
    if not allows(heard.principal, BEGIN.permission):
        raise refusal(heard.principal, BEGIN.permission, BEGIN.what, action=BEGIN.action)
    await let_begin(session, heard)
    description = heard.text if words is None else words
    title = title_of(description, [attachment.name for attachment in heard.attachments])
    return await tasks.add(
        session,
        org_id=heard.person.org_id,
        user_id=heard.person.user_id,
        thread_id=heard.thread.id,
        message_id=heard.message_id,
        title=title,
        description=description,
        quoted=[piece.as_json() for piece in heard.quoted] if quoted is None else quoted,
        priority=Priority.MEDIUM.rank,
        started=started,
    )


def title_of(words: str, files: list[str]) -> str:
    """What a task is called until its plan names it."""
    title = " ".join(words.split()) or ", ".join(files)
    return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
