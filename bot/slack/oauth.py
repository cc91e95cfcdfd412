"""Slack's OAuth: where a person allows the app, and what a code or a refresh token is exchanged for.

https://docs.slack.dev/authentication/installing-with-oauth, .../using-token-rotation
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin

from slack_sdk.oauth import AuthorizeUrlGenerator

from bot.slack.scopes import SCOPES
from bot.slack.shapes import Json, mapping, name, string
from bot.slack.web import Web
from domain.connectors.service import Grant, Tokens
from domain.core.clock import Clock
from domain.core.errors import Ambiguous, Misconfigured, Refused
from domain.core.settings import Settings

INSTALL = "/slack/install"
"""Where whoever wants to install the app begins."""
OAUTH = "/slack/oauth"
"""Where Slack sends whoever has allowed the app."""

_SKEWED = timedelta(days=1)
"""A clock of Slack's that is further from ours is none."""
_CLIENT = frozenset({"bad_client_secret", "invalid_client_id", "oauth_authorization_url_mismatch"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What was granted, and the id of the person who did so."""

    grant: Grant
    person: str


class OAuth:
    """Asks as the app. Give it up with ``close``."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Raises Misconfigured without the app's client id and secret."""
        if settings.slack_client_id is None or settings.slack_client_secret is None:
            raise Misconfigured(
                "Slack's tokens cannot be asked for.",
                remedy="Set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, from Basic Information at api.slack.com/apps.",
            )
        self._client = settings.slack_client_id
        self._secret = settings.slack_client_secret
        self._base = settings.slack_api_base_url
        self._web = Web("", self._base)
        self._clock = clock

    def address(self, state: str, public_url: str) -> str:
        """Where a person is asked whether they allow the app."""
        return AuthorizeUrlGenerator(
            client_id=self._client,
            scopes=SCOPES,
            redirect_uri=quote(_redirect(public_url), safe=""),
            authorization_url=urljoin(self._base, "/oauth/v2/authorize"),
        ).generate(state)

    async def granted(self, code: str, public_url: str) -> Allowed:
        """What a code is good for, once. Raises Refused where it is not, and as ``Web.call`` does."""
        data, headers = await self._ask(code=code, redirect_uri=_redirect(public_url))
        if data.get("is_enterprise_install") is True:
            raise Refused(
                "An installation for a whole Enterprise organization is not supported.",
                remedy="Install Legwork in one of its workspaces.",
                code="enterprise_install",
            )
        team, person = mapping(data.get("team")), name(mapping(data.get("authed_user")).get("id"))
        workspace, bot = name(team.get("id")), name(data.get("bot_user_id"))
        if workspace is None or bot is None or person is None:
            raise Ambiguous("Slack does not say where the app was installed.", code="unreadable")
        grant = Grant(
            team=workspace,
            team_name=string(team.get("name")) or workspace,
            enterprise=name(mapping(data.get("enterprise")).get("id")),
            app=string(data.get("app_id")),
            bot=bot,
            scopes=string(data.get("scope")),
            tokens=_tokens(data),
            granted_at=_moment(headers, self._clock.now()),
        )
        return Allowed(grant, person)

    async def next_tokens(self, refresh_token: str) -> Tokens:
        """The tokens that follow. Raises Refused where the refresh token was used before, and as ``Web.call`` does."""
        data, _ = await self._ask(grant_type="refresh_token", refresh_token=refresh_token)
        return _tokens(data)

    async def close(self) -> None:
        await self._web.close()

    async def _ask(self, **given: str) -> tuple[Json, Mapping[str, str]]:
        try:
            answer = await self._web.exchange(
                client_id=self._client, client_secret=self._secret.get_secret_value(), **given
            )
        except Refused as error:
            if error.reason in _CLIENT:
                raise Misconfigured(
                    f"Slack does not know the app ({error.reason}).",
                    remedy="Correct SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, from Basic Information at "
                    "api.slack.com/apps.",
                ) from error
            raise
        return answer.data, answer.headers


def _redirect(public_url: str) -> str:
    return f"{public_url.rstrip('/')}{OAUTH}"


def _tokens(data: Json) -> Tokens:
    token, refresh, lasts = string(data.get("access_token")), string(data.get("refresh_token")), data.get("expires_in")
    if not token or data.get("token_type") not in ("bot", None):
        raise Ambiguous("Slack has sent no bot token.", code="unreadable")
    if not isinstance(lasts, int) or not refresh:
        return Tokens(token)
    return Tokens(token, refresh, timedelta(seconds=lasts))


def _moment(headers: Mapping[str, str], now: datetime) -> datetime:
    """Slack's own clock, whose events are compared with it; ours where it does not say."""
    try:
        said = parsedate_to_datetime(headers.get("Date", headers.get("date", ""))).astimezone(UTC)
    except (TypeError, ValueError):
        return now
    return said if abs(said - now) < _SKEWED else now
