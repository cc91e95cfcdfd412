"""Second stage: what a stored message is. A button press, a command, a word that steers, the answer to a
question, or new work. Each is settled in one transaction that also ends the job.
"""

from collections.abc import Sequence
from uuid import UUID

from domain.conversations import repository as conversations
from domain.conversations import service
from domain.conversations.outbox import say
from domain.conversations.said import Note, Problem, Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import LegworkError
from domain.core.queue import Held, enqueue
from domain.flow import steer
from domain.flow.execute import advance_command
from domain.flow.legwork import Legwork
from domain.flow.words import wants_pause, wants_resume, wants_stop
from domain.tasks import queries
from domain.tasks import repository as tasks
from domain.tasks.states import Priority

TITLE_LENGTH = 80

EMPTY = Note(text="That message was empty. Write what you need, drop a file with a sentence, or try `/help`.")


async def understand(legwork: Legwork, held: Held, message_id: UUID) -> None:
    """Settle what the message is, and say or queue what follows. Every message gets an answer."""
    async with held.transaction(done=True) as session:
        heard = await service.heard(session, message_id)
        if heard.handled:
            return
        said: Sequence[Said] = ()
        task_id: UUID | None = None
        try:
            async with session.savepoint():
                said, task_id = await _settle(legwork, session, heard)
        except LegworkError as error:
            said = (Problem(sentence=error.sentence, remedy=error.remedy or ""),)
        for place, words in enumerate(said):
            await say(session, heard.thread, words, key=f"reply:{message_id}:{place}", reply_to=message_id)
        await conversations.mark_handled(session, message_id, task_id)


async def _settle(legwork: Legwork, session: Session, heard: Heard) -> tuple[Sequence[Said], UUID | None]:
    """What to say at once, and the task the message became or belongs to."""
    if heard.press is not None:
        if heard.press.action in steer.ACTIONS or heard.press.action == "again":
            return await steer.press(session, heard)
        return await legwork.commands.press(session, heard), None
    if legwork.commands.matches(heard.text):
        return await legwork.commands.run(session, heard), None
    if not heard.text.strip() and not heard.attachments:
        return (EMPTY,), None
    open_tasks = await queries.open_in_thread(session, heard.thread.id)
    if open_tasks:
        task_id: UUID = open_tasks[0]["id"]
        if wants_stop(heard.text):
            return await steer.stop(session, heard, task_id), task_id
        if wants_pause(heard.text):
            return await steer.pause(session, heard, task_id), task_id
        if wants_resume(heard.text):
            return await steer.resume(session, heard, task_id), task_id
        asking = next((task for task in open_tasks if task["asks"]), None)
        if asking is not None:
            answered = await steer.answer(session, heard, asking["id"], heard.text)
            if answered is not None:
                return answered, asking["id"]
    return (), await _begin(session, heard)


async def _begin(session: Session, heard: Heard) -> UUID:
    """New work: a task, and the job that plans and runs it."""
    title = " ".join(heard.text.split()) or ", ".join(attachment.name for attachment in heard.attachments)
    task_id = await tasks.add(
        session,
        org_id=heard.person.org_id,
        user_id=heard.person.user_id,
        thread_id=heard.thread.id,
        message_id=heard.message_id,
        title=title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…",
        description=heard.text,
        priority=Priority.MEDIUM.rank,
    )
    await conversations.touch_thread(session, heard.thread.id)
    await enqueue(session, advance_command(task_id, heard.person.user_id, priority=Priority.MEDIUM.rank))
    return task_id
