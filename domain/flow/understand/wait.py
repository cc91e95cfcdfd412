"""New work waits while there is maintenance: what was said is kept, its person is told so once, and it begins by itself
once that is over. What concerns work under way is none: a press, an answer, a note, a stop, a question how far it is.
"""

from datetime import timedelta
from uuid import UUID

from domain.conversations.outbox import say
from domain.conversations.said import Note, Whisper
from domain.conversations.schemas import Heard
from domain.core.db import Database, Session
from domain.core.queue import Job, Snooze, is_behind
from domain.core.text import literal, unmarked
from domain.maintenance import service as maintenance
from domain.maintenance.service import Period

_WORKED_ON = "Legwork is being worked on"
_LATER = "I have what you wrote, and begin by myself once that is over."
_PRESSED = "What you pressed is done by itself once that is over."
_BEFORE_IT = timedelta(seconds=1)
"""How soon it is looked again whether what was said before has had its turn."""


class Waits(Exception):
    """What the message wants is new work, and none begins at present."""

    def __init__(self, period: Period) -> None:
        super().__init__(str(period.id))
        self.period = period


async def let_begin(session: Session, heard: Heard) -> None:
    """To be asked before new work begins; costs nothing where nothing is to be feared. Raises Waits."""
    if not heard.may_wait:
        return
    period = await _period(session)
    if period is not None:
        raise Waits(period)


async def _period(session: Session) -> Period | None:
    async with session.system("whether new work begins is the installation's to say"):
        return await maintenance.held(session)


async def is_put_off(database: Database, job: Job) -> bool:
    """Whether what comes with a message is not to be fetched yet, since new work waits. What overtakes is fetched: it
    may be the answer that work under way waits for."""
    if job.lane is None:
        return False
    async with database.system("whether new work begins is the installation's to say", single=True) as session:
        return await maintenance.now(session) is not None


async def let_in_turn(session: Session, job: Job, heard: Heard, *, fetched: bool) -> None:
    """Raises Waits where what came with the message was not fetched, as there is maintenance; Snooze where that is just
    over, and it is to be fetched first, or something that was said before in the thread has not had its turn."""
    if not fetched:
        await let_begin(session, heard)
        raise Snooze(timedelta())
    if job.lane is None:
        return
    await _period(session)  # its end is through now, and what it brought back is seen, or it waits for this message
    if await is_behind(session, job):
        raise Snooze(_BEFORE_IT)


def told_of(period: Period) -> str:
    """What people are told of it, in a sentence or two."""
    return f"{_WORKED_ON}: {literal(period.words)}" if period.words else f"{_WORKED_ON}."


async def tell(session: Session, heard: Heard, period: Period) -> None:
    """Say that it waits: once a person and place, and to who pressed alone, each time."""
    if heard.press is not None:
        pressed = heard.press
        words = f"{unmarked(told_of(period))} {_PRESSED}"
        said = Whisper(text=words, person=heard.address.person, answers=pressed.answers, alert=True)
        await say(session, heard.thread, said, key=f"maintenance:{period.id}:{heard.message_id}")
        return
    key = f"maintenance:{period.id}:{_place(heard)}:{heard.person.user_id}"
    note = Note(text=f"{told_of(period)}\n{_LATER}")
    await say(session, heard.thread, note, key=key, reply_to=heard.message_id)


def _place(heard: Heard) -> UUID:
    """A thread of the platform's own is a place by itself, and so is one of a terminal's, which a process begins for
    whoever has not read what others were told. Without those, a chat is."""
    return heard.thread.id if heard.address.thread is not None or heard.thread.held else heard.thread.chat_id
