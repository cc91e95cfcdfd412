"""Workspaces that have installed the app by themselves: their tokens, renewed before they expire."""

from datetime import datetime, timedelta

from bot.edge import Edge
from bot.slack.ended import tell_admins
from bot.slack.oauth import OAuth
from bot.slack.web import Web
from domain.connectors.service import Due, Installation, Installations
from domain.core.clock import SystemClock
from domain.core.errors import LegworkError, Refused, Unavailable
from domain.core.failpoints import reach
from domain.core.logging import logger

log = logger(__name__)

_SECONDS = 4.0
SOON = timedelta(minutes=2)
"""A token that is good for less is renewed before it is used."""


class Installed:
    """The installations of this Legwork, as the processes that speak with Slack see them."""

    def __init__(self, installations: Installations, oauth: OAuth, base_url: str) -> None:
        self.installations = installations
        self._oauth = oauth
        self._base_url = base_url

    async def find(self, team: str) -> Installation | None:
        """The installation in a workspace, its token good for a while; None where there has been none.

        Raises Unavailable where it has expired, and the next one is not there yet.
        """
        found = await self.installations.find(team)
        if found is None or found.token is None or found.left is None or found.left > SOON:
            return found
        await self.renew(team)
        found = await self.installations.find(team)
        if found is not None and found.left is not None and found.left <= timedelta(0):
            raise Unavailable("Slack's next token is not there yet.", remedy="It is being asked for.")
        return found

    async def renew(self, team: str) -> None:
        """Ask for the next token, where that is due and no other process does. Where Slack refuses, and the present one
        has expired, the installation has come to its end.
        """
        due = await self.installations.claim(team)
        if due is None:
            return
        reach("tokens.asking")
        try:
            tokens = await self._oauth.next_tokens(due.refresh_token)
        except Refused as error:
            await self._lapsed(team, due, error)
            return
        except LegworkError as error:
            log.warning("the next token of a Slack workspace could not be asked for", team=team, error=str(error))
            await self.installations.let_go(due)
            return
        reach("tokens.given")
        if not await self.installations.refreshed(due, tokens):
            log.info("a Slack workspace was installed anew while its token was renewed", team=team)
        reach("tokens.kept")

    async def tend(self) -> None:
        """Renew what expires within two hours, and forget what ended a month ago."""
        for team in await self.installations.expiring():
            await self.renew(team)
        await self.installations.forget()

    async def doubt(self, team: str) -> None:
        """Slack has refused its token: the installation has ended where Slack refuses the present one too."""
        found = await self.installations.find(team)
        if found is None or found.token is None:
            return
        web = Web(found.token, self._base_url)
        try:
            await web.call("auth.test", seconds=_SECONDS)
        except Refused as error:
            status = "uninstalled" if error.reason == "account_inactive" else "revoked"
            await self._end(team, status, revision=found.revision)
        except LegworkError as error:
            log.warning("Slack does not say whether a token is still good", team=team, error=str(error))
        finally:
            await web.close()

    async def heard_of_end(self, team: str, status: str, at: datetime) -> None:
        """Slack tells that the app was removed, or its token revoked (``status``), at that moment of Slack's clock."""
        await self._end(team, status, at=at)

    async def close(self) -> None:
        await self._oauth.close()

    async def _end(self, team: str, status: str, *, at: datetime | None = None, revision: int | None = None) -> None:
        ended = await self.installations.end(team, status, tell_admins, at=at, revision=revision)
        if ended is not None:
            log.warning("a Slack installation has ended", team=team, status=status)

    async def _lapsed(self, team: str, due: Due, error: Refused) -> None:
        log.error("Slack refuses the next token of a workspace", team=team, error=str(error), expired=due.expired)
        if due.expired:
            await self._end(team, "lapsed", revision=due.revision)


def open_installed(edge: Edge) -> Installed | None:
    """Those of this process; None where no workspace can install the app by itself."""
    if not edge.settings.installs_slack:
        return None
    installations = Installations(edge.database, edge.keyring)
    oauth = OAuth(edge.settings, SystemClock())
    return Installed(installations, oauth, edge.settings.slack_api_base_url)
