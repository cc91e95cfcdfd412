"""The offline provider as a Model."""

import json
from collections.abc import AsyncIterator
from time import monotonic

from domain.core.errors import Invalid
from domain.llm.model import OFFLINE, Event, Piece, Reply, Request, ToolCall
from domain.llm.offline.decide import decide
from domain.llm.offline.replan import replan
from domain.llm.offline.situation import read_situation
from domain.llm.offline.step import answer
from domain.llm.offline.thinking import think

_PIECES = 4


class OfflineModel:
    """Answers ``decide``, ``step``, ``replan`` and ``agent`` by rules, from the request's variables and what was said
    and done since. It costs nothing."""

    name = OFFLINE

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        """The answer in a few pieces. Raises Invalid for a prompt it has no rules for."""
        began = monotonic()
        data, text, calls = _answer(request)
        size = max(-(-len(text) // _PIECES), 1)
        for start in range(0, len(text), size):
            yield Piece(text[start : start + size])
        duration = round((monotonic() - began) * 1000)
        yield Reply(text=text, data=data, calls=calls, provider=self.name, model=self.name, duration_ms=duration)

    async def close(self) -> None:
        """Nothing is held open."""


def _answer(request: Request) -> tuple[dict[str, object] | None, str, tuple[ToolCall, ...]]:
    """The answer as an object, where it is one, and as text; or the calls that come before it."""
    match request.prompt.name:
        case "decide":
            data = decide(read_situation(request.variables, request.turns))
        case "replan":
            data = replan(request.variables)
        case "step":
            return None, answer(request.variables), ()
        case "agent":
            offered = () if request.withheld else [tool.name for tool in request.tools]
            thought = think(request.variables, request.exchange, offered=offered)
            return None, thought.text, thought.calls
        case name:
            raise Invalid(
                f"The offline provider has no rules for {name}.",
                remedy="Set OPENAI_API_KEY or OPENAI_BASE_URL to use a model.",
                code="offline",
            )
    return data, json.dumps(data, ensure_ascii=False), ()
