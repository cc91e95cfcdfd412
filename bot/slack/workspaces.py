"""The workspaces the app is installed in. A token does not say whose it is: Slack is asked once, with auth.test."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.slack.shapes import string
from bot.slack.web import Web
from domain.core.errors import LegworkError, Refused, Unavailable
from domain.core.logging import logger

log = logger(__name__)

_SECONDS = 2.0
"""How long Slack is asked for; an event that waits for it has to be acknowledged within three."""


class Closing(Protocol):
    async def close(self) -> None: ...


T = TypeVar("T", bound=Closing)


@dataclass(frozen=True, slots=True)
class Introduced:
    """Whose a token is: the workspace's id and name."""

    team: str
    name: str


async def introduced(web: Web, seconds: float = _SECONDS) -> Introduced:
    """Raises Refused for a token that is no longer good, Unavailable and Ambiguous where Slack does not say."""
    answer = await web.call("auth.test", seconds=seconds)
    team = string(answer.get("team_id"))
    if not team:
        raise Unavailable("Slack does not say which workspace a token belongs to.")
    return Introduced(team, string(answer.get("team")))


class Workspaces(Generic[T]):
    """What is made of each token, by workspace. Tokens of which Slack has not said whose they are, are asked again."""

    def __init__(self, webs: Sequence[Web], make: Callable[[Web], T]) -> None:
        """Nothing is asked yet. What ``make`` makes of a token closes its client."""
        self._unknown = dict(enumerate(webs, start=1))  # by their place in the list: a log must not hold a token
        self._make = make
        self._made: dict[str, T] = {}
        self._refused: list[Refused] = []
        self._learning: asyncio.Task[None] | None = None

    async def find(self, team: str | None) -> T | None:
        """What belongs to a workspace; None for one that is none of ours.

        Raises:
            Unavailable: Slack does not say whose the tokens are.
        """
        if team is None:
            return None
        if team not in self._made and self._unknown:
            await self.learn()
        if team not in self._made and self._unknown:
            raise Unavailable("Slack does not say which workspaces its tokens belong to.")
        return self._made.get(team)

    async def of(self, team: str) -> T:
        """What belongs to a workspace. Raises Refused for one that is none of ours, Unavailable."""
        found = await self.find(team)
        if found is not None:
            return found
        if self._refused:  # it may be the one whose token is no longer good
            raise self._refused[0]
        raise Refused(
            f"Legwork has no token of the Slack workspace {team}.",
            remedy="An operator has to add the workspace's bot token to SLACK_BOT_TOKEN; docs/slack.md shows how.",
            code="unknown_workspace",
        )

    @property
    def refusal(self) -> Refused | None:
        """Why not one token is good; None where one is, or may be."""
        return self._refused[0] if self._refused and not self._made and not self._unknown else None

    async def learn(self) -> bool:
        """Ask Slack about the tokens that are not known yet. Returns whether none is left."""
        if self._learning is None:  # whoever asks meanwhile shares the answer
            self._learning = asyncio.create_task(self._ask())
        learning = self._learning
        await asyncio.shield(learning)
        return not self._unknown

    async def close(self) -> None:
        if self._learning is not None:
            await self._learning
        for closing in (*self._made.values(), *self._unknown.values()):
            await closing.close()

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
