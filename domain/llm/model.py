"""The protocol every model provider keeps.

A request says what is wanted in two forms at once: the versioned prompt with its variables (which a
provider renders to text) and, through those variables, the plain facts (which the offline provider
reads directly). A provider answers with a stream of text pieces that ends in exactly one Reply.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from domain.llm.prompts import Prompt

CUT = "(cut at the model's limit)"
"""How an answer ends that is not whole."""


OFFLINE = "offline"
"""The name of the provider that answers by rules."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function the model may ask to have called. ``parameters`` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a function. ``arguments`` is the parsed JSON object."""

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of the conversation, or one of the exchange that this call goes on with."""

    role: Literal["user", "assistant", "tool"]
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    """What the assistant asked for in this turn."""
    call_id: str | None = None
    """For a tool turn: the call it answers."""
    failed: bool = False
    """For an assistant's turn: it says why there is no result."""
    talk: bool = False
    """For an assistant's turn: it is a courtesy, help, or that it was not understood."""
    quoted: Sequence[Mapping[str, Any]] = ()
    """For a person's turn: what it referred to, words of others. They stand in ``text`` too, fenced."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model."""

    prompt: Prompt
    variables: dict[str, Any]
    """What the prompt's template is rendered with. JSON values."""
    turns: Sequence[Turn] = ()
    """Earlier turns, oldest first; the rendered prompt's ``user`` part follows them."""
    output_schema: dict[str, Any] | None = None
    """A JSON Schema the answer should keep. A model that answers in plain text is taken at its word."""
    tools: Sequence[ToolSpec] = ()
    model: str | None = None
    """Another model than the configured one."""
    temperature: float | None = None
    max_output_tokens: int = 4_000
    once: bool = False
    """An answer that is cut is not asked for again with more room: there is a budget that it has to fit."""
    loose_schema: dict[str, Any] | None = None
    """``output_schema`` in fewer words, for servers that count those as the prompt's; None: there is no other."""
    exchange: Sequence[Turn] = ()
    """What was said after the ``user`` part: calls and their answers, and what the person or the program said in
    between. Each call is answered once, directly after the turn that made it."""
    short_exchange: Callable[[], Sequence[Turn]] | None = field(default=None, compare=False)
    """Gives ``exchange`` in fewer words, for a model whose window does not hold it; None: there is no other."""
    withheld: bool = False
    """The tools are named, as an exchange that holds calls of them demands, and none may be called now."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call and what they cost. ``cost`` is in US dollars; None where no price is known."""

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost: Decimal | None = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole answer, once it is complete. ``text`` holds nothing of what was thought aloud."""

    text: str
    data: dict[str, Any] | None
    """The answer as a JSON object, where a schema was asked for and the text holds one; else None."""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    provider: str = ""
    model: str = ""
    duration_ms: int = 0
    cut: bool = False
    """It reached the model's limit, with more room too; ``text`` is what there is of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of the answer's raw text, as it streams in."""

    text: str


@dataclass(frozen=True, slots=True)
class Restart:
    """Forget the pieces so far: a fresh attempt began after a broken stream, or what they said was not the answer."""


Event = Piece | Restart | Reply


class Model(Protocol):
    """A model provider. One instance serves the whole process.

    Raises Unavailable (with ``after`` where the service named a time) when the service is away (no connection,
    no word in time, its own fault, over its limit) at every attempt, Misconfigured when the key or the address is
    wrong, Invalid when the request itself was refused (too long, filtered), Unusable when it was answered and the
    answer is none.
    """

    name: str
    """What ``usages.provider`` stores: openai, offline, scripted."""

    def stream(self, request: Request) -> AsyncIterator[Event]:
        """Answer one request: any number of Piece (and Restart), then one Reply."""
        ...

    async def close(self) -> None: ...
