"""A workspace arrives: whoever installed the app, the organization that the workspace is, and what opens it."""

from bot.edge import Edge
from bot.http.pages import Page
from bot.slack import PLATFORM, events
from bot.slack.oauth import Allowed
from bot.slack.people import People
from bot.slack.web import Web
from domain.connectors.service import Installations
from domain.conversations.ports import Incoming, Stands
from domain.core.text import storable
from domain.identity import service as identity
from domain.orgs import service as orgs
from domain.orgs.access import Admission
from domain.orgs.installed import install

_NOBODYS = (
    "People work with it there already, and nobody owns its organization. Whoever is an owner or admin of the "
    "workspace owns it once they have installed it as well."
)
_WAITS = "Whoever runs this Legwork still has to let the workspace in; until then it only says so."


class Arrivals:
    def __init__(self, edge: Edge) -> None:
        self._database = edge.database
        self._door = edge.door
        self._installations = Installations(edge.database, edge.keyring)
        self._base_url = edge.settings.slack_api_base_url

    async def take(self, allowed: Allowed) -> Page:
        """Keep an installation. Who owns the workspace's organization then: see ``domain.orgs.installed``; who was put
        out of that does not come in again by installing. Raises Refused, Unavailable.
        """
        grant = allowed.grant
        name = storable(grant.team_name)
        standing = await self._standing(allowed)
        async with self._database.system("a workspace that arrives may be new") as session:
            user_id = await identity.find_or_add(
                session,
                platform=PLATFORM,
                workspace=grant.team,
                platform_user_id=allowed.person,
                name=None,
                timezone=None,
            )
            org_id = await orgs.named(
                session, slug=events.organization(grant.team), name=name, admission=self._admission(allowed)
            )
            owned = await install(session, org_id, user_id, standing=standing)
            admitted = await orgs.role_of(session, org_id, user_id) is not None
        await self._installations.install(grant, org_id=org_id, user_id=user_id)
        return Page(
            f"Legwork is installed in {name}",
            (
                *(() if admitted else (_WAITS,)),
                *(() if owned else (_NOBODYS,)),
                "Find it under Apps in Slack's sidebar, and write to it. In a channel invite it first, with "
                "“/invite @Legwork”, and mention it.",
            ),
        )

    async def _standing(self, allowed: Allowed) -> Stands | None:
        """How they stand in the workspace; None where Slack does not say."""
        web = Web(allowed.grant.tokens.token, self._base_url)
        try:
            stands = (await People(web).about(allowed.person)).standing(allowed.grant.team)
        finally:
            await web.close()
        return stands if stands != "unknown" else None

    def _admission(self, allowed: Allowed) -> Admission:
        """How the organization begins: as with a message of whoever installs."""
        team = allowed.grant.team
        return self._door.admission(
            Incoming(platform=PLATFORM, workspace=team, chat=team, person=allowed.person, event_key="installed")
        )
