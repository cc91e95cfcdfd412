"""Every chat platform there is: the only list of them."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from redis.asyncio import Redis

from bot.commands import CommandTable
from domain.conversations.ports import ChatGateway
from domain.core.settings import Settings

Make = Callable[[Settings, Redis], ChatGateway | None]
"""How a worker reaches a platform; None where it is not configured."""

Listen = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Takes messages from a platform until the event is set."""


def _console(settings: Settings, redis: Redis) -> ChatGateway:
    from bot.console.relay import RelayGateway  # each platform's library is loaded only where it is used

    return RelayGateway(redis)


PLATFORMS: Mapping[str, Make] = {
    "console": _console,
}


LISTENERS: Mapping[str, Callable[[Settings], Listen | None]] = {}
"""How messages arrive, where a process of its own takes them; None where the platform is not configured. The
console is not among them: its terminal does that."""


def listeners(settings: Settings) -> dict[str, Listen]:
    """How each configured platform is listened to, by platform."""
    made = ((platform, make(settings)) for platform, make in LISTENERS.items())
    return {platform: listen for platform, listen in made if listen is not None}


def gateways(settings: Settings, redis: Redis) -> dict[str, ChatGateway]:
    """The gateways of a worker process, by platform; those that are not configured are left out."""
    made = ((platform, make(settings, redis)) for platform, make in PLATFORMS.items())
    return {platform: gateway for platform, gateway in made if gateway is not None}


def commands(settings: Settings) -> CommandTable:
    """The commands people can type, the same on every platform."""
    return CommandTable(settings)
