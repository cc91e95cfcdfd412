"""Deliveries to the bot: over one of its sockets, or as signed requests to its address, again when need be."""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.ledger import Changes
from tests.fakes.slack.rules import Rules
from tests.fakes.slack.shapes import is_object
from tests.fakes.slack.sockets import ConnectionLost, Sockets

Json = dict[str, Any]
Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: ``via`` a socket's number or an address. ``failed`` says why it was not acknowledged."""

    via: str
    failed: str | None = None
    seconds: float = 0.0
    """Until the answer, or until none was waited for any longer."""
    status: int | None = None
    """Of an answer over HTTP; None where there was none."""


@dataclass(slots=True, eq=False)
class Delivery:
    """Something the bot is told. ``response`` is what it acknowledged with, where anything."""

    kind: Kind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    state: Literal["under way", "acknowledged", "given up"] = "under way"
    response: Json | None = None
    changes: Changes = field(default_factory=Changes, repr=False)

    async def answer(self, within: float = 10.0) -> Json | None:
        """The bot's acknowledgement. Raises TimeoutError, AssertionError when it was given up."""
        await self.changes.until(lambda: self.state != "under way", within)
        assert self.state == "acknowledged", f"never acknowledged: {self.attempts}"
        return self.response


class NotAccepted(ConnectionError):
    """The bot's address answered with another status than 2xx."""

    def __init__(self, status: int) -> None:
        super().__init__(f"http_error: {status}")
        self.status = status


class Post:
    """Requests to the bot's address, signed as Slack signs them (v0)."""

    def __init__(self, clock: Clock, signing_secret: str) -> None:
        self._clock = clock
        self._secret = signing_secret
        self._session: ClientSession | None = None
        self.url: str | None = None

    def signed(self, body: bytes, timestamp: str | None = None) -> dict[str, str]:
        """The headers of a request with this body."""
        timestamp = timestamp or str(int(self._clock.now))
        digest = hmac.new(self._secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}

    async def send(self, kind: Kind, payload: Json, within: float, headers: dict[str, str]) -> Json | None:
        """Raises TimeoutError, ConnectionError."""
        if kind == "events_api":
            body, content_type = json.dumps(payload).encode(), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        sent = self.signed(body) | headers | {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        assert self.url is not None
        try:
            async with self._opened().post(
                self.url, data=body, headers=sent, timeout=ClientTimeout(within), allow_redirects=False
            ) as response:
                text = await response.text()
                if response.status // 100 != 2:
                    raise NotAccepted(response.status)
                return _read(text)
        except ClientError as error:
            raise ConnectionError(f"connection_failed: {error}") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession()
        return self._session


class Deliveries:
    """The ledger of what was sent to the bot, and the tasks that send it."""

    def __init__(self, rules: Rules, sockets: Sockets, post: Post, changes: Changes) -> None:
        self._rules = rules
        self._sockets = sockets
        self._post = post
        self._changes = changes
        self._under_way: set[asyncio.Task[None]] = set()
        self.all: list[Delivery] = []

    def send(self, kind: Kind, payload: Json, then: Callable[[Json | None], None] | None = None) -> Delivery:
        """Deliver in the background; ``then`` is told the acknowledgement."""
        delivery = Delivery(kind, payload, changes=self._changes)
        self.all.append(delivery)
        task = asyncio.get_running_loop().create_task(self._carry(delivery, then))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return delivery

    async def close(self) -> None:
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, delivery: Delivery, then: Callable[[Json | None], None] | None) -> None:
        used: set[int] = set()
        reason: str | None = None
        waits = self._rules.retries if delivery.kind == "events_api" else ()  # people press again; events come again
        for retry, wait in enumerate((None, *waits)):
            if wait is not None:
                await asyncio.sleep(wait)
            reason = await self._try(delivery, retry, reason, used)
            if reason is None:
                delivery.state = "acknowledged"
                if then is not None:
                    then(delivery.response)
                self._changes.note()
                return
        delivery.state = "given up"
        self._changes.note()

    async def _try(self, delivery: Delivery, retry: int, reason: str | None, used: set[int]) -> str | None:
        """None when it was acknowledged, or why not, as Slack calls it."""
        via = self._post.url or "socket"
        began, status = monotonic(), None
        try:
            if self._post.url is not None:
                again = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason or ""} if retry else {}
                within = self._rules.acknowledgement
                delivery.response = await self._post.send(delivery.kind, delivery.payload, within, again)
            else:
                number, delivery.response = await self._over_socket(delivery, retry, reason, used)
                via = f"socket {number}"
        except TimeoutError:
            failed = "http_timeout" if self._post.url else "timeout"
        except ConnectionLost:
            failed = "socket_closed"
        except ConnectionError as error:
            failed = str(error).partition(":")[0]
            status = error.status if isinstance(error, NotAccepted) else None
        else:
            failed, status = None, 200 if self._post.url is not None else None
        delivery.attempts.append(Attempt(via, failed, monotonic() - began, status))
        self._changes.note()
        return failed

    async def _over_socket(
        self, delivery: Delivery, retry: int, reason: str | None, used: set[int]
    ) -> tuple[int, Json | None]:
        within = self._rules.acknowledgement
        if not self._sockets.open:
            await self._changes.until(lambda: self._sockets.open, within)
        envelope: Json = {
            "type": delivery.kind,
            "envelope_id": secrets.token_hex(16),
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason or ""}
        return await self._sockets.send(envelope, used, within)


def _read(text: str) -> Json | None:
    """A bot may answer with JSON, with words, or with nothing."""
    if not text.strip():
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        return {"text": text}
    return answer if is_object(answer) else None
