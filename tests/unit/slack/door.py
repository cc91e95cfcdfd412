"""The HTTP route with an edge behind it that takes everything, and somebody who knocks."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette

from bot.edge import Edge
from bot.slack.ears import Ears
from bot.slack.http import PATH, route
from bot.slack.signature import Signature
from bot.slack.web import Web
from domain.conversations.ports import About, Incoming
from domain.core.clock import FixedClock
from domain.core.errors import Unavailable
from domain.core.settings import Settings
from domain.flow.receive.message import Received

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = str(int(NOW.timestamp()))


class FakeDatabase:
    """Knows nobody and no thread."""

    @asynccontextmanager
    async def system(self, reason: str) -> AsyncIterator["FakeDatabase"]:
        yield self

    async def first(self, *_: object) -> dict[str, None]:
        return dict.fromkeys(["user_id", "org_id", "thread_id"])


class FakeEdge:
    """Takes everything, or nothing while ``away``."""

    settings = Settings()
    database = FakeDatabase()
    redis = None

    def __init__(self) -> None:
        self.taken: list[Incoming] = []
        self.known: list[About] = []
        self.away = False

    async def accept(self, incoming: Incoming) -> Received:
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("The database does not answer.")
        assert all((incoming.workspace, incoming.chat, incoming.person, incoming.event_key))
        self.taken.append(incoming)
        return Received(None)

    async def knows(self, about: About, afresh: Callable[[], Awaitable[About]]) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("The database does not answer.")
        assert all((about.workspace, about.person, about.organization))
        self.known.append(about)


class Elsewhere(Web):
    """Slack's Web API, where everybody has a chat with Legwork and no more is known of them."""

    def __init__(self) -> None:
        super().__init__("xoxb-test", "http://127.0.0.1:9/api/")

    async def call(self, method: str, *, seconds: float = 1.0, **arguments: Any) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"channel": {"id": "D0DIRECT"}} if method == "conversations.open" else {}


class Door:
    """The route, and somebody who knocks at it."""

    def __init__(self, edge: FakeEdge, client: httpx.AsyncClient) -> None:
        self.edge = edge
        self._client = client

    async def knock(self, body: bytes, **changes: str) -> httpx.Response:
        return await knock(self._client, body, **changes)

    async def form(self, **fields: str) -> httpx.Response:
        return await self.knock(urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")


async def knock(
    client: httpx.AsyncClient,
    body: bytes,
    *,
    at: str = AT,
    signature: str | None = None,
    content_type: str = "application/json",
) -> httpx.Response:
    """Deliver it, well signed unless a signature is given."""
    headers = {
        "x-slack-request-timestamp": at.encode("latin-1", "replace"),
        "x-slack-signature": (signature if signature is not None else signed(body, at)).encode("utf-8"),
        "content-type": content_type.encode(),
    }
    return await client.post(PATH, content=body, headers=cast(Any, headers))


def signed(body: bytes, at: str = AT) -> str:
    return "v0=" + hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()


def event(**changes: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": "T0ACME",
        "event_id": "Ev01",
        "event": {"type": "message", "channel": "D0MARA", "user": "U0MARA", "text": "hello", "ts": "1.2"} | changes,
        "authorizations": [{"user_id": "U0BOT", "is_bot": True}],
    }


BODY = json.dumps(event()).encode()


@asynccontextmanager
async def opened(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the route's own, with Slack's workspace T0ACME behind it."""
    ears = Ears(edge, Elsewhere())

    async def find(team: str | None) -> Ears | None:
        await asyncio.sleep(0)
        return ears if team == "T0ACME" else None

    one = route(find, "http://127.0.0.1:9/api/", Signature(SECRET, FixedClock(NOW)))
    transport = httpx.ASGITransport(app=Starlette(routes=[one]))
    async with httpx.AsyncClient(transport=transport, base_url="http://legwork.test") as client:
        yield client
    await ears.close()
