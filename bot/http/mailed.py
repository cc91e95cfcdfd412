"""The page of a link that was mailed: whoever reads that address says that it is theirs."""

from starlette.requests import Request
from starlette.responses import Response

from bot.http.one_time import Purpose
from bot.http.pages import Page, shown
from domain.conversations import service as conversations
from domain.conversations.outbox import say
from domain.conversations.said import Button, Note
from domain.core import ids
from domain.core.db import Session
from domain.core.text import literal
from domain.identity import addresses
from domain.identity.magic_links import MagicLink

__all__ = ["PURPOSE"]


async def _told(session: Session, link: MagicLink, request: Request) -> Page:
    name, where = (await addresses.asker(session, link)).in_words
    return Page(
        f"Is {link.email} yours?",
        (
            f"“{name}” on {where} has asked for it to be one of their accounts. If that is you, say so here; you are "
            "then asked once more, in the chat where you asked for it.",
            "Did you not expect this, or is that somebody else? Then close this page: nothing is joined.",
        ),
    )


async def _done(session: Session, link: MagicLink, request: Request) -> Response:
    proven = await addresses.proven(session, link)
    written = ids.text("link", proven.id)
    assert proven.first.thread_id is not None  # it was asked for in a chat
    thread, _, _ = await conversations.setting(session, proven.first.thread_id, proven.first.user_id)
    note = Note(
        text=f"Whoever reads mail at **{literal(str(link.email))}** says that the address is yours. If you asked for "
        "that, press Join: it is an account of yours then. If not, press “Not me”, and nothing is joined.",
        buttons=(
            Button(label="Join", action="command", value=f"link join {written}", style="primary"),
            Button(label="Not me", action="command", value=f"link decline {written}"),
        ),
    )
    await say(session, thread, note, key=f"link:{proven.id}:first")
    return shown(Page("That is noted", ("Now press Join, within ten minutes, in the chat where you asked for it.",)))


PURPOSE = Purpose(_told, "It is mine", _done)
