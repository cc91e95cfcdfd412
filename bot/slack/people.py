"""Who somebody is in Slack, and where only they read: looked up once, and never waited for long."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from bot.slack.shapes import mapping, string
from bot.slack.web import Web
from domain.core.errors import LegworkError
from domain.core.logging import logger

log = logger(__name__)

_SECONDS = 1.5
"""An event has to be acknowledged within three."""
_KEPT = 5_000
_ASKED_AT_ONCE = 20
"""Names that are asked for because of one message."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """``person``: somebody, and no app; None where Slack does not say."""

    name: str | None = None
    timezone: str | None = None
    person: bool | None = None


class People:
    """The members of a workspace."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._direct: OrderedDict[str, str] = OrderedDict()
        self._channels: OrderedDict[str, str | None] = OrderedDict()

    async def about(self, person: str) -> Known:
        """Name and time zone; without them where Slack does not say so at once."""
        if person in self._known:
            return self._known[person]
        try:
            user = mapping((await self._web.call("users.info", seconds=_SECONDS, user=person)).get("user"))
        except LegworkError as error:
            log.info("Slack does not say who somebody is", person=person, error=str(error))
            return Known()
        profile = mapping(user.get("profile"))
        called = string(profile.get("display_name")) or string(profile.get("real_name")) or string(user.get("name"))
        known = Known(called or None, string(user.get("tz")) or None, user.get("is_bot") is not True)
        _keep(self._known, person, known)
        return known

    async def names(self, wanted: Iterable[str]) -> dict[str, str]:
        """What people and channels are called, by id, as far as Slack says so at once."""
        some = sorted(wanted)[:_ASKED_AT_ONCE]
        found = await asyncio.gather(*(self._name(one) for one in some))
        return {one: called for one, called in zip(some, found, strict=True) if called is not None}

    async def _name(self, of: str) -> str | None:
        if not of.startswith(("C", "G")):
            return (await self.about(of)).name
        if of not in self._channels:
            try:
                answer = await self._web.call("conversations.info", seconds=_SECONDS, channel=of)
            except LegworkError as error:
                log.info("Slack does not say what a channel is called", channel=of, error=str(error))
                return None
            _keep(self._channels, of, string(mapping(answer.get("channel")).get("name")) or None)
        return self._channels[of]

    async def direct(self, person: str) -> str:
        """The chat of a person with Legwork. Raises Unavailable, Refused."""
        if person not in self._direct:
            answer = await self._web.call("conversations.open", seconds=_SECONDS, users=person)
            _keep(self._direct, person, str(mapping(answer.get("channel"))["id"]))
        return self._direct[person]


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    while len(kept) > _KEPT:
        kept.popitem(last=False)
