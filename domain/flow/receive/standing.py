"""How somebody stands on their platform has changed, and it says so without a message of theirs."""

from domain.conversations import repository as conversations
from domain.conversations.ports import Address, Stands
from domain.core.db import Session
from domain.orgs import service as orgs


async def follow_standing(session: Session, at: Address, standing: Stands) -> None:
    """Their membership of the chat's organization goes along; who is not known there is looked at when they write."""
    found = await conversations.locate(session, at)
    if found["status"] is not None and not found["bound"] and standing not in ("unknown", found["standing"]):
        await orgs.follow(session, found["org_id"], found["user_id"], standing)
