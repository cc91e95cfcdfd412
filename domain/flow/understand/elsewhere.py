"""A person's own work of another of their organizations, in their private chat: seen, answered and steered there.

In a chat that others read along there is its organization and nothing else. In a private one whoever asks is known by
all their accounts, and stands in each organization as its members do: what they do to a task is judged, done and
written down there, and told where they asked.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import NotFound
from domain.flow.understand import decide
from domain.orgs.access import NO_TASK, TASKS_LISTED, Denied
from domain.tasks import everywhere


@asynccontextmanager
async def at_home(session: Session, heard: Heard, task_id: UUID) -> AsyncGenerator[Heard]:
    """What was heard, as said in the organization of that task, for as long as the block runs.

    Raises:
        Denied: they may not do that to it there; it is written down there.
        NotFound: it is not theirs, they are no member there any more, or others read along here.
    """
    if not heard.thread.private:
        raise NotFound(NO_TASK, remedy=TASKS_LISTED)
    async with session.system("a person's own work of another of their organizations"):
        found = await everywhere.find(session, heard.principal.user_ids, task_id)
        if found is None:
            raise NotFound(NO_TASK, remedy=TASKS_LISTED)
        try:
            yield replace(heard, person=replace(heard.person, org_id=found["org_id"], role=found["role"]))
        except Denied as denied:
            denied.org_id = found["org_id"]
            raise


async def answer(session: Session, heard: Heard, words: str) -> tuple[Sequence[Said], UUID] | None:
    """The answer to what was asked again in this thread last, if that still waits. None: nothing was."""
    if not heard.thread.private or not heard.person.others:
        return None
    task_id = await everywhere.asked_here(session, heard.thread.id)
    if task_id is None:
        return None
    return await answer_to(session, heard, task_id, words)


async def answer_to(session: Session, heard: Heard, task_id: UUID, words: str) -> tuple[Sequence[Said], UUID] | None:
    """The same for one task. Raises NotFound."""
    async with at_home(session, heard, task_id) as there:
        answered = await decide.answer(session, there, task_id, words)
    if answered is None:
        return None
    return answered or (Note(text="Answered: it goes on where it was begun."),), task_id
