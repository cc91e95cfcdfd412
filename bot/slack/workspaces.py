"""The workspaces the app is installed in: by a token in the settings, or by themselves.

A token of the settings does not say whose it is: Slack is asked once, with auth.test. What was installed stands in the
database, which is asked again every few seconds: so an installation that begins or ends is known to every process.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Generic, Protocol, TypeVar

from bot.slack.shapes import string
from bot.slack.web import Web
from domain.connectors.service import Installation
from domain.core.db import AWAY
from domain.core.errors import LegworkError, Refused, Unavailable
from domain.core.logging import logger

log = logger(__name__)

_SECONDS = 2.0
"""How long Slack is asked for; an event that waits for it has to be acknowledged within three."""
FRESH = 5.0
"""For so many seconds what was read of an installation counts."""
_KEPT = 5_000
"""Workspaces that are remembered, and all that are ours; of those that are none of ours, too, that they are not."""


class Closing(Protocol):
    async def close(self) -> None: ...


T = TypeVar("T", bound=Closing)

FindInstalled = Callable[[str], Awaitable[Installation | None]]
"""The installation in a workspace; None where there has been none."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """Whose a token is: the workspace's id and name."""

    team: str
    name: str


@dataclass(slots=True)
class _Entry(Generic[T]):
    """A workspace as it was last read. ``made`` is kept when its installation ends: it may begin again."""

    web: Web | None = None
    made: T | None = None
    revision: int = 0
    refusal: Refused | None = None
    until: float = 0.0

    @property
    def open(self) -> T | None:
        return self.made if self.refusal is None else None


async def introduced(web: Web, seconds: float = _SECONDS) -> Introduced:
    """Raises Refused for a token that is no longer good, Unavailable and Ambiguous where Slack does not say."""
    answer = await web.call("auth.test", seconds=seconds)
    team = string(answer.get("team_id"))
    if not team:
        raise Unavailable("Slack does not say which workspace a token belongs to.")
    return Introduced(team, string(answer.get("team")))


