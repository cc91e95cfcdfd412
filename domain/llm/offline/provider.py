"""The offline provider as a Model."""

import json
from collections.abc import AsyncIterator
from time import monotonic

from domain.core.errors import Invalid
from domain.llm.model import OFFLINE, Event, Piece, Reply, Request
from domain.llm.offline.decide import decide
from domain.llm.offline.replan import replan
from domain.llm.offline.situation import read_situation
from domain.llm.offline.step import answer

_PIECES = 4


class OfflineModel:
    """Answers ``decide``, ``step`` and ``replan`` by rules, from the request's variables alone. It costs nothing."""

    name = OFFLINE

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        """The answer in a few pieces. Raises Invalid for a prompt it has no rules for."""
        began = monotonic()
        data, text = _answer(request)
        size = max(-(-len(text) // _PIECES), 1)
        for start in range(0, len(text), size):
            yield Piece(text[start : start + size])
        duration = round((monotonic() - began) * 1000)
        yield Reply(text=text, data=data, provider=self.name, model=self.name, duration_ms=duration)

    async def close(self) -> None:
        """Nothing is held open."""


def _answer(request: Request) -> tuple[dict[str, object] | None, str]:
    """The answer as an object, where it is one, and as text."""
    match request.prompt.name:
        case "decide":
            data = decide(read_situation(request.variables, request.turns))
        case "replan":
            data = replan(request.variables)
        case "step":
            return None, answer(request.variables)
        case name:
            raise Invalid(
                f"The offline provider has no rules for {name}.",
                remedy="Set OPENAI_API_KEY or OPENAI_BASE_URL to use a model.",
                code="offline",
            )
    return data, json.dumps(data, ensure_ascii=False)
