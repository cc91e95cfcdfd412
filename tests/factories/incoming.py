"""Events of a chat, as a platform's listener would make them."""

from collections.abc import AsyncIterator
from itertools import count

from domain.conversations.ports import Incoming, IncomingFile, Press

_NUMBERS = count(1)


def incoming(text: str = "", *, person: str = "mara", chat: str | None = None, **more: object) -> Incoming:
    """One message with a key and an id of its own."""
    number = next(_NUMBERS)
    given: dict[str, object] = {
        "platform": "fake",
        "workspace": "w",
        "chat": chat or f"dm-{person}",
        "person": person,
        "event_key": f"event-{number}",
        "message_id": f"message-{number}",
        "person_name": person.title(),
        "timezone": "Europe/Warsaw",
        "text": text,
    }
    return Incoming(**(given | more))  # pyright: ignore[reportArgumentType]


def pressed(action: str, value: str, *, person: str = "mara", chat: str | None = None, **more: object) -> Incoming:
    return incoming(person=person, chat=chat, message_id=None, press=Press(action, value), **more)


def file(name: str, content: bytes, mime_type: str = "text/csv") -> IncomingFile:
    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    return IncomingFile(name, mime_type, len(content), stream)