class Workspaces(Generic[T]):
    """What is made of each token, by workspace. Tokens of which Slack has not said whose they are, are asked again."""

    def __init__(
        self,
        webs: Sequence[Web],
        make: Callable[[Web], T],
        installed: FindInstalled | None = None,
        base_url: str = "",
        *,
        steady: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing is asked yet. What ``make`` makes of a token closes its client. ``installed`` finds the installations
        beside the tokens of the settings, whose clients call ``base_url``.
        """
        self._unknown = dict(enumerate(webs, start=1))  # by their place in the list: a log must not hold a token
        self._make = make
        self._made: dict[str, T] = {}
        self._refused: list[Refused] = []
        self._learning: asyncio.Task[None] | None = None
        self._learned = not webs
        self._installed = installed
        self._base_url = base_url
        self._steady = steady
        self._entries: OrderedDict[str, _Entry[T]] = OrderedDict()
        self._reading: dict[str, asyncio.Task[_Entry[T]]] = {}

    async def find(self, team: str | None) -> T | None:
        """What belongs to a workspace; None for one that is none of ours, or no longer.

        Raises:
            Unavailable: Slack does not say whose the tokens are, or it is not known whether it is installed there.
        """
        if team is None:
            return None
        asked = not self._learned and team not in self._made
        if asked:
            await self.learn()
        if team in self._made:
            return self._made[team]
        found = (await self._entry(team)).open
        if found is not None or not self._unknown:
            return found
        if not asked:
            await self.learn()
        if team not in self._made and self._unknown:
            raise Unavailable("Slack does not say which workspaces its tokens belong to.")
        return self._made.get(team)

    async def of(self, team: str) -> T:
        """What belongs to a workspace. Raises Refused for one that is none of ours, or no longer; Unavailable."""
        found = await self.find(team)
        if found is not None:
            return found
        if team in self._entries and (refusal := self._entries[team].refusal) is not None:
            raise refusal
        if self._refused:  # it may be the one whose token is no longer good
            raise self._refused[0]
        raise Refused(
            f"Legwork has no token of the Slack workspace {team}.",
            remedy="An operator has to add the workspace's bot token to SLACK_BOT_TOKEN, or the app has to be "
            "installed there; docs/slack.md shows how.",
            code="unknown_workspace",
        )

    def doubt(self, team: str) -> bool:
        """Read the installation anew when it is next needed. Returns whether there is one."""
        entry = self._entries.get(team)
        if entry is not None:
            entry.until = 0.0
        return entry is not None and entry.made is not None

    @property
    def refusal(self) -> Refused | None:
        """Why not one token is good; None where one is, or may be."""
        is_over = self._refused and not self._made and not self._unknown and self._installed is None
        return self._refused[0] if is_over else None

    async def learn(self) -> bool:
        """Ask Slack about the tokens that are not known yet. Returns whether none is left."""
        if self._learning is None:  # whoever asks meanwhile shares the answer
            self._learning = asyncio.create_task(self._ask())
        learning = self._learning
        await asyncio.shield(learning)
        self._learned = True
        return not self._unknown

    async def close(self) -> None:
        if self._learning is not None:
            await self._learning
        await asyncio.gather(*self._reading.values(), return_exceptions=True)
        opened = [entry.made for entry in self._entries.values() if entry.made is not None]
        for closing in (*self._made.values(), *opened, *self._unknown.values()):
            await closing.close()

    # -- tokens of the settings -----------------------------------------------------------------------

    async def _ask(self) -> None:
        try:
            await asyncio.gather(*(self._ask_about(place) for place in self._unknown))
        finally:
            self._learning = None

    async def _ask_about(self, place: int) -> None:
        web = self._unknown[place]
        try:
            found = await introduced(web)
        except Refused as error:
            log.error("a Slack workspace is left out, its token is refused", token=place, error=str(error))
            del self._unknown[place]
            self._refused.append(error)
            await web.close()
        except LegworkError as error:
            log.warning("Slack does not say whose a token is", token=place, error=str(error))
        else:
            del self._unknown[place]
            await self._keep(found, web, place)

    async def _keep(self, found: Introduced, web: Web, place: int) -> None:
        if found.team in self._made:
            log.warning("a second token of the same Slack workspace is not used", team=found.team, token=place)
            await web.close()
            return
        self._made[found.team] = self._make(web)
        log.info("a Slack workspace is known", team=found.team, name=found.name)

    # -- installations --------------------------------------------------------------------------------

    async def _entry(self, team: str) -> _Entry[T]:
        """The workspace as it stands, or stood a few seconds ago."""
        known = self._entries.get(team)
        if self._installed is None:
            return _Entry()
        if known is not None and self._steady() < known.until:
            return known
        if team not in self._reading:  # whoever needs it meanwhile shares the answer
            reading = asyncio.create_task(self._read(team, known or _Entry(), self._installed))
            reading.add_done_callback(lambda _: self._reading.pop(team, None))
            self._reading[team] = reading
        return await asyncio.shield(self._reading[team])

    async def _read(self, team: str, entry: _Entry[T], installed: FindInstalled) -> _Entry[T]:
        try:
            found = await installed(team)
        except AWAY as error:
            if entry.made is None:
                raise Unavailable("Whether Legwork is installed in a Slack workspace is not known.") from error
            log.warning("whether a Slack workspace is still installed is not known", team=team)
        else:
            self._take(entry, found)
        entry.until = self._steady() + FRESH
        self._entries[team] = entry
        self._entries.move_to_end(team)
        if len(self._entries) > _KEPT:
            idle = next((other for other, known in self._entries.items() if known.made is None), None)
            if idle is not None:
                del self._entries[idle]
        return entry

    def _take(self, entry: _Entry[T], found: Installation | None) -> None:
        if found is None and entry.made is not None:
            entry.refusal, entry.revision = _gone(), 0  # whoever installs it again has another token
            return
        if found is None or found.token is None:
            entry.refusal = ended(found)
            return
        entry.refusal = None
        if entry.web is None:
            entry.web = Web(found.token, self._base_url, installed=True)
            entry.made = self._make(entry.web)
            log.info("a Slack workspace is known", team=found.team)
        elif entry.revision != found.revision:
            entry.web.use(found.token)
        entry.revision = found.revision


def ended(found: Installation | None) -> Refused | None:
    """Why nothing can be said where an installation has come to its end; None where there was none."""
    if found is None:
        return None
    why = {
        "uninstalled": "Legwork was removed from this Slack workspace.",
        "lapsed": "Legwork's token of this Slack workspace has expired, and Slack gives no other.",
    }.get(found.status, "Legwork's token of this Slack workspace was revoked.")
    return _over(why)


def _gone() -> Refused:
    return _over("Legwork's organization of this Slack workspace was deleted.")


def _over(why: str) -> Refused:
    return Refused(
        why, remedy="Somebody who may install apps there has to install it again.", code="installation_ended"
    )
