"""What a platform says of somebody has changed, and it says so without a message of theirs.

It may come late, or after what is newer: it is a reason to ask the platform, and what that says is followed. Of who is
not known, or stands so already, one statement finds that out; they are looked at when they write.
"""

from sqlalchemy import RowMapping

from domain.conversations import repository as conversations
from domain.conversations.ports import About, Address, Stands
from domain.core.db import Session
from domain.identity import service as identity
from domain.orgs import service as orgs


async def is_standing_new(session: Session, at: Address, standing: Stands) -> bool:
    """Whether they are known to stand otherwise in that chat."""
    return _is_otherwise(await conversations.locate(session, at), standing)


async def follow_standing(session: Session, at: Address, standing: Stands) -> None:
    """Their membership of the chat's organization goes along."""
    found = await conversations.locate(session, at)
    if _is_otherwise(found, standing):
        await orgs.follow(session, found["org_id"], found["user_id"], standing)


async def is_new(session: Session, about: About) -> bool:
    """Whether they are known as somebody else."""
    return bool(await conversations.said_otherwise(session, about))


async def follow(session: Session, about: About) -> None:
    """What they are called goes along, and their membership of the workspace's organization, by each of their ids."""
    found = await conversations.said_otherwise(session, about)
    if not found:
        return
    await identity.find_or_add(
        session,
        platform=about.platform,
        workspace=about.workspace,
        platform_user_id=about.person,
        name=about.name,
        timezone=about.timezone,
    )
    for member in found:
        if member["org_id"] is not None:
            await orgs.follow(session, member["org_id"], member["user_id"], about.standing)


def _is_otherwise(found: RowMapping, standing: Stands) -> bool:
    return found["status"] is not None and not found["bound"] and standing not in ("unknown", found["standing"])
