"""A connection of Socket Mode, kept up: each attempt has an address of its own, which is good for that attempt only.

https://docs.slack.dev/apis/events-api/using-socket-mode/ The SDK's own client tries a used address again for ever.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, cast

import aiohttp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import app_token_refused
from bot.slack.shapes import mapping, string
from domain.core.logging import logger

log = logger(__name__)

Json = dict[str, Any]

Take = Callable[[Json], Awaitable[BoltResponse]]
"""Takes what was delivered. Any status but 200: it is not acknowledged, so that Slack delivers it again."""

_REFUSALS = frozenset(
    {"account_inactive", "invalid_auth", "missing_scope", "not_allowed_token_type", "not_authed", "token_revoked"}
)
_MISREAD = (AttributeError, KeyError, TypeError, ValueError)
"""What the SDK raises as it reads an answer of another form than Slack's."""
_FAILED = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, *_MISREAD)

FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 30.0
"""Seconds between two connections, whichever way the first one ended; doubled while they do not last."""
_LASTING = 60.0
"""Seconds after which a connection has lasted."""
_LONGEST_PATIENCE = 300.0
"""Seconds that Slack may ask for before it is asked again all the same."""
_CONNECT = 15.0
"""Seconds that opening one may take."""
_HEARTBEAT = 20.0
"""Seconds after which a silent connection is pinged; it is given up half as long after that."""
_GOODBYE = 1.0
"""Seconds that Slack has to answer a goodbye."""
_PATIENCE = 10.0
"""Seconds that what was begun on a connection has to end before it is closed."""


class Socket:
    """Keeps one connection to Slack. Give it up by cancelling ``run``, after ``settle``."""

    def __init__(self, slack: AsyncWebClient, token: str, take: Take, *, first: float = FIRST_PAUSE) -> None:
        self._slack = slack
        self._token = token
        self._take = take
        self._first = first
        self._under_way: set[asyncio.Task[None]] = set()
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self) -> NoReturn:
        """Connect, take what is delivered, connect anew. Raises Misconfigured where Slack refuses the token."""
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session:
            try:
                pause = self._first
                while True:
                    began = loop.time()
                    after = await self._once(session)
                    if loop.time() - began >= _LASTING:
                        pause = self._first
                    await asyncio.sleep(max(pause, min(after, _LONGEST_PATIENCE)))
                    pause = min(2 * pause, _LONGEST_PAUSE)
            finally:
                for task in self._under_way:
                    task.cancel()
                await asyncio.gather(*self._under_way, *self._leaving, return_exceptions=True)

    async def settle(self) -> None:
        """Let what was begun end, for as long as there is patience."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_PATIENCE)

    async def _once(self, session: aiohttp.ClientSession) -> float:
        """One connection, to its end. Returns the seconds that Slack asks for before the next attempt."""
        try:
            connection = await self._open(session)
        except _FAILED as error:
            return _said(error)
        begun: set[asyncio.Task[None]] = set()
        try:
            await self._listen(connection, begun)
        finally:
            _keep(self._leaving, _leave(connection, begun))
        return 0.0

    async def _open(self, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        async with asyncio.timeout(_CONNECT):
            answer = await cast(Any, self._slack).apps_connections_open(app_token=self._token)
            return await session.ws_connect(
                _checked(mapping(answer.data).get("url")),
                heartbeat=_HEARTBEAT,
                proxy=self._slack.proxy,
                ssl=self._slack.ssl or True,
                timeout=cast(Any, aiohttp.ClientWSTimeout)(ws_close=_GOODBYE),
            )

    async def _listen(self, connection: aiohttp.ClientWebSocketResponse, begun: set[asyncio.Task[None]]) -> None:
        """Until Slack asks for another connection, or this one ends."""
        async for message in connection:
            envelope = _envelope(message)
            if envelope is None:
                log.warning("what Slack sent over a socket is no envelope and is passed over", kind=message.type.name)
            elif envelope["type"] == "disconnect":
                log.info("Slack asks for a new connection", reason=string(envelope.get("reason")))
                return
            elif envelope["type"] == "hello":
                log.info("listening to Slack")
            else:
                task = _keep(self._under_way, self._answer(connection, envelope))
                begun.add(task)
                task.add_done_callback(begun.discard)

    async def _answer(self, connection: aiohttp.ClientWebSocketResponse, envelope: Json) -> None:
        answer = await self._take(envelope["payload"])
        if answer.status != 200:
            return
        try:
            await connection.send_json({"envelope_id": envelope["envelope_id"], **_response(answer)})
        except (aiohttp.ClientError, ConnectionError) as error:
            log.info("what was taken could not be acknowledged; Slack delivers it again", error=type(error).__name__)


async def _leave(connection: aiohttp.ClientWebSocketResponse, begun: set[asyncio.Task[None]]) -> None:
    """What was begun on a connection is acknowledged on it, and then it is closed."""
    if begun:
        await asyncio.wait(set(begun), timeout=_PATIENCE)
    await connection.close()


def _keep(tasks: set[asyncio.Task[None]], work: Any) -> asyncio.Task[None]:
    task: asyncio.Task[None] = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


def _envelope(message: aiohttp.WSMessage) -> Json | None:
    """None for what is none: no object, no type, or nothing to take and to acknowledge."""
    if message.type is not aiohttp.WSMsgType.TEXT:
        return None
    try:
        envelope = mapping(json.loads(message.data))
    except (ValueError, RecursionError):
        return None
    if envelope.get("type") in ("hello", "disconnect"):
        return envelope
    is_whole = string(envelope.get("type")) and string(envelope.get("envelope_id"))
    return envelope if is_whole and isinstance(envelope.get("payload"), dict) else None


def _response(answer: BoltResponse) -> Json:
    """What only the person is told at once, where there is anything."""
    if not answer.body:
        return {}
    kind = answer.headers.get("content-type", [""])[0]
    return {"payload": json.loads(answer.body) if kind.startswith("application/json") else {"text": answer.body}}


def _checked(address: object) -> str:
    """Raises ValueError for what is no address of a socket."""
    if isinstance(address, str) and address.startswith(("ws://", "wss://")):
        return address
    raise ValueError("Slack's answer holds no address of a socket")


def _said(error: Exception) -> float:
    """Say that Slack cannot be reached; never with the address, whose ticket may be good. Returns the seconds that
    Slack asks for. Raises Misconfigured for what trying again will not mend."""
    response: Any = getattr(error, "response", None)
    code = string(mapping(getattr(response, "data", None)).get("error"))
    if code in _REFUSALS:
        raise app_token_refused(code) from error
    status = f"status {error.status}" if isinstance(error, aiohttp.ClientResponseError) else ""
    log.warning("Slack cannot be reached, trying again", error=code or status or type(error).__name__)
    asked = str(response.headers.get("Retry-After", "")) if code == "ratelimited" else ""
    return float(asked) if asked.isdecimal() and asked.isascii() else 0.0
