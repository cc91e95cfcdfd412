"""``/slack/install`` and ``/slack/oauth``: a workspace installs the app by itself.

The first sends a browser to Slack, where a person allows the app; with the second it comes back, with a code that is
good for a token. Who comes back has to be the browser that was sent: see ``domain.connectors.states``.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.edge import Edge
from bot.http.pages import HEADERS, Page, shown
from bot.http.promptly import WAITED_FOR
from bot.slack.arrive import Arrivals
from bot.slack.oauth import INSTALL, OAUTH, OAuth
from domain.connectors.states import LASTS, States
from domain.core.clock import SystemClock
from domain.core.db import AWAY
from domain.core.errors import LegworkError, Misconfigured
from domain.core.logging import logger

log = logger(__name__)

COOKIE = "__Host-legwork-slack"
"""The prefix has browsers keep it for this host alone, and send it over HTTPS alone."""
_LONGEST_CODE = 1_000

_STRANGE = Page(
    "That does not fit",
    (
        "This browser was not sent to Slack by Legwork within the last ten minutes, or has come back before. "
        f"Nothing was installed. Begin again at {INSTALL}.",
    ),
    status=400,
)
_DENIED = Page("Not installed", (f"Nobody allowed it in Slack, so nothing was installed. Begin again at {INSTALL}.",))


def routes(edge: Edge) -> Sequence[Route]:
    """The two of them. Raises Misconfigured where nobody could come back from Slack."""
    address = edge.settings.public_url
    if address is None:
        raise Misconfigured(
            "Slack sends whoever has installed the app to an address of Legwork, and none is known.",
            remedy="Set LEGWORK_PUBLIC_URL to the public address of this service, such as https://legwork.example.com.",
        )
    oauth = OAuth(edge.settings, SystemClock())
    edge.closing.append(oauth.close)
    pages = Pages(oauth, States(edge.database), Arrivals(edge), str(address))
    return [
        Route(INSTALL, pages.leave, name=WAITED_FOR),
        Route(OAUTH, pages.come_back, name=WAITED_FOR),
    ]


class Pages:
    """What a browser is answered."""

    def __init__(self, oauth: OAuth, states: States, arrivals: Arrivals, public_url: str) -> None:
        self._oauth = oauth
        self._states = states
        self._arrivals = arrivals
        self._public_url = public_url

    async def leave(self, request: Request) -> Response:
        """To Slack; whoever only looks whether there is something is sent nowhere."""
        if request.method == "HEAD":
            return Response(headers=HEADERS)
        try:
            state = await self._states.begin()
        except AWAY:
            return shown(_away())
        response = RedirectResponse(self._oauth.address(state.sent, self._public_url), 302, headers=HEADERS)
        response.set_cookie(
            COOKIE,
            state.kept,
            max_age=int(LASTS.total_seconds()),
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return response

    async def come_back(self, request: Request) -> Response:
        """From Slack, with a code or a refusal."""
        if request.method == "HEAD":
            return Response(headers=HEADERS)
        response = await self._answered(request)
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
        return response

    async def _answered(self, request: Request) -> Response:
        given, kept = request.query_params, request.cookies.get(COOKIE, "")
        try:
            if not await self._states.take(given.get("state", ""), kept):
                return shown(_STRANGE)
            code = given.get("code", "")
            if not 0 < len(code) <= _LONGEST_CODE:
                return shown(_DENIED)
            arrived = await self._arrivals.take(await self._oauth.granted(code, self._public_url))
        except LegworkError as error:
            log.warning("a Slack workspace could not be installed", error=str(error))
            said = (error.sentence, *((error.remedy,) if error.remedy else ()), "Nothing was installed.")
            return shown(Page("Not installed", said, status=409))
        except AWAY as error:
            log.error("a Slack workspace could not be installed", error=type(error).__name__)
            return shown(_away())
        return shown(arrived)


def _away() -> Page:
    return Page("Not now", (f"The database does not answer. Begin again at {INSTALL} in a moment.",), status=503)
