"""What the double does with one request."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

PIECE = 12


@dataclass(frozen=True, slots=True)
class Call:
    """A function call the model makes. ``arguments`` may be text, to be unsound on purpose."""

    name: str
    arguments: dict[str, Any] | str
    id: str = "call_1"

    @property
    def written(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """An answer, or the way in which it goes wrong."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    refusal: str | None = None
    incomplete: str | None = None
    """``max_output_tokens`` or ``content_filter``: the answer stops there."""
    status: int = 200
    error: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    breaks_after: int | None = None
    """The connection is cut after so many pieces."""
    ends_after: int | None = None
    """The stream ends politely after so many pieces, without its last event."""
    error_after: int | None = None
    """``error`` is sent inside the stream after so many pieces."""
    raw: bytes | None = None
    """Sent instead of anything sound."""
    content_type: str = "text/event-stream"
    counts: bool = True
    """Whether the answer says how many tokens it took."""
    wait: asyncio.Event | None = None
    """Nothing is sent before it is set."""
    rest: asyncio.Event | None = None
    """Of a stream, no more than ten events are sent before it is set."""
    events: tuple[dict[str, Any], ...] | None = None
    """Sent in place of a sound stream's, one after another."""
    done: bool = True
    """Whether a stream of chunks ends with the word that it has ended."""
    whole: bool = False
    """The answer comes whole, though a stream was asked for."""
    pace: float = 0.0
    """Seconds before each event of a stream."""
    piece: int = PIECE
    """Characters of each piece of a stream."""
    cached: int = 0
    drips: bool = False
    """Signs of life without end, and never an answer."""


def says(text: str, **more: Any) -> Behaviour:
    return Behaviour(text=text, **more)


def decides(data: dict[str, Any], **more: Any) -> Behaviour:
    return Behaviour(text=json.dumps(data, ensure_ascii=False), **more)


def fails(status: int, message: str = "it failed", *, code: str | None = None, kind: str = "error",
          param: str | None = None, headers: dict[str, str] | None = None) -> Behaviour:  # fmt: skip
    error = {"message": message, "type": kind, "param": param, "code": code}
    return Behaviour(status=status, error=error, headers=headers or {})
