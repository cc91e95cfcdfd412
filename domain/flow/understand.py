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
from domain.core.errors import Invalid, LegworkError, NotFound
from domain.core.queue import Held
from domain.flow import steer
from domain.flow.begin import begin
from domain.flow.collect import collect_files
from domain.flow.legwork import Legwork
from domain.flow.words import wants_pause, wants_resume, wants_stop
from domain.tasks import queries

EMPTY = Note(text="That message was empty. Write what you need, drop a file with a sentence, or try `/help`.")


async def understand(legwork: Legwork, held: Held, message_id: UUID) -> None:
    """Settle what the message is, and say or queue what follows. Every message gets an answer."""
    problem = await _collect(legwork, held, message_id) if held.job.data.get("files") else None
    async with held.transaction(done=True) as session:
        heard = await service.heard(session, message_id)
        if heard.handled:
            return
        said: Sequence[Said] = ()
        task_id: UUID | None = None
        try:
            if problem is not None:
                raise problem
            async with session.savepoint():
                said, task_id = await _settle(legwork, session, heard)
        except LegworkError as error:
            said = (Problem(sentence=error.sentence, remedy=error.remedy or ""),)
        for place, words in enumerate(said):
            await say(session, heard.thread, words, key=f"reply:{message_id}:{place}", reply_to=message_id)
        await conversations.mark_handled(session, message_id, task_id)


async def _collect(legwork: Legwork, held: Held, message_id: UUID) -> LegworkError | None:
    """Fetch the message's files; what cannot be fetched is told instead. Raises Unavailable to try again."""
    try:
        await collect_files(legwork, held, message_id)
    except (Invalid, NotFound) as error:
        return error
    return None


async def _settle(legwork: Legwork, session: Session, heard: Heard) -> tuple[Sequence[Said], UUID | None]:
    """What to say at once, and the task the message became or belongs to."""
    if heard.press is not None:
        if steer.handles(heard.press.action):
            return await steer.press(session, heard)
        ran = await legwork.commands.press(session, heard)
        return ran.said, ran.task_id
    if legwork.commands.matches(heard.text):
        ran = await legwork.commands.run(session, heard)
        return ran.said, ran.task_id
    if not heard.text.strip() and not heard.attachments:
        return (EMPTY,), None
    open_tasks = await queries.open_in_thread(session, heard.thread.id)
    if open_tasks:
        own = [task for task in open_tasks if task["user_id"] == heard.person.user_id]
        task_id: UUID = (own or open_tasks)[0]["id"]
        if wants_stop(heard.text):
            return await steer.stop(session, heard, task_id), task_id
        if wants_pause(heard.text):
            return await steer.pause(session, heard, task_id), task_id
        if wants_resume(heard.text):
            return await steer.resume(session, heard, task_id), task_id
        asking = next((task for task in own if task["asks"]), None)
        if asking is not None:
            answered = await steer.answer(session, heard, asking["id"], heard.text)
            if answered is not None:
                return answered, asking["id"]
    return (), await begin(session, heard)
