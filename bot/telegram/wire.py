"""The library's HTTP client, with a shorter way for what most calls are: JSON both ways.

That way is aiohttp's, whose parser is C: a call takes a fifth of what it takes through httpx. What carries files, or
has to pass a proxy, goes as it does in the library. Errors are those that the library raises there.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import aiohttp
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from domain.core.proxies import behind_proxy

IDLE_SECONDS = 5.0
"""For which a connection is kept, as httpx does."""


class Wire(HTTPXRequest):
    """``connection_pool_size`` counts for either way."""

    def __init__(self, connection_pool_size: int, **limits: Any) -> None:
        super().__init__(connection_pool_size, **limits)
        self._most = connection_pool_size
        self._session: aiohttp.ClientSession | None = None
        self._proxied: bool | None = None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """The status and the body. Raises TimedOut, NetworkError: each from an error of httpx that says more."""
        if self._proxied is None:  # all calls are to one server
            address = httpx.URL(url)
            self._proxied = behind_proxy(address.scheme, address.host)
        if self._proxied or (request_data is not None and request_data.multipart_data):
            return await super().do_request(url, method, request_data, *args, **kwargs)
        headers, payload = {"User-Agent": self.USER_AGENT}, None
        if request_data is not None:
            headers["Content-Type"], payload = "application/json", request_data.json_payload
        with _told():
            answer = await self._connected().request(
                method,
                url,
                headers=headers,
                data=payload,
                allow_redirects=False,
                timeout=self._limits(*args, **kwargs),
            )
            return answer.status, await answer.read()

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
        await super().shutdown()

    def _limits(
        self,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> aiohttp.ClientTimeout:
        own = self._client.timeout

        def given(value: Any, otherwise: float | None) -> float | None:
            return otherwise if value is BaseRequest.DEFAULT_NONE else value

        return aiohttp.ClientTimeout(
            connect=given(pool_timeout, own.pool),
            sock_connect=given(connect_timeout, own.connect),
            sock_read=given(read_timeout, own.read),
        )

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:  # here there is a loop
            connector = aiohttp.TCPConnector(
                limit=self._most, keepalive_timeout=IDLE_SECONDS, ssl=httpx.create_ssl_context()
            )
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


@contextmanager
def _told() -> Generator[None]:
    """Each error stands for one of httpx, by which ``failures`` tells what can have been carried out."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        raise TimedOut from httpx.ConnectTimeout(str(error))
    except TimeoutError as error:
        raise TimedOut from httpx.ReadTimeout(str(error))
    except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
        raise NetworkError(f"{type(error).__name__}: {error}") from httpx.ConnectError(str(error))
    except aiohttp.ClientError as error:
        raise NetworkError(f"{type(error).__name__}: {error}") from httpx.ReadError(str(error))
