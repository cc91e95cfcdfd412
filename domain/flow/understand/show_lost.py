"""The button under a note that something may not have arrived: what was meant is said again, once."""

from collections.abc import Sequence
from uuid import UUID

from domain.conversations import lost
from domain.conversations.outbox import said_as, say
from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Invalid, Refused

SHOW = "show_lost"
"""The action of the button; its value is the id of the note."""

WORDS = "Something I said may not have arrived"


async def show(session: Session, heard: Heard) -> Sequence[Said]:
    """Say what was meant, as posts of their own, once. Raises Invalid, Refused."""
    note_id = _note_id(heard)
    posts = await lost.meant(session, heard.thread.chat_id, note_id)
    if not posts:
        raise Invalid("That button is no longer good.", remedy="Ask again in the thread.")
    shown = f"{lost.NOTE}{note_id}:shown"
    if await said_as(session, shown) is not None:
        raise Refused("It was shown already.", code="decided")
    closed = Note(text=f"{WORDS}; it is shown below.")
    await say(session, heard.thread, closed, key=shown, edits=f"{lost.NOTE}{note_id}")
    for post in posts:
        await say(
            session, heard.thread, post.said, key=f"shown:{post.id}", task_id=post.task_id, reply_to=post.reply_to
        )
    return ()


def _note_id(heard: Heard) -> UUID:
    try:
        return UUID(heard.press.value if heard.press is not None else "")
    except ValueError:
        raise Invalid("That button is no longer good.", remedy="Ask again in the thread.") from None
