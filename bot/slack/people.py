"""Who somebody is in Slack, and where only they read: looked up once, and never waited for long."""

from collections import OrderedDict
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

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    name: str | None = None
    timezone: str | None = None


class People:
    """The members of a workspace."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._direct: OrderedDict[str, str] = OrderedDict()

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
        known = Known(called or None, string(user.get("tz")) or None)
        _keep(self._known, person, known)
        return known

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
