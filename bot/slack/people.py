"""Who somebody is in Slack, and where only they read: looked up once an hour, and never waited for long."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import TypeVar, cast

from bot.slack.shapes import mapping, name, string
from bot.slack.web import Json, Web
from domain.conversations.ports import Stands
from domain.core.errors import LegworkError
from domain.core.logging import logger

log = logger(__name__)

_SECONDS = 1.5
"""An event has to be acknowledged within three."""
_KEPT = 5_000
KEPT_SECONDS = 3600.0
"""For so long it is not asked again how somebody stands in the workspace, and what they are called."""
_ASKED_AT_ONCE = 20
"""Names that are asked for because of one message."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """``person``: somebody, and no app; None where Slack does not say. ``homes`` are the ids of the workspaces, and of
    the Enterprise Grid organization, that they are at home in; ``rank`` is how they stand there.
    """

    name: str | None = None
    timezone: str | None = None
    person: bool | None = None
    homes: frozenset[str] = frozenset()
    rank: Stands = "unknown"
    at: float = -inf
    """When Slack was asked, or said so, in seconds."""

    def standing(self, workspace: str) -> Stands:
        """How they stand in a workspace."""
        return self.rank if workspace in self.homes or self.rank in ("gone", "unknown") else "stranger"


class People:
    """The members of a workspace."""

    def __init__(self, web: Web, now: Callable[[], float] = monotonic) -> None:
        """``now`` counts seconds."""
        self._web = web
        self.now = now
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._direct: OrderedDict[str, str] = OrderedDict()
        self._channels: OrderedDict[str, str | None] = OrderedDict()

    async def about(self, person: str, *, since: float = -inf) -> Known:
        """Name, time zone and standing; without them where Slack does not say so at once, or as it said before, unless
        that was before ``since``.
        """
        before = self._known.get(person, Known())
        if before.at >= since and self.now() < before.at + KEPT_SECONDS:
            return before
        asked = self.now()
        try:
            user = mapping((await self._web.call("users.info", seconds=_SECONDS, user=person)).get("user"))
        except LegworkError as error:
            log.info("Slack does not say who somebody is", person=person, error=str(error))
            return before if before.at >= since else Known()
        return self._keep(person, user, asked)

    def told(self, user: Json) -> Known | None:
        """What Slack says of somebody by itself; None of an app."""
        person = name(user.get("id"))
        return self._keep(person, user, self.now()) if person is not None and user.get("is_bot") is not True else None

    def _keep(self, person: str, user: Json, at: float) -> Known:
        profile = mapping(user.get("profile"))
        called = string(profile.get("display_name")) or string(profile.get("real_name")) or string(user.get("name"))
        is_person = user.get("is_bot") is not True
        known = Known(called or None, string(user.get("tz")) or None, is_person, _homes(user), _rank(user), at)
        if at >= self._known.get(person, Known()).at:  # what was asked before and comes after is older
            _keep(self._known, person, known)
        return self._known[person]

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


def _homes(user: Json) -> frozenset[str]:
    """https://docs.slack.dev/reference/objects/user-object, whose ``team_id`` is where they are at home."""
    grid = mapping(user.get("enterprise_user"))
    teams: object = grid.get("teams")
    named = (
        user.get("team_id"),
        grid.get("enterprise_id"),
        *(cast("list[object]", teams) if isinstance(teams, list) else ()),
    )
    return frozenset(one for one in named if isinstance(one, str))


def _rank(user: Json) -> Stands:
    """Slack's owners are no more than admins here: who installed the app owns the organization."""
    if user.get("deleted") is True:
        return "gone"
    if not string(user.get("team_id")):
        return "unknown"
    if user.get("is_stranger") is True:
        return "stranger"
    if user.get("is_owner") is True or user.get("is_admin") is True:
        return "admin"
    return "guest" if user.get("is_restricted") is True or user.get("is_ultra_restricted") is True else "member"


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
