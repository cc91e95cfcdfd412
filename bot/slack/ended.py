"""Those who administer an organization are told where its Slack installation has ended: elsewhere than there."""

from bot.slack import PLATFORM
from domain.connectors.service import KEPT, Ended
from domain.conversations.private import Recipient, say_privately
from domain.conversations.said import Note
from domain.core.db import Session
from domain.core.text import literal
from domain.orgs import repository as orgs
from domain.orgs.access import ROLES, Permission, Role, Standing

_HOW = {
    "uninstalled": "Legwork was removed from the Slack workspace {name}.",
    "lapsed": "Legwork's token of the Slack workspace {name} has expired, and Slack gives no other.",
    "revoked": "Legwork's token of the Slack workspace {name} was revoked.",
}
_THEN = (
    "I can say and hear nothing there any more. What is stored is kept for {days} days at least: who "
    "installs the app again goes on with it."
)


async def tell_admins(session: Session, ended: Ended) -> None:
    """In the transaction in which it ends. Who has no private chat elsewhere finds it out from whoever runs Legwork."""
    how = _HOW[ended.status].format(name=literal(ended.team_name))
    note = Note(text=f"{how} {_THEN.format(days=KEPT.days)}")
    for member in await orgs.members(session, ended.org_id):
        if member["status"] == Standing.ACTIVE and Permission.MANAGE in ROLES[Role(member["role"])]:
            admin = Recipient(member["user_id"], ended.org_id)
            key = f"slack-ended:{ended.id}:{ended.revision}:{admin.user_id}"
            await say_privately(session, admin, note, key=key, besides=f"{PLATFORM}:{ended.team}")
