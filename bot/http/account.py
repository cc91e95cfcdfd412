"""``/account``: what a browser that is signed in is shown of its person, and may end."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.commands.pages import moment
from bot.http import sessions as browser
from bot.http.one_time import Purpose
from bot.http.pages import NOT_OURS, Answer, Form, Page, or_not_now, shown
from domain.conversations.private import say_to_every_account
from domain.conversations.said import Note
from domain.core.clock import zone_of
from domain.core.db import Database, Session
from domain.identity import linking, repository, sessions
from domain.identity.magic_links import MagicLink
from domain.identity.sessions import WebSession
from domain.personal.repository import timezone_of

__all__ = ["PURPOSE", "routes"]

PATH = "/account"

_NOT_SIGNED_IN = Page(
    "You are not signed in",
    ("Write “/link start” to me in a private chat, and open the page that you are given.",),
    status=401,
)

_SIGNED_IN = Note(
    text="A browser was signed in as you just now. If that was not you, `/profile sessions end all` signs it out."
)

_Act = Callable[[Session, Request, WebSession], Awaitable[Response]]


async def _told(session: Session, link: MagicLink, request: Request) -> Page:
    assert link.user_id is not None  # such a link is always somebody's
    return Page(
        f"Sign in as {await _name(session, link)}",
        (
            "This browser is then signed in for twelve hours, and the code beside this link opens nothing any more. To "
            "link an account of yours, leave this page, and write the code to me there.",
            "Did somebody else send you here? Then close this page.",
        ),
    )


async def _done(session: Session, link: MagicLink, request: Request) -> Response:
    assert link.user_id is not None
    name = request.headers.get("user-agent", "a browser")
    token = await sessions.begin(session, link.user_id, name)
    await say_to_every_account(session, link.user_id, _SIGNED_IN, key=f"signed-in:{link.id}")
    response = RedirectResponse(PATH, status_code=303)
    browser.sign_in(response, token)
    return response


async def _name(session: Session, of: MagicLink | WebSession) -> str:
    name = await repository.name_of(session, of.user_id) if of.user_id is not None else None
    return name or "somebody without a name"


PURPOSE = Purpose(_told, "Sign in", _done)
"""A link that was made to link accounts signs in whoever asked for it."""


def routes(database: Database) -> list[Route]:
    """All of it needs a browser that is signed in, and each form its proof."""

    async def show(request: Request) -> Response:
        async with database.system("a browser is signed in as a person, in no organization") as session:
            own = await browser.signed_in(session, request)
            return shown(await _page(session, request, own) if own is not None else _NOT_SIGNED_IN)

    def form(act: _Act) -> Answer:
        async def answer(request: Request) -> Response:
            if not await browser.is_ours(request):
                return shown(NOT_OURS)
            async with database.system("a browser is signed in as a person, in no organization") as session:
                own = await browser.signed_in(session, request)
                return await act(session, request, own) if own is not None else shown(_NOT_SIGNED_IN)

        return or_not_now(answer)

    return [
        Route(PATH, or_not_now(show), methods=["GET"]),
        Route(f"{PATH}/sign-out", form(_sign_out), methods=["POST"]),
        Route(f"{PATH}/sign-out-everywhere", form(_sign_out_everywhere), methods=["POST"]),
    ]


async def _sign_out(session: Session, request: Request, own: WebSession) -> Response:
    response = shown(Page("You are signed out"))
    await browser.end(session, request, response)
    return response


async def _sign_out_everywhere(session: Session, request: Request, own: WebSession) -> Response:
    ended = await sessions.end_all(session, await repository.ids_of(session, own.user_id))
    response = shown(Page("You are signed out", (f"{ended} browser{'s' if ended != 1 else ''} in all.",)))
    await browser.end(session, request, response)
    return response


async def _page(session: Session, request: Request, own: WebSession) -> Page:
    accounts = await linking.accounts(session, own.user_id)
    signed_in = await sessions.open_of(session, await repository.ids_of(session, own.user_id))
    zone = zone_of(await timezone_of(session, own.user_id))
    return Page(
        await _name(session, own),
        ("Your accounts, and the browsers that are signed in as you.",),
        (
            *((one.platform.title(), f"{one.name or '-'} ({one.platform_user_id})") for one in accounts),
            *(
                (f"since {moment(one.created_at, zone)}", f"{one.browser}{' (this one)' if one.id == own.id else ''}")
                for one in signed_in
            ),
        ),
        (
            Form("Sign out", f"{PATH}/sign-out", (browser.proof(request),)),
            Form("Sign out everywhere", f"{PATH}/sign-out-everywhere", (browser.proof(request),)),
        ),
    )
