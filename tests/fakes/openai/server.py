"""The double's server: checks the key and the request, notes it, and behaves as it was told."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.openai import bodies, exchange, spec
from tests.fakes.openai.behaviours import Behaviour
from tests.fakes.openai.rules import by_rules
from tests.fakes.serving import Server, address, bound

Json = dict[str, Any]
MODELS = ("gpt-5-mini", "gpt-5", "gpt-4.1-mini")


@dataclass(frozen=True, slots=True)
class Received:
    """A request, as it came. ``problems`` says what the specification, and its calls' order, have wrong with it."""

    path: str
    headers: dict[str, str]
    body: Json
    problems: tuple[str, ...] = ()
    connection: int = 0
    """The port it came from."""
    raw: bytes = b""
    """The body's bytes."""


class FakeOpenAI:
    """``script`` behaviours to be used up in order; without any, ``otherwise`` answers.

    ``ledger`` holds every request, ``sent`` every JSON object sent with the name of its schema.
    """

    def __init__(
        self,
        *,
        key: str | None = "sk-test",
        port: int = 0,
        otherwise: Callable[[Json], Behaviour] = by_rules,
        validates: bool = True,
    ) -> None:
        """``validates``: requests are held against the specification, where there is one: not in a bench."""
        self.key = key
        self.validates = validates and spec.available()
        self.ledger: list[Received] = []
        self.sent: list[tuple[str, Json]] = []
        self.manner: Callable[[Json], Behaviour] | None = None
        """How it answers where nothing is scripted, if not as it was made."""
        self.last_byte = 0.0
        """When it had last sent all of an answer, by the monotonic clock."""
        self._script: deque[Behaviour] = deque()
        self._otherwise = otherwise
        self._socket = bound(port)
        self._server = Server(self._app(), self._socket)

    @property
    def base_url(self) -> str:
        return f"{address(self._socket)}/v1"

    def script(self, *behaviours: Behaviour) -> None:
        self._script.extend(behaviours)

    def begin_anew(self) -> int:
        """Forget the script and the notes, for the next test; how many behaviours nobody had asked for."""
        left = len(self._script)
        self._script.clear()
        self.ledger.clear()
        self.sent.clear()
        return left

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop()

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/responses", self._responses, methods=["POST"]),
                Route("/v1/chat/completions", self._completions, methods=["POST"]),
                Route("/v1/models", self._models),
            ]
        )

    async def _models(self, request: Request) -> Response:
        refused = self._refused(request)
        if refused:
            return refused
        known = [{"id": name, "object": "model", "created": bodies.CREATED, "owned_by": "double"} for name in MODELS]
        return self._json("ListModelsResponse", {"object": "list", "data": known})

    async def _responses(self, request: Request) -> Response:
        return self._timed(await self._answer(request, "CreateResponse", self._response_stream, self._response_whole))

    async def _completions(self, request: Request) -> Response:
        answer = self._answer(request, "CreateChatCompletionRequest", self._chunk_stream, self._completion_whole)
        return self._timed(await answer)

    def _timed(self, response: Response) -> Response:
        response.background = BackgroundTask(self._sent_all)
        return response

    async def _sent_all(self) -> None:
        self.last_byte = monotonic()

    async def _answer(
        self,
        request: Request,
        schema: str,
        stream: Callable[[Json, str, Behaviour], AsyncIterator[bytes]],
        whole: Callable[[Json, str, Behaviour], Response],
    ) -> Response:
        raw = await request.body()
        body: Json = json.loads(raw)
        problems = (*(spec.errors(schema, body) if self.validates else ()), *exchange.errors(body))
        port = request.client.port if request.client else 0
        self.ledger.append(Received(request.url.path, dict(request.headers), body, problems, port, raw))
        refused = self._refused(request)
        if refused:
            return refused
        if problems:
            return self._error(
                400, {"message": problems[0], "type": "invalid_request_error", "param": None, "code": None}
            )
        behaviour = self._script.popleft() if self._script else (self.manner or self._otherwise)(body)
        if behaviour.wait is not None:
            await behaviour.wait.wait()
        if behaviour.status != 200:
            return self._error(behaviour.status, behaviour.error or {}, behaviour.headers)
        if behaviour.raw is not None:
            return Response(behaviour.raw, media_type=behaviour.content_type)
        if behaviour.drips:
            return StreamingResponse(_drips(), media_type="text/event-stream")
        if behaviour.events is not None:
            return StreamingResponse(_sent(behaviour), media_type="text/event-stream")
        asked = raw.decode()
        if behaviour.whole or not body.get("stream"):
            return whole(body, asked, behaviour)
        return StreamingResponse(_held(stream(body, asked, behaviour), behaviour), media_type="text/event-stream")

    def _refused(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "")
        if self.key is None or given == f"Bearer {self.key}":
            return None
        shown = given.removeprefix("Bearer ")
        message = f"Incorrect API key provided: {shown}."  # the real one echoes (a part of) the key too
        return self._error(401, {"message": message, "type": "invalid_request_error", "param": None,
                                 "code": "invalid_api_key"})  # fmt: skip

    def _response_whole(self, request: Json, asked: str, behaviour: Behaviour) -> Response:
        return self._json("Response", bodies.response(request, asked, behaviour))

    def _completion_whole(self, request: Json, asked: str, behaviour: Behaviour) -> Response:
        return self._json("CreateChatCompletionResponse", bodies.completion(request, asked, behaviour))

    async def _response_stream(self, request: Json, asked: str, behaviour: Behaviour) -> AsyncIterator[bytes]:
        events = bodies.response_events(request, asked, behaviour)
        error = bodies.response_error(behaviour.error) if behaviour.error else None
        told = _cut(events, behaviour, error, lambda event: event["type"].endswith(".delta"))
        for number, event in enumerate(told):
            numbered = {**event, "sequence_number": number}
            self.sent.append(("ResponseStreamEvent", numbered))
            yield f"event: {event['type']}\ndata: {json.dumps(numbered)}\n\n".encode()

    async def _chunk_stream(self, request: Json, asked: str, behaviour: Behaviour) -> AsyncIterator[bytes]:
        chunks = bodies.completion_chunks(request, asked, behaviour)
        error = {"error": behaviour.error} if behaviour.error else None
        for chunk in _cut(chunks, behaviour, error, _has_text):
            self.sent.append(("ErrorResponse" if "error" in chunk else "CreateChatCompletionStreamResponse", chunk))
            yield f"data: {json.dumps(chunk)}\n\n".encode()
        if behaviour.done and behaviour.ends_after is None and behaviour.error_after is None:
            yield b"data: [DONE]\n\n"

    def _json(self, schema: str, value: Json) -> Response:
        self.sent.append((schema, value))
        return JSONResponse(value)

    def _error(self, status: int, error: Json, headers: dict[str, str] | None = None) -> Response:
        body = {"error": error}
        self.sent.append(("ErrorResponse", body))
        return JSONResponse(body, status_code=status, headers=headers)


