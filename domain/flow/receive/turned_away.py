"""Whoever is not let in is told so: one sentence a day, without a model, and nothing is fetched or done."""

from collections.abc import Container
from uuid import UUID

from domain.audit import Actor, record
from domain.conversations import messages, service
from domain.conversations.outbox import say
from domain.conversations.ports import Incoming
from domain.conversations.said import Note, Said, Whisper
from domain.core.db import Session
from domain.core.text import literal, storable
from domain.flow.common.words import command_word
from domain.flow.receive.asked import ask
from domain.flow.receive.door import Door
from domain.flow.receive.pasted import LONGEST
from domain.flow.receive.place import Place, add_thread
from domain.flow.receive.withheld import withheld
from domain.flow.understand.acts import PRESSES
from domain.orgs import service as orgs
from domain.orgs.access import Permission, Standing

_PUT_OUT = (Standing.REMOVED, Standing.SUSPENDED, Standing.STRANGER)
"""Whose tries are written down: the organization knows them, and keeps them out."""


async def tell(session: Session, incoming: Incoming, place: Place, door: Door, commands: Container[str]) -> None:
    """Keep the message and answer it, unless they were told already today: then nothing of it is kept, but that they
    pressed a button or gave a command. ``commands``: the words that are commands."""
    assert place.shut is not None
    if place.shut in _PUT_OUT:
        _note_try(session, incoming, place, commands)
    handle = incoming.press.answers if incoming.press is not None else None
    due = await orgs.is_to_be_told(session, place.org_id, place.user_id) if place.shut != "private" else True
    if not due and handle is None:
        return
    asks = due and await _is_asked_about(session, place, door)
    if asks:
        await ask(session, incoming, place, door)
    words = await _words(session, place, asked=asks) if due else ""
    thread_id = place.thread_id or (await add_thread(session, place))[0]
    message_id: UUID | None = None
    if incoming.press is None:
        message_id = await messages.add_turned_away(
            session,
            thread_id=thread_id,
            user_id=place.user_id,
            content=withheld(storable(incoming.text))[:LONGEST],
            platform_message_id=incoming.message_id,
        )
    thread, _, _ = await service.setting(session, thread_id, place.user_id)
    said: Said = Note(text=literal(words))
    if incoming.press is not None or not incoming.private:
        said = Whisper(text=words, person=incoming.person, answers=handle, alert=True)
    await say(session, thread, said, key=f"turned-away:{place.chat_id}:{incoming.event_key}", reply_to=message_id)


def _note_try(session: Session, incoming: Incoming, place: Place, commands: Container[str]) -> None:
    """Write down what they tried, if it is more than words, as refused."""
    word = command_word(incoming.text, commands) if incoming.press is None else None
    if incoming.press is None and word is None:
        return
    act = PRESSES.get(incoming.press.action) if incoming.press is not None else None
    record(
        session,
        act.action if act is not None else "commands.run",
        org_id=place.org_id,
        actor=Actor("person", place.user_id),
        outcome="refused",
        permission=act.permission if act is not None else Permission.SEE,
        details={"reason": place.shut} | ({"command": word} if word is not None and word in commands else {}),
    )


async def _is_asked_about(session: Session, place: Place, door: Door) -> bool:
    return place.shut == "waiting" and door.policy == "request" and not await orgs.is_refused(session, place.org_id)


async def _words(session: Session, place: Place, *, asked: bool) -> str:
    if place.shut == "private":
        return "This chat is somebody else's. Write to me in a chat of your own."
    if place.shut == "waiting":
        if asked:
            return "I take on new people when whoever runs this Legwork lets them in. They were asked; I tell you here."
        return "I work for invited people only. Ask whoever runs this Legwork, or an admin of your organization."
    return " ".join(await orgs.outside(session, place.org_id, place.user_id))
