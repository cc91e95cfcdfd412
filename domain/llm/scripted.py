"""A model that says what it was told to say: for tests, rehearsals and demonstrations."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from domain.llm.json_text import json_object
from domain.llm.model import Event, Piece, Reply, Request, Restart, Turn, Usage
from domain.llm.tokens import estimate, estimated

Part = str | Piece | Restart | Reply | Exception | asyncio.Event
"""One thing that happens within an answer: text, a broken stream that begins anew, the end, a failure, or a
wait until an event is set."""

Answer = str | dict[str, Any] | Reply | Exception | Sequence[Part]
"""Text, a JSON object, a finished reply, a failure, or what happens one after another."""

_PIECE = 24


class ScriptedModel:
    """Answers from a list, in order, or by asking a function. ``requests`` holds all it was asked.

    A list that is used up is an error of whoever wrote it: AssertionError.
    """

    name = "scripted"

    def __init__(self, answers: Iterable[Answer] | Callable[[Request], Answer]) -> None:
        self.requests: list[Request] = []
        self._choose = answers if callable(answers) else None
        self._answers = iter(()) if callable(answers) else iter(answers)

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        """The next answer; see ``domain.llm.model.Model``."""
        self.requests.append(request)
        text = ""
        for part in _parts(self._next(request)):
            if isinstance(part, asyncio.Event):
                await part.wait()
            elif isinstance(part, Exception):
                raise part
            elif isinstance(part, Reply):
                yield part
                return
            elif isinstance(part, Restart):
                text = ""
                yield part
            else:
                piece = Piece(part) if isinstance(part, str) else part
                text += piece.text
                yield piece
        yield self._reply(request, text)

    async def close(self) -> None:
        """Nothing is held open."""

    def _next(self, request: Request) -> Answer:
        if self._choose is not None:
            return self._choose(request)
        answer = next(self._answers, None)
        if answer is None:
            raise AssertionError(f"the script has no answer left for {request.prompt.name}")
        return answer

    def _reply(self, request: Request, text: str) -> Reply:
        front, user = request.prompt.render(request.variables)
        schema, sent = request.output_schema, [Turn("user", user), *request.exchange]
        return Reply(
            text=text,
            data=json_object(text, schema.get("properties", ())) if schema is not None else None,
            usage=Usage(tokens_in=estimated(front, sent), tokens_out=estimate(text), cost=Decimal(0)),
            provider=self.name,
            model=request.model or self.name,
        )


def _parts(answer: Answer) -> Sequence[Part]:
    if isinstance(answer, (Reply, Exception)):
        return [answer]
    if isinstance(answer, dict):
        answer = json.dumps(answer, ensure_ascii=False)
    if isinstance(answer, str):
        return [answer[start : start + _PIECE] for start in range(0, len(answer), _PIECE)]
    return answer
