"""One attempt at a request, in terms both interfaces share."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any, Literal

from domain.llm.model import Request, ToolCall, Turn, Usage
from domain.llm.prices import cost

Feature = Literal[
    "schema", "tools", "temperature", "reasoning", "usage", "output_limit", "storing", "system", "choice", "aside"
]
"""What a server may not know. Refused once, it is left out of that model's calls from then on."""

WRONG_ADDRESS = "wrong_address"
UNREADABLE_CALL = "unreadable_call"

OPENING = "(The conversation so far begins with your words.)"
"""Stands before a first turn of the model's: many templates demand that a person begins."""

READ = "I have read that."
"""Stands between what tools answered and what is said then, where a template wants the model to speak in between."""

_NO_NAME = re.compile(r"[^A-Za-z0-9_-]")
"""What the names of functions and schemas cannot hold, which have at most 64 signs:
https://platform.openai.com/docs/api-reference/chat/create"""

_REASONS = re.compile(r"^(gpt-[5-9]|o\d)")


@dataclass(frozen=True, slots=True)
class Call:
    """A rendered request for one model, without what its server is known to refuse."""

    request: Request
    model: str
    front: str
    user: str
    without: frozenset[Feature] = frozenset()
    limit: int | None = None
    """Tokens the answer may take; None: as many as the server gives."""
    schema: dict[str, Any] | None = None
    """What the answer should keep."""
    public: bool = False
    """It goes to OpenAI itself, of which more is known than of a compatible server."""
    short: bool = False
    """The model's window does not hold the whole exchange."""
    note: str = ""
    """What was wrong with the answer before; said after everything else."""

    def uses(self, feature: Feature) -> bool:
        return feature not in self.without and _WANTED[feature](self)

    @property
    def system(self) -> str:
        """The front where it is sent apart; where a server knows no such role the first turn begins with it."""
        return self.front if self.uses("system") else ""

    @property
    def exchange(self) -> Sequence[Turn]:
        short = self.request.short_exchange
        said = short() if self.short and short is not None else self.request.exchange
        return said if self.uses("tools") else _in_words(said)

    @property
    def can_be_shorter(self) -> bool:
        return not self.short and self.request.short_exchange is not None

    @property
    def turns(self) -> list[Turn]:
        """Everything that is said, in turn: neighbours of one role are one, and a person begins."""
        said = [*self.request.turns, Turn("user", self.user), *self.exchange]
        if self.note:
            said.append(Turn("user", self.note))
        if not self.uses("aside"):
            said = _spoken_between(said)
        if self.front and not self.system:
            said.insert(0, Turn("user", self.front))
        elif said[0].role != "user":
            said.insert(0, Turn("user", OPENING))
        return [turn for alike, turns in groupby(said, _alike) for turn in _joined(alike[0], list(turns))]

    @property
    def schema_name(self) -> str:
        return allowed_name(self.request.prompt.name)


_WANTED: dict[Feature, Callable[[Call], bool]] = {
    # Servers of other makes keep a schema by a grammar, in which a call of a tool cannot be written.
    "schema": lambda call: call.schema is not None and (call.public or call.request.withheld or not call.request.tools),
    "tools": lambda call: bool(call.request.tools),
    "temperature": lambda call: call.request.temperature is not None,
    # Thinking long before the first word would spend the time a person waits in silence.
    "reasoning": lambda call: _REASONS.match(call.model) is not None,
    "usage": lambda _: True,
    "output_limit": lambda _: True,
    "storing": lambda _: True,
    "system": lambda call: bool(call.front),
    "choice": lambda call: bool(call.request.tools) and call.request.withheld,
    "aside": lambda call: bool(call.exchange),
}


def allowed_name(name: str) -> str:
    """A name as both interfaces take it: also one that a model made up."""
    return _NO_NAME.sub("_", name)[:64] or "_"


def _in_words(exchange: Sequence[Turn]) -> list[Turn]:
    """For a model that knows no tools: what came of calls, as it may be told."""
    names = {made.id: made.name for turn in exchange for made in turn.calls}
    return [
        Turn("user", f"{names.get(turn.call_id or '', 'A tool')} said:\n{turn.text}")
        if turn.role == "tool"
        else replace(turn, calls=())
        for turn in exchange
        if turn.text
    ]


def _spoken_between(said: list[Turn]) -> list[Turn]:
    bridged = [
        [turn, Turn("assistant", READ)] if (turn.role, then.role) == ("tool", "user") else [turn]
        for turn, then in pairwise(said)
    ]
    return [*(turn for turns in bridged for turn in turns), said[-1]]


def _alike(turn: Turn) -> tuple[str, bool]:
    return turn.role, bool(turn.calls)


def _joined(role: str, turns: list[Turn]) -> list[Turn]:
    if role == "tool" or len(turns) == 1 or any(turn.calls for turn in turns):
        return turns
    return [replace(turns[0], text="\n\n".join(turn.text for turn in turns if turn.text))]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that an answer may take: of silence, before its first word and between words, and as a whole."""

    silence: float
    whole: float

    @property
    def first(self) -> float:
        """Of silence that the connection itself ends; the whole is looked at whenever something comes."""
        return min(self.silence, self.whole)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stands at the end of a complete stream."""

    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage
    model: str
    cut: bool = False
    """It ended because the limit was reached."""


class Broken(Exception):
    """The server answered, but not with a whole answer. ``code`` is the server's own where it gave one."""

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def usage_of(model: str, tokens_in: int | None, tokens_out: int | None, tokens_cached: int | None) -> Usage:
    """Usage as counted by the server; where it counted nothing, the cost is unknown rather than zero."""
    if tokens_in is None or tokens_out is None:
        return Usage(cost=None)
    cached = tokens_cached or 0
    return Usage(tokens_in, tokens_out, cached, cost(model, tokens_in, tokens_out, cached))
