"""What the console needs from the rest of Legwork."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

from redis.asyncio import Redis

from domain.conversations.ports import Address, ChatGateway, Incoming
from domain.conversations.said import FileRef


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message. ``facts``, ``artifacts`` and ``error`` are JSON objects."""

    status: Literal["succeeded", "failed", "paused", "not_understood", "partial", "noted", "cut", "waits"]
    """Paused: a person is asked something. Not understood: nothing was done, and the text says so.
    Cut: the answer reached the model's limit before it was whole.
    Waits: there is maintenance; it begins by itself afterwards."""
    task_id: UUID | None
    """None where no task was needed (a command, a direct reply)."""
    text: str
    """The answer, question or problem, in Markdown."""
    facts: tuple[dict[str, Any], ...] = ()
    artifacts: tuple[dict[str, Any], ...] = ()
    """Each with name, type, mime_type, size (bytes) and path."""
    error: dict[str, Any] | None = None
    cost: Decimal | None = None
    """US dollars."""
    duration_ms: int = 0


class Conversation(Protocol):
    """One chat of this process, from its own end."""

    async def send(self, incoming: Incoming) -> UUID | None:
        """Store one event and acknowledge it: what ``settled`` can wait for. None: there is nothing to answer."""
        ...

    async def deliver(self, gateway: ChatGateway) -> None:
        """Say everything that is due in the chat through the gateway, as it comes, until cancelled."""
        ...

    async def elsewhere(self, key: str) -> str | None:
        """Which other thread than the present one is spoken in under this key, in a line; None: in the present one."""
        ...

    async def settled(self, message_id: UUID) -> Outcome:
        """Wait until everything said in reply to the message has been delivered."""
        ...

    async def local_path(self, file: FileRef) -> Path | None:
        """Where on this machine the person can open the file; None where it is kept elsewhere."""
        ...


class Runtime(Protocol):
    """The running services a console talks to."""

    @property
    def redis(self) -> Redis: ...

    def conversation(self, to: Address) -> Conversation: ...


class Previews(Protocol):
    """Something that shows the text so far of an answer being written."""

    async def preview(self, to: Address, key: str, text: str) -> None: ...
