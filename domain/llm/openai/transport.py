"""How requests travel: HTTP/1.1 by aiohttp, under the SDK's own client.

Each packet of a stream costs a third of what the SDK's default transport takes, whose parser is Python. The SDK loads
aiohttp in any case.
"""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from time import monotonic

import aiohttp
import httpx2

from domain.core.proxies import behind_proxy

_AT_ONCE = 1_000
"""Connections, as with the SDK's own client."""

_IDLE_SECONDS = 4.0
"""For which a connection is kept: many servers close theirs after five, and what is sent into that is lost."""

_PART, _SHORTEST_PAUSE, _LONGEST_PAUSE = 4, 0.004, 0.04
"""Between two looks at an answer a part of the time passes that it has taken so far, in seconds: what it writes is
shown ten times a second, and each look costs as much as the piece it finds."""

_MUCH = 16_384
"""Bytes that came in one look: no writing model's, and the next are there already."""

_AUTOMATIC = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What aiohttp would add: the client has said all there is to say."""


def client_for(address: str) -> httpx2.AsyncClient | None:
    """The HTTP client for the server at this address; None where a proxy stands before it: the SDK has its own way."""
    url = httpx2.URL(address)
    if behind_proxy(url.scheme, url.host):
        return None
    return httpx2.AsyncClient(transport=Transport(), follow_redirects=True)


class Transport(httpx2.AsyncBaseTransport):
    """Sends what the client has made ready, and raises its errors. To be used in one event loop."""

    def __init__(self) -> None:
        self._trusted = httpx2.create_ssl_context()
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        with _told():
            answer = await self._connected().request(
                request.method,
                str(_without_user(request.url)),
                headers=request.headers.multi_items(),
                data=await request.aread(),
                allow_redirects=False,  # the client follows them
                timeout=_limits_of(request),
            )
        return httpx2.Response(
            answer.status, headers=answer.raw_headers, stream=_Body(answer), extensions={"http_version": b"HTTP/1.1"}
        )

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:  # here there is a loop
            connector = aiohttp.TCPConnector(limit=_AT_ONCE, keepalive_timeout=_IDLE_SECONDS, ssl=self._trusted)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_AUTOMATIC,
                auto_decompress=False,  # the client does
            )
        return self._session


class _Body(httpx2.AsyncByteStream):
    """What arrives of an answer; of one that takes long, several packets at a time."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read, begun = self._answer.content.readany, monotonic()
        with _told():
            while part := await read():
                yield part
                pause = min((monotonic() - begun) / _PART, _LONGEST_PAUSE)
                if pause > _SHORTEST_PAUSE and len(part) < _MUCH and not self._answer.content.is_eof():
                    await self._leave(pause)

    async def _leave(self, seconds: float) -> None:
        """Let what arrives meanwhile wait where it costs nothing."""
        connection = self._answer.connection
        wire = connection.transport if connection is not None else None
        if wire is None or wire.is_closing() or not wire.is_reading():
            return
        wire.pause_reading()
        try:
            await asyncio.sleep(seconds)
        finally:
            if not wire.is_closing():
                wire.resume_reading()

    async def aclose(self) -> None:
        self._answer.release()


def _without_user(url: httpx2.URL) -> httpx2.URL:
    """User and password are a header by now."""
    return url.copy_with(userinfo=b"") if url.userinfo else url


def _limits_of(request: httpx2.Request) -> aiohttp.ClientTimeout:
    given = request.extensions.get("timeout", {})
    return aiohttp.ClientTimeout(
        connect=given.get("pool"), sock_connect=given.get("connect"), sock_read=given.get("read")
    )


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except TimeoutError as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except aiohttp.ClientError as error:
        raise httpx2.NetworkError(str(error)) from error
