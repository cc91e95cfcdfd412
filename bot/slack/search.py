"""What became of a post whose answer was lost: every message carries its key where only apps read it."""

from typing import Any

from bot.slack.shapes import mapping, mappings, string
from bot.slack.web import Web
from domain.conversations.ports import Address
from domain.core.errors import LegworkError
from domain.core.logging import logger

log = logger(__name__)

Json = dict[str, Any]

EVENT = "legwork"
_PAGES, _PAGE = 5, 200


def mark(key: str, part: int, parts: int) -> Json:
    """The metadata of one of the messages that a key became."""
    return {"event_type": EVENT, "event_payload": {"key": key, "part": part, "parts": parts}}


async def posted(web: Web, to: Address, key: str) -> tuple[list[str], int] | None:
    """The messages under a key in order, and how many there should be; None where it could not be told."""
    found: dict[int, str] = {}
    parts = 0
    cursor: str | None = None
    for _ in range(_PAGES):
        try:
            answer = await _page(web, to, cursor)
        except LegworkError as error:
            log.warning("Slack does not say what became of a message", key=key, error=str(error))
            return None
        for message in mappings(answer.get("messages")):
            about = mapping(message.get("metadata"))
            payload = mapping(about.get("event_payload"))
            if about.get("event_type") == EVENT and payload.get("key") == key:
                found[int(payload.get("part", 0))] = str(message["ts"])
                parts = int(payload.get("parts", 1))
        cursor = string(mapping(answer.get("response_metadata")).get("next_cursor"))
        if not cursor or (found and len(found) == parts):
            return [found[part] for part in sorted(found)], parts
    return None


async def _page(web: Web, to: Address, cursor: str | None) -> Json:
    where: Json = {"channel": to.chat, "include_all_metadata": True, "limit": _PAGE, "cursor": cursor}
    if to.thread is not None:
        return await web.call("conversations.replies", ts=to.thread, **where)
    return await web.call("conversations.history", **where)
