"""``/l/<token>``: the page of what opens something once. GET and HEAD show what it is for and use up nothing, so that
a preview, a virus scanner or a restored tab may look as often as it likes; POST uses it up, and is taken from no page
of another site.

What a POST does is said by the link's purpose (see ``purposes.py``). Neither the token nor its path is logged.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.http import sessions as browser
from bot.http.pages import HEADERS, NOT_OURS, Form, Page, or_not_now, shown
from domain.audit import Actor, record
from domain.core.db import Database, Session
from domain.core.errors import LegworkError, Refused
from domain.core.failpoints import reach
from domain.core.tokens import LONGEST, hash_of
from domain.identity import magic_links
from domain.identity.magic_links import MagicLink
from domain.identity.sessions import WebSession
from domain.orgs.access import Denied

__all__ = ["Purpose", "routes"]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What links of one purpose show, and do.

    ``told`` is asked for the page before it is used; its form's button says what pressing it does. ``done`` carries it
    out in the transaction that uses the link up, and may raise a LegworkError, which undoes both: the sentence is
    shown, and the link stays good. ``proved``: it is done as whom the browser is signed in, so that the form carries
    the proof of having come from this browser's page.
    """

    told: Callable[[Session, MagicLink, Request], Awaitable[Page]]
    button: str
    done: Callable[[Session, MagicLink, Request], Awaitable[Response]]
    proved: bool = False


_OVER = Page(
    "This link opens nothing",
    (
        "It is mistyped, was used before, or has run out: such links are good for a few minutes and for one use. "
        "Ask for another where you got this one.",
    ),
    status=404,
)
"""One page for all that is not good: it tells nobody which tokens there were."""


def routes(database: Database, purposes: Mapping[str, Purpose]) -> list[Route]:
    """The page of every link; ``purposes`` by their names."""

    async def show(request: Request) -> Response:
        async with database.system("a link is found before anybody knows whose it is") as session:
            link = await magic_links.find(session, _hash(request))
            purpose = purposes.get(link.purpose) if link is not None and link.good else None
            if link is None or purpose is None:
                return shown(_OVER)
            page = await purpose.told(session, link, request)
        form = Form(purpose.button, fields=(browser.proof(request),) if purpose.proved else ())
        return shown(Page(page.title, page.paragraphs, page.listed, (*page.forms, form)))

    async def use(request: Request) -> Response:
        if browser.is_from_elsewhere(request):
            return shown(NOT_OURS)
        ours = await browser.is_ours(request)  # it is read to its end before a transaction begins
        own: WebSession | None = None
        try:
            async with database.system("a link is found before anybody knows whose it is") as session:
                own = await browser.signed_in(session, request)
                link = await magic_links.take(session, _hash(request), purposes)
                if link is None:
                    return shown(_OVER)
                purpose = purposes[link.purpose]
                if purpose.proved and not ours:
                    raise Refused(f"{NOT_OURS.title}.", remedy=NOT_OURS.paragraphs[0])
                answer = await purpose.done(session, link, request)
                reach("link.using")
            reach("link.used")
            return answer
        except LegworkError as error:
            if isinstance(error, Denied) and own is not None:
                await _note_refusal(database, own, error)
            said = (error.sentence, error.remedy) if error.remedy else (error.sentence,)
            return shown(Page("That could not be done", said, status=409))

    async def answer(request: Request) -> Response:
        response = await (use if request.method == "POST" else show)(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return [Route(f"{magic_links.PATH}{{token}}", or_not_now(answer), methods=["GET", "HEAD", "POST"])]


async def _note_refusal(database: Database, own: WebSession, denied: Denied) -> None:
    """Write down that somebody was refused, where nothing undoes it: what was done with the link is undone."""
    async with database.system("what is refused is written down where the link leads") as session:
        record(
            session,
            denied.action or "links.use",
            org_id=denied.org_id,
            actor=Actor("person", own.user_id),
            resource=denied.resource,
            outcome="refused",
            permission=denied.permission,
            details={"reason": denied.reason},
        )


def _hash(request: Request) -> bytes:
    return hash_of(str(request.path_params["token"])[: LONGEST + 1])