async def _held(events: AsyncIterator[bytes], behaviour: Behaviour) -> AsyncIterator[bytes]:
    sent = 0
    async for event in events:
        if behaviour.rest is not None and sent == 10:
            await behaviour.rest.wait()
        if behaviour.pace:
            await asyncio.sleep(behaviour.pace)
        yield event
        sent += 1


async def _sent(behaviour: Behaviour) -> AsyncIterator[bytes]:
    for event in behaviour.events or ():
        yield f"data: {json.dumps(event)}\n\n".encode()
    if behaviour.done:
        yield b"data: [DONE]\n\n"


async def _drips() -> AsyncIterator[bytes]:
    while True:
        yield b": still here\n\n"
        await asyncio.sleep(0.01)


class Cut(Exception):
    """The connection is dropped in mid-answer, on purpose."""


def _cut(
    events: Iterator[Json], behaviour: Behaviour, error: Json | None, counts: Callable[[Json], bool]
) -> Iterator[Json]:
    """The events up to where the behaviour says that they stop."""
    seen = 0
    for event in events:
        if behaviour.error_after is not None and seen >= behaviour.error_after and counts(event):
            if error is not None:
                yield error
            return
        if behaviour.ends_after is not None and seen >= behaviour.ends_after and counts(event):
            return
        if behaviour.breaks_after is not None and seen >= behaviour.breaks_after and counts(event):
            raise Cut
        seen += counts(event)
        yield event


def _has_text(chunk: Json) -> bool:
    return any(choice["delta"].get("content") or choice["delta"].get("refusal") for choice in chunk["choices"])
