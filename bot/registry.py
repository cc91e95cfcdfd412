"""Every chat platform there is: the only list of them."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from redis.asyncio import Redis

from bot.commands import CommandTable
from bot.edge import Edge
from bot.screens import Screens
from domain.conversations.ports import ChatGateway
from domain.core.crypto.keyring import Keyring
from domain.core.db import Database
from domain.core.errors import Misconfigured
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.core.storage import Storage
from domain.health import Check
from domain.tools.registry import Registry

if TYPE_CHECKING:  # a worker needs no web framework
    from starlette.routing import BaseRoute

log = logger(__name__)

T = TypeVar("T")

Make = Callable[[Edge], ChatGateway | None]
"""How a worker reaches a platform; None where it is not configured."""

Listen = Callable[[Edge, asyncio.Event], Coroutine[Any, Any, None]]
"""Takes messages from a platform until the event is set."""

Routes = Callable[[Edge], "Sequence[BaseRoute]"]
"""Where a platform delivers its events over HTTP."""


def _console(edge: Edge) -> ChatGateway:
    from bot.console.relay import RelayGateway  # each platform's library is loaded only where it is used

    return RelayGateway(edge.redis)


def _slack(edge: Edge) -> ChatGateway | None:
    if not edge.settings.has_slack:
        return None
    from bot.slack.gateways import open_gateway

    return open_gateway(edge)


def _slack_listener(settings: Settings) -> Listen | None:
    if not settings.has_slack or settings.slack_app_token is None:
        return None
    from bot.slack.listen import listen

    return listen


def _slack_routes(settings: Settings) -> Routes | None:
    if not settings.has_slack or settings.slack_app_token is not None:
        return None
    from bot.slack import http

    return http.routes


def _slack_install(settings: Settings) -> Routes | None:
    if not settings.installs_slack:
        return None
    from bot.slack import install

    return install.routes


def _telegram(edge: Edge) -> ChatGateway | None:
    if edge.settings.telegram_bot_token is None:
        return None
    from bot.telegram.gateway import open_gateway

    return open_gateway(edge)


def _telegram_listener(settings: Settings) -> Listen | None:
    if settings.telegram_bot_token is None:
        return None
    from bot.telegram.listen import listen

    return listen


def _telegram_routes(settings: Settings) -> Routes | None:
    if settings.telegram_bot_token is None or settings.telegram_webhook_url is None:
        return None
    from bot.telegram import webhook

    return webhook.routes


def _slack_checks(settings: Settings) -> list[Check]:
    given = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    if not any((*given, settings.slack_client_id, settings.slack_client_secret)):
        return []
    from bot.slack import health

    return health.checks(settings)


def _telegram_checks(settings: Settings) -> list[Check]:
    if not (settings.telegram_bot_token or settings.telegram_webhook_url or settings.telegram_webhook_secret):
        return []
    from bot.telegram import health

    return health.checks(settings)


PLATFORMS: Mapping[str, Make] = {
    "console": _console,
    "slack": _slack,
    "telegram": _telegram,
}


LISTENERS: Mapping[str, Callable[[Settings], Listen | None]] = {
    "slack": _slack_listener,
    "telegram": _telegram_listener,
}
"""How messages arrive, where a process of its own takes them; None where the platform is not configured. The
console is not among them: its terminal does that."""


ROUTES: Mapping[str, Callable[[Settings], Routes | None]] = {
    "slack": _slack_routes,
    "slack installation": _slack_install,
    "telegram": _telegram_routes,
}
"""The same for platforms that deliver their events over HTTP, and the pages at which one is installed."""


CHECKS: Mapping[str, Callable[[Settings], list[Check]]] = {
    "slack": _slack_checks,
    "telegram": _telegram_checks,
}
"""What ``legwork doctor`` looks at; nothing where a platform has no setting at all."""


def listeners(settings: Settings) -> dict[str, Listen]:
    """How each configured platform is listened to, by platform."""
    made = ((platform, make(settings)) for platform, make in LISTENERS.items())
    return {platform: listen for platform, listen in made if listen is not None}


def routes(settings: Settings) -> list[Routes]:
    """What the web process serves for the configured platforms; nothing for one whose settings are unfit."""
    made = ((platform, make(settings)) for platform, make in ROUTES.items())
    return [partial(_unless_unfit, platform, serve, ()) for platform, serve in made if serve is not None]


def checks(settings: Settings) -> list[Check]:
    """What is to be looked at on the configured platforms."""
    return [check for make in CHECKS.values() for check in make(settings)]


def stored_checks(settings: Settings, database: Database) -> list[Check]:
    """What is to be looked at of the configured platforms in the database."""
    if not settings.installs_slack:
        return []
    from bot.slack import health

    return [Check("slack workspaces", partial(health.installations, database))]


def gateways(
    settings: Settings, database: Database, storage: Storage, redis: Redis, keyring: Keyring
) -> dict[str, ChatGateway]:
    """The gateways of a worker process, by platform; those that are not configured, or not fit to be used, are
    left out."""
    edge = Edge(settings, database, storage, redis, keyring)
    made = ((platform, _unless_unfit(platform, make, None, edge)) for platform, make in PLATFORMS.items())
    return {platform: gateway for platform, gateway in made if gateway is not None}


def _unless_unfit(platform: str, make: Callable[[Edge], T], otherwise: T, edge: Edge) -> T:
    """What is made; ``otherwise`` where the platform's settings are unfit. The others go on, so that is only said."""
    try:
        return make(edge)
    except Misconfigured as error:
        log.error("a chat platform is off until its settings are corrected", platform=platform, error=str(error))
        return otherwise


def commands(settings: Settings, tools: Registry) -> CommandTable:
    """The commands people can type, the same on every platform."""
    return CommandTable(settings, tools)


def screens() -> Screens:
    """What has room on each platform's screens."""
    return Screens()
