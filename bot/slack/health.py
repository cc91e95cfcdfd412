"""What ``legwork doctor`` looks at in Slack. No finding holds a token."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from bot.slack.failures import app_token_refused
from bot.slack.oauth import INSTALL
from bot.slack.scopes import SCOPES
from bot.slack.shapes import string
from bot.slack.signature import WINDOW
from bot.slack.web import Answer, Web, app_token, tokens
from domain.connectors import service as connectors
from domain.connectors.service import Stands
from domain.core.clock import Clock, SystemClock
from domain.core.db import AWAY, Database
from domain.core.errors import LegworkError, Misconfigured, Refused, Unavailable
from domain.core.settings import Settings
from domain.health import Check, Finding, error, ok, warning
from domain.health.clock import clock

_SECONDS = 4.0
"""For one question; a check may ask one of each workspace, side by side."""
_UNREACHED = "See whether slack.com can be reached from here, and what SLACK_API_BASE_URL says."
_AGAIN = f"Somebody who may install apps in that workspace has to install it again, at {INSTALL}."
_REINSTALL = (
    "Paste what “legwork manifest slack” prints under App Manifest at api.slack.com/apps, then install the app anew in "
    "that workspace; docs/slack.md shows how."
)


def checks(settings: Settings, here: Clock | None = None) -> list[Check]:
    """What to look at where anything of Slack's is set. ``here`` is this machine's clock."""
    installs = [Check("slack installation", partial(_app, settings))] if _installs(settings) else []
    if not settings.has_slack:
        return [Check("slack", _off), *installs]
    is_over_http = settings.slack_app_token is None
    most = float(WINDOW) if is_over_http else None  # only deliveries over HTTP are signed
    address = settings.slack_api_base_url
    return [
        *([Check("slack", partial(_workspaces, settings))] if settings.slack_bot_token is not None else []),
        *installs,
        Check("slack delivery", partial(_secret if is_over_http else _app_token, settings)),
        Check("slack clock", partial(clock, "slack clock", address, here or SystemClock(), most=most)),
    ]


def _installs(settings: Settings) -> bool:
    return settings.slack_client_id is not None or settings.slack_client_secret is not None


async def _off() -> Sequence[Finding]:
    return [
        warning(
            "slack",
            "Slack is off: it is half configured.",
            "Set SLACK_BOT_TOKEN to the token under Install App, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, or unset "
            "SLACK_APP_TOKEN and SLACK_SIGNING_SECRET.",
        )
    ]


# -- the bot's tokens ---------------------------------------------------------------------------------


async def _workspaces(settings: Settings) -> Sequence[Finding]:
    """Each token with whose it is and what it may do. Raises Misconfigured where there is none."""
    given = tokens(settings)
    names = [f"slack token {place}" for place in range(1, len(given) + 1)] if len(given) > 1 else ["slack"]
    asked = [_asked(token, settings.slack_api_base_url) for token in given]
    answers = await asyncio.gather(*asked)
    found: list[Finding] = []
    teams: dict[str, str] = {}
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, LegworkError):
            found.append(error(name, answer.sentence, _remedy(answer)))
            continue
        team = string(answer.data.get("team_id"))
        if team in teams:
            found.append(_twice(name, teams[team], answer))
            continue
        teams[team] = name
        found.extend(_allowed(name, answer))
    return found


async def _asked(token: str, base_url: str) -> Answer | LegworkError:
    """What auth.test answers: https://docs.slack.dev/reference/methods/auth.test"""
    web = Web(token, base_url)
    try:
        return await web.ask("auth.test", seconds=_SECONDS)
    except LegworkError as failure:
        return failure
    finally:
        await web.close()


def _allowed(name: str, answer: Answer) -> Sequence[Finding]:
    place = _place(answer)
    granted = _scopes(answer.headers)
    if granted is None:
        return [ok(name, f"The bot's token works in {place}; Slack does not say what it may do.")]
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        return [error(name, f"The app in {place} lacks permissions: {', '.join(missing)}.", _REINSTALL)]
    return [ok(name, f"The bot's token works in {place}, and has every permission.")]


def _twice(name: str, other: str, answer: Answer) -> Finding:
    return warning(
        name,
        f"It is of the same workspace as “{other}”, {_place(answer)}.",
        "Leave one token of each workspace in SLACK_BOT_TOKEN.",
    )


def _scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    """What Slack says the token may do, in a header of every answer; None where it does not."""
    given = headers.get("x-oauth-scopes")
    return frozenset(scope.strip() for scope in given.split(",")) if given is not None else None


def _place(answer: Answer) -> str:
    return f"{string(answer.data.get('team')) or 'a workspace'} ({string(answer.data.get('team_id'))})"


# -- installations ------------------------------------------------------------------------------------


async def _app(settings: Settings) -> Sequence[Finding]:
    """Whether workspaces can install the app by themselves. Raises Misconfigured where nobody could come back."""
    if not settings.installs_slack:
        raise Misconfigured(
            "Workspaces cannot install the Slack app: it is half configured.",
            remedy="Set both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, from Basic Information at api.slack.com/apps.",
        )
    address = settings.public_url
    if address is None or address.scheme != "https":
        raise Misconfigured(
            "Slack sends whoever has installed the app to an HTTPS address of Legwork, and none is known.",
            remedy="Set LEGWORK_PUBLIC_URL, such as to https://legwork.example.com.",
        )
    return [ok("slack installation", f"The app is installed at {str(address).rstrip('/')}{INSTALL}.")]


async def installations(database: Database) -> Sequence[Finding]:
    """Each workspace that has installed the app, and how its token stands. Raises Unavailable."""
    try:
        found = [_standing(one) for one in await connectors.standing(database)]
    except AWAY as failure:
        raise Unavailable("Installations cannot be looked at.", remedy="See what is said about Postgres.") from failure
    return found or [ok("slack workspaces", "None has installed the app yet.")]


def _standing(one: Stands) -> Finding:
    name = f"slack {one.team}"
    if one.status != "active":
        return warning(name, f"The installation in {one.team_name} has ended ({one.status}).", _AGAIN)
    if one.left is not None and one.left <= timedelta(0):
        return error(name, f"The token of {one.team_name} has expired.", f"If that stays so: {_AGAIN}")
    missing = [scope for scope in SCOPES if scope not in one.scopes]
    if missing:
        return error(name, f"The app in {one.team_name} lacks permissions: {', '.join(missing)}.", _AGAIN)
    return ok(name, f"Installed in {one.team_name}, with every permission.")


# -- how events arrive --------------------------------------------------------------------------------


async def _app_token(settings: Settings) -> Sequence[Finding]:
    """Ask for a connection and leave it unused: one that was opened would be handed people's messages."""
    web = Web(app_token(settings), settings.slack_api_base_url)
    try:
        await web.call("apps.connections.open", seconds=_SECONDS)
    except Refused as failure:
        raise app_token_refused(failure.reason) from failure
    except LegworkError as failure:
        return [error("slack delivery", failure.sentence, _remedy(failure))]
    finally:
        await web.close()
    return [ok("slack delivery", "The app's token opens connections: Socket Mode.")]


async def _secret(settings: Settings) -> Sequence[Finding]:
    given = settings.slack_signing_secret
    if given is None or not given.get_secret_value().strip():
        raise Misconfigured(
            "Slack has no way to deliver: neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.",
            remedy="Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET from Basic Information for HTTP.",
        )
    return [ok("slack delivery", "The signing secret is set: Slack delivers over HTTP to /slack/events.")]


def _remedy(failure: LegworkError) -> str:
    return failure.remedy or _UNREACHED
