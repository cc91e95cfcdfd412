"""A message that turns out to be for a task that runs: it is noted with that, and is no work of its own."""

from uuid import UUID

from domain.conversations import messages
from domain.conversations import repository as conversations
from domain.conversations.outbox import say
from domain.core.db import Session
from domain.core.failpoints import reach
from domain.core.text import storable
from domain.flow.common.advance import Advance
from domain.flow.common.noting import Remark, remark
from domain.flow.common.planned import Planned
from domain.flow.common.usage import store_replies
from domain.tasks import control
from domain.tasks import repository as tasks
from domain.tasks.ending import end
from domain.tasks.states import Outcome, TaskStatus


class _Ended(Exception):
    """The other task has ended meanwhile, or this one is spoken to itself: what was written is undone."""


async def note(advance: Advance, planned: Planned, target: UUID) -> bool:
    """The message is noted with the task ``target``, and its own task ends with that, and the job. False: nothing was
    written, since the other has ended meanwhile, or more was said to this one.
    """
    try:
        await _note(advance, planned, target)
    except _Ended:
        return False
    return True


async def _note(advance: Advance, planned: Planned, target: UUID) -> None:
    task = advance.task
    async with advance.held.transaction(done=True) as session:
        store_replies(session, advance, planned.replies, planned.version)
        if (await tasks.status_of(session, task.id)).final:
            return  # a person has stopped it
        meant = await control.lock(session, target, task.org_id)
        words = await _words(session, advance, _own_words(storable(planned.decision.reply), task.description))
        said = None
        if meant is not None and task.message_id is not None:
            said = await remark(session, meant, Remark(task.user_id, task.message_id, words))
        if said is None:
            raise _Ended
        result = {"text": said.text}
        if not await end(
            session, task.id, TaskStatus.SUCCEEDED, outcome=Outcome.NOTED, result=result, cost=planned.cost
        ):
            raise _Ended
        key = f"noted:{task.id}"
        await say(session, advance.thread, said, key=key, task_id=target, reply_to=task.message_id)
        conversations.add_turn(session, thread_id=task.thread_id, content=said.text, task_id=task.id)
        reach("conclude.noting")
    reach("conclude.noted")


def _own_words(change: str, message: str) -> str:
    """The part of the person's message that is the change; all of it, where a model put that into words that are not
    theirs: they are heard as their own, and a text they have passed on may have asked for more.
    """
    part = " ".join(change.split()).rstrip(".!… ")
    return part if part and part.casefold() in " ".join(message.split()).casefold() else message


async def _words(session: Session, advance: Advance, words: str) -> str:
    """With the names of the files that came with them, which lie in the thread."""
    task = advance.task
    files = await messages.attachments_of(session, task.message_id) if task.message_id is not None else []
    names = ", ".join(file["name"] for file in files)
    return f"{words} (with {names})" if names else words
