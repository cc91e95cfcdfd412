"""A browser that is signed in: its cookie, and the token that proves that a form came from a page of ours."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from bot.http.delivery import body
from bot.http.pages import Field
from domain.core.db import Session
from domain.core.tokens import hash_of, same
from domain.identity import sessions
from domain.identity.sessions import WebSession

__all__ = ["end", "is_from_elsewhere", "is_ours", "proof", "sign_in", "signed_in"]

_COOKIE = "__Host-legwork"
"""The prefix has browsers take it from this host alone, over TLS, for the whole of it."""

_PROOF = "proof"
_LONGEST_FORM = 16_384
"""Bytes."""


def sign_in(response: Response, token: str) -> None:
    """Have the browser hold the session from now on."""
    response.set_cookie(
        _COOKIE,
        token,
        max_age=int(sessions.LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


async def signed_in(session: Session, request: Request) -> WebSession | None:
    """Who asks; None: nobody who is signed in, or no longer."""
    token = request.cookies.get(_COOKIE)
    return await sessions.find(session, token) if token else None


async def end(session: Session, request: Request, response: Response) -> None:
    """Sign this browser out."""
    await sessions.end(session, request.cookies.get(_COOKIE, ""))
    response.delete_cookie(_COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def proof(request: Request) -> Field:
    """What each form of this browser's carries along."""
    return Field(_PROOF, _proof(request))


def is_from_elsewhere(request: Request) -> bool:
    """Whether the browser says that another site's page had it ask. Its ``Origin`` does not tell: our own pages, which
    say to nobody where one came from, have ``null`` sent there. Who sends no such header is no browser of these years.
    """
    return request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


async def is_ours(request: Request) -> bool:
    """Whether the form that was sent came from a page that was made for this browser."""
    sent = await body(request, _LONGEST_FORM)
    given = parse_qs((sent or b"").decode(errors="replace")).get(_PROOF, [""])[-1]
    return same(hash_of(given), hash_of(_proof(request)))


def _proof(request: Request) -> str:
    """It follows from the cookie, which no other site can read, and does not give it away."""
    return hash_of(f"proof of {request.cookies.get(_COOKIE, '')}").hex()
