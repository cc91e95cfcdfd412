"""A link that opens something once is made as it is sent: its token is in no row, only in what the person reads."""

from typing import Any

from domain.conversations.said import CODE, TOKEN, Note, read
from domain.conversations.schemas import Outbound
from domain.core.db import Session
from domain.identity import magic_links

_OVER = Note(text="The link that belongs here has run out before it could be shown. Ask for another.")


def mints(row: Outbound) -> bool:
    """Whether the row is said with a link that is made for it."""
    return "mints" in row.body


async def minted(session: Session, row: Outbound) -> dict[str, Any]:
    """What the row says, with its link. One that was shown before, in an attempt that failed, is good no longer."""
    if not mints(row):
        return row.body
    note = read(row.body)
    assert isinstance(note, Note)  # nothing else has one
    assert note.mints is not None
    link = await magic_links.mint(session, note.mints)
    if link is None:
        return _OVER.model_dump(mode="json")
    words = note.text.replace(TOKEN, link.token).replace(CODE, link.code)
    return Note(text=words, buttons=note.buttons).model_dump(mode="json")
