"""The one HTTP client through which everything a person or a model names is fetched."""

import asyncio
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import httpcore
import httpx

from domain.core.errors import Invalid, Refused, Unavailable
from domain.core.settings import Settings
from domain.core.web.answer import AnswerLost, Fetched, content_type_of
from domain.core.web.body import ACCEPTED_ENCODINGS, read
from domain.core.web.connect import GuardedBackend
from domain.core.web.guard import Guard, Resolver, resolve
from domain.core.web.headers import sendable
from domain.core.web.urls import host_and_port, parse, shortened

__all__ = ["GuardedClient"]

DEFAULT_LIMIT = 5 * 1024 * 1024
_CONNECT_SECONDS = 10.0
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT_ACROSS_ORIGINS = ("accept", "accept-language", "user-agent")


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: httpx.URL
    headers: dict[str, str]
    content: bytes | None


class _Sending:
    """Whether a request had begun to leave, which decides what its failure means."""

    def __init__(self) -> None:
        self.begun = False

    async def trace(self, event: str, _: Mapping[str, Any]) -> None:
        """A listener for httpcore's ``trace`` extension."""
        if event == "http11.send_request_headers.started":
            self.begun = True


class GuardedClient:
    """Fetches from the public internet only.

    Each request has a connection of its own: its host is resolved and judged at that moment, nothing (no
    cookie, no proxy from the environment, no half-closed connection) is carried from one fetch to another,
    and there is nothing to close. ``httpcore`` is used directly because httpx offers no public way to say
    which address is connected to; URLs and headers are httpx's.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        resolver: Resolver = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
        certificates: ssl.SSLContext | None = None,
        allow: Iterable[str] = (),
    ) -> None:
        """``allow``: ``host:port`` pairs in addition to ``settings.fetch_allow``; the rest are the doubles of tests."""
        self._settings = settings
        self._resolver = resolver
        self._network = network
        self._certificates = certificates
        self._guard = Guard(settings, resolver, allow)
        self._backend = GuardedBackend(self._guard, network)

    def allowing(self, *pairs: str) -> "GuardedClient":
        """A client that may reach these ``host:port`` pairs too, because an administrator configured them."""
        return GuardedClient(
            self._settings,
            resolver=self._resolver,
            network=self._network,
            certificates=self._certificates,
            allow=pairs,
        )

    async def check(self, url: str) -> None:
        """Whether a fetch would go there now; nothing is connected to, and the fetch itself judges anew.

        Raises:
            Invalid: it is no web address.
            Refused: the address is not public.
            Unavailable: the host was not found.
        """
        host, port = host_and_port(parse(url))
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._guard.addresses(host, port)
        except TimeoutError as error:
            raise Unavailable(f"The host {host} was not found in time.", remedy="Check the address.") from error

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        limit: int = DEFAULT_LIMIT,
        timeout: float = 30.0,
        redirects: int = 5,
    ) -> Fetched:
        """One answer of whatever status; ``Fetched.checked`` turns failures into errors.

        ``limit`` is the most bytes kept of the body, ``timeout`` the seconds for everything together.
        ``redirects`` are followed, each judged anew, without the caller's own headers on another origin; with 0
        the redirect itself is returned.

        Raises:
            Invalid: the URL, a header or the method cannot be sent as written; too many redirects.
            Refused: the address is not public, or a redirect would carry the body elsewhere.
            Unavailable: the host was not found or not reached, or the time ran out before anything was sent.
            AnswerLost: the request was sent and the answer did not arrive whole.
        """
        request = _Request(_method(method), parse(url), sendable(headers or {}), content)
        sending = _Sending()
        try:
            async with asyncio.timeout(timeout):
                return await self._follow(request, limit, redirects, sending)
        except TimeoutError as error:
            raise _failure(url, f"did not answer within {timeout:g} seconds", sending) from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _failure(url, _what_happened(error), sending) from error

    async def _follow(self, request: _Request, limit: int, redirects: int, sending: _Sending) -> Fetched:
        for followed in range(redirects + 1):
            answer = await self._exchange(request, limit, sending)
            target = _target(request.url, answer) if redirects else None
            if target is None:
                return answer
            if followed < redirects:
                request = _redirected(request, answer.status, target)
        raise Invalid(f"{shortened(str(request.url))} redirects more than {redirects} times, so it is not followed.")

    async def _exchange(self, request: _Request, limit: int, sending: _Sending) -> Fetched:
        host, port = host_and_port(request.url)
        headers = {
            "host": request.url.netloc.decode("ascii"),
            "user-agent": "Legwork",
            "accept": "*/*",
            **request.headers,
            "accept-encoding": ACCEPTED_ENCODINGS,
            "connection": "close",
        }
        url = httpcore.URL(scheme=request.url.scheme, host=host, port=port, target=request.url.raw_path)
        pool = httpcore.AsyncConnectionPool(
            ssl_context=self._certificates or _system_certificates(), network_backend=self._backend
        )
        async with (
            pool,
            pool.stream(
                request.method,
                url,
                headers=[(name.encode("ascii"), value.encode()) for name, value in headers.items()],
                content=request.content,
                extensions={"trace": sending.trace, "timeout": {"connect": _CONNECT_SECONDS}},
            ) as response,
        ):
            answered = httpx.Headers(response.headers)
            encoding = answered.get("content-encoding", "")
            content, truncated = await read(response.aiter_stream(), encoding, limit)
        return Fetched(
            url=str(request.url),
            status=response.status,
            headers=answered,
            content=content,
            content_type=content_type_of(answered, content),
            truncated=truncated,
        )


@cache
def _system_certificates() -> ssl.SSLContext:
    """Loaded once, on first use: it takes tens of milliseconds. Honours SSL_CERT_FILE, which an operator sets."""
    return httpx.create_ssl_context()


def _method(written: str) -> str:
    method = written.strip().upper()
    if method not in _METHODS:
        raise Invalid(f"“{written[:40]}” is no request method.", remedy=f"Use one of {', '.join(_METHODS)}.")
    return method


def _target(url: httpx.URL, answer: Fetched) -> httpx.URL | None:
    """Where an answer redirects to, checked like any other URL; None when it is no redirect."""
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        joined = str(url.join(location))
    except httpx.InvalidURL as error:
        raise Invalid(f"{shortened(str(url))} redirects to something that is no web address.") from error
    return parse(joined)


def _redirected(request: _Request, status: int, target: httpx.URL) -> _Request:
    """The next request, by RFC 9110, section 15.4: 303 asks for a GET; 301 and 302 turn a POST into one."""
    same_origin = (request.url.scheme, host_and_port(request.url)) == (target.scheme, host_and_port(target))
    headers = request.headers
    if not same_origin:
        headers = {name: value for name, value in headers.items() if name in _KEPT_ACROSS_ORIGINS}
    becomes_get = request.method != "HEAD" and (
        status == HTTPStatus.SEE_OTHER or (status in (301, 302) and request.method == "POST")
    )
    if becomes_get:
        headers = {name: value for name, value in headers.items() if not name.startswith("content-")}
        return _Request("GET", target, headers, None)
    if request.content is not None and not same_origin:
        raise Refused(f"{request.url.host} redirects what is sent to {target.host}, so it is not followed.")
    return _Request(request.method, target, headers, request.content)


def _what_happened(error: Exception) -> str:
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return "has no valid certificate or speaks no TLS"
    if isinstance(error, httpcore.TimeoutException):
        return "cannot be reached in time"
    if isinstance(error, httpcore.ConnectError):
        return "cannot be reached"
    return "broke off before it had answered"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to an error: the TLS library's own lies under those of anyio and httpcore."""
    cause = error.__cause__ or error.__context__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _failure(url: str, what: str, sending: _Sending) -> Unavailable:
    sentence = f"{shortened(url)} {what}."
    return AnswerLost(sentence) if sending.begun else Unavailable(sentence, remedy="Check the address or try later.")
