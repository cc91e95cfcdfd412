"""Every chat platform there is: the only list of them."""

from collections.abc import Callable, Mapping

from redis.asyncio import Redis

from bot.commands import CommandTable
from domain.conversations.ports import ChatGateway
from domain.core.settings import Settings

Make = Callable[[Settings, Redis], ChatGateway | None]
"""How a worker reaches a platform; None where it is not configured."""


def _console(settings: Settings, redis: Redis) -> ChatGateway:
    from bot.console.relay import RelayGateway  # each platform's library is loaded only where it is used

    return RelayGateway(redis)


PLATFORMS: Mapping[str, Make] = {
    "console": _console,
}


def gateways(settings: Settings, redis: Redis) -> dict[str, ChatGateway]:
    """The gateways of a worker process, by platform; those that are not configured are left out."""
    made = ((platform, make(settings, redis)) for platform, make in PLATFORMS.items())
    return {platform: gateway for platform, gateway in made if gateway is not None}


def commands(settings: Settings) -> CommandTable:
    """The commands people can type, the same on every platform."""
    return CommandTable(settings)
