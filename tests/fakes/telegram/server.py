"""The double's server: checks the token and the request, notes it, and behaves as Telegram would."""

import asyncio
import json
import math
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Any, Self, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.serving import Server, address, bound
from tests.fakes.telegram import forms, spec
from tests.fakes.telegram.faults import Bucket, Fault, Refusal
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.world import Chat, Json, World

TOKEN = "7012345678:AAF4k3-5up3rS3cr3t_ForLoopbackOnly0000"
_SENDING = frozenset({"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageReplyMarkup"})


@dataclass(frozen=True, slots=True)
class Received:
    """A request and what came of it, ``at`` a monotonic moment in seconds. ``problems`` says what the specification
    finds wrong with it."""

    method: str
    arguments: Json
    status: int
    description: str = ""
    problems: tuple[str, ...] = ()
    at: float = field(default_factory=monotonic)


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages a second and at once: in a private chat, in a group, and over all."""

    chat: tuple[float, int] = (1.0, 4)
    group: tuple[float, int] = (20 / 60, 20)
    overall: tuple[float, int] = (30.0, 30)


class FakeTelegram:
    """A Bot API server on loopback. People are acted by ``person()`` and ``group()`` of ``people``.

    ``ledger`` holds every request, ``careless`` what the real server lets pass against its documentation, and
    ``wrong`` each of the double's own answers that the specification does not allow.
    """

    def __init__(
        self, *, token: str = TOKEN, username: str = "legwork_bot", port: int = 0, pace: Pace | None = None
    ) -> None:
        self.world = World(token, username)
        self.pace = pace
        self.ledger: list[Received] = []
        self.careless: list[str] = []
        self.wrong: list[str] = []
        self.updates = Updates(self.world)
        self._buckets: dict[object, Bucket] = {}
        self._faults: deque[Fault] = deque()
        self._socket = bound(port)
        self.app = self._app()
        self._server = Server(self.app, self._socket)

    @property
    def base_url(self) -> str:
        """What TELEGRAM_API_BASE_URL is set to."""
        return address(self._socket)

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def validates(self) -> bool:
        return spec.available()

    def fail(self, *faults: Fault) -> None:
        """The next calls that fit fail like this, each once, in order."""
        self._faults.extend(faults)

    def cut(self) -> None:
        """Close every connection without a word; what was asked on it gets no answer."""
        for connection in self._server.server_state.connections:
            cast(asyncio.Transport, cast(Any, connection).transport).abort()

    def calls(self, method: str) -> list[Received]:
        """The accepted calls of a method."""
        return [call for call in self.ledger if call.method == method and call.status == 200]

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.updates.close()
        await self._server.stop()

    # -- updates -------------------------------------------------------------------------------------

    def happens(self, kind: str, body: Json) -> int:
        """Something happened that bots may hear of. Returns the update's id."""
        self.wrong += spec.errors("Update", {"update_id": 1, kind: body})
        update_id = self.world.happens(kind, json.loads(json.dumps(body)))
        self.updates.new.set()
        return update_id

    @property
    def hook_answers(self) -> list[int]:
        """The status of each answer to a webhook request; 0 where there was none."""
        return self.updates.answers

    # -- limits --------------------------------------------------------------------------------------

    def check_open(self, chat: Chat) -> None:
        if chat.closed:
            raise Refusal(403, f"Forbidden: {chat.closed}")

    def _check_pace(self, chat_id: Any) -> None:
        if self.pace is None:
            return
        chat = self.world.chats.get(chat_id)
        own = self.pace.group if chat is not None and chat.type != "private" else self.pace.chat
        for key, (rate, burst) in ((None, self.pace.overall), (chat_id, own)):
            wait = self._buckets.setdefault(key, Bucket(rate, burst)).take()
            if wait:
                seconds = math.ceil(wait)
                raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    # -- HTTP ----------------------------------------------------------------------------------------

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._file),
            ]
        )

    async def _file(self, request: Request) -> Response:
        found = [file for file in self.world.files.values() if file.path == request.path_params["path"]]
        if request.path_params["token"] != self.world.token or not found:
            return _refused(Refusal(404, "Not Found"))
        fault = self._fault("file")
        if fault is not None:
            return await self._failing(fault, None)
        return Response(found[0].content, media_type="application/octet-stream")

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != self.world.token:
            return _refused(Refusal(401, "Unauthorized"))
        if method not in METHODS:
            return _refused(Refusal(404, "Not Found"))
        arguments, problems = spec.arguments(method, await forms.given(request))
        if problems:
            return self._note(method, arguments, Refusal(400, f"Bad Request: {problems[0]}"), tuple(problems))
        fault = self._fault(method)
        if fault is not None and not fault.lost:
            self.ledger.append(
                Received(method, arguments, fault.refusal.status if fault.refusal else fault.status or 0)
            )
            return await self._failing(fault, None)
        try:
            if method in _SENDING:
                self._check_pace(arguments.get("chat_id"))
            result = await METHODS[method](self, arguments)
        except Refusal as refusal:
            return self._note(method, arguments, refusal)
        self.wrong += [f"{method}: {problem}" for problem in spec.answer(method, result)]
        self.ledger.append(Received(method, arguments, 200))
        response = JSONResponse({"ok": True, "result": result})
        return await self._failing(fault, response) if fault is not None else response

    def _fault(self, method: str) -> Fault | None:
        for fault in self._faults:
            if fault.method in (None, method) and not (fault.method is None and method == "getUpdates"):
                self._faults.remove(fault)
                return fault
        return None

    async def _failing(self, fault: Fault, response: Response | None) -> Response:
        if fault.refusal is not None:
            return _refused(fault.refusal)
        if fault.closed:
            self.cut()
        if fault.body is not None:
            return Response(fault.body, status_code=fault.status or 200, media_type="application/json")
        if fault.status is not None:
            return Response("<html>Bad Gateway</html>", status_code=fault.status, media_type="text/html")
        return StreamingResponse(_cut(), headers={"Content-Length": "100"}, media_type="application/json")

    def _note(self, method: str, given: Json, refusal: Refusal, problems: tuple[str, ...] = ()) -> Response:
        self.ledger.append(Received(method, given, refusal.status, refusal.description, problems))
        return _refused(refusal)


def _refused(refusal: Refusal) -> Response:
    body: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return JSONResponse(body, status_code=refusal.status)


async def _cut() -> AsyncIterator[bytes]:
    yield b"{"  # and no more: the connection ends in the middle of the answer
