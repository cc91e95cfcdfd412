"""One attempt at a request, in terms both interfaces share."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from domain.llm.model import Request, ToolCall, Turn, Usage, exchange_begins
from domain.llm.prices import cost

Feature = Literal["schema", "tools", "temperature", "reasoning", "usage", "output_limit", "storing"]
"""What a server may not know. Refused once, it is left out of that model's calls from then on."""

WRONG_ADDRESS = "wrong_address"

_REASONS = re.compile(r"^(gpt-[5-9]|o\d)")


@dataclass(frozen=True, slots=True)
class Call:
    """A rendered request for one model, without what its server is known to refuse."""

    request: Request
    model: str
    front: str
    user: str
    without: frozenset[Feature] = frozenset()

    def uses(self, feature: Feature) -> bool:
        return feature not in self.without and _WANTED[feature](self)

    @property
    def around(self) -> tuple[Sequence[Turn], Sequence[Turn]]:
        """The turns before the prompt's user part, and those after it."""
        place = exchange_begins(self.request.turns)
        return self.request.turns[:place], self.request.turns[place:]

    @property
    def schema_name(self) -> str:
        return re.sub(r"[^A-Za-z0-9_-]", "_", self.request.prompt.name)[:64]


_WANTED: dict[Feature, Callable[[Call], bool]] = {
    "schema": lambda call: call.request.output_schema is not None,
    "tools": lambda call: bool(call.request.tools),
    "temperature": lambda call: call.request.temperature is not None,
    # Thinking long before the first word would spend the time a person waits in silence.
    "reasoning": lambda call: _REASONS.match(call.model) is not None,
    "usage": lambda _: True,
    "output_limit": lambda _: True,
    "storing": lambda _: True,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stands at the end of a complete stream."""

    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage
    model: str


class Broken(Exception):
    """The server answered, but not with a whole answer. ``code`` is the server's own where it gave one."""

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def check_stream(content_type: str | None) -> None:
    """Raises Broken where a web page came instead of a stream: the address is that of something else."""
    if content_type is not None and content_type.startswith("text/html"):
        raise Broken("it is a web page", code=WRONG_ADDRESS)


def arguments_of(name: str, written: str) -> dict[str, Any]:
    """A function call's arguments. Raises Broken where they are no JSON object."""
    try:
        value: object = json.loads(written or "{}", strict=False)
    except ValueError:
        raise Broken(f"the arguments of {name} are no JSON") from None
    if not isinstance(value, dict):
        raise Broken(f"the arguments of {name} are no JSON object")
    return cast("dict[str, Any]", value)


def usage_of(model: str, tokens_in: int | None, tokens_out: int | None, tokens_cached: int | None) -> Usage:
    """Usage as counted by the server; where it counted nothing, the cost is unknown rather than zero."""
    if tokens_in is None or tokens_out is None:
        return Usage(cost=None)
    cached = tokens_cached or 0
    return Usage(tokens_in, tokens_out, cached, cost(model, tokens_in, tokens_out, cached))
