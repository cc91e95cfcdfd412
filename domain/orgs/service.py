"""Organizations, and who belongs to them."""

from uuid import UUID

from domain.core.db import Session
from domain.core.errors import NotFound
from domain.orgs import repository
from domain.orgs.access import Standing


async def own(session: Session, user_id: UUID, name: str | None) -> UUID:
    """A person's own organization, made the first time."""
    return await named(session, slug=f"person-{user_id}", name=name or "Personal", user_id=user_id)


async def named(session: Session, *, slug: str, name: str, user_id: UUID, may_own: bool = True) -> UUID:
    """The organization with that slug, made the first time; see ``join``."""
    made = await repository.add(session, slug, name)
    org_id = made or await repository.find(session, slug)
    if org_id is None:
        raise NotFound(f"The organization {name} is gone.")
    await join(session, org_id, user_id, may_own=may_own)
    return org_id


async def join(session: Session, org_id: UUID, user_id: UUID, *, may_own: bool = True) -> None:
    """Make the person a member, unless they are one already. Whoever is the first that may owns the organization."""
    await repository.add_member(session, org_id, user_id, "member", may_own=may_own)


async def merge(session: Session, before: UUID, now: UUID) -> None:
    """Who belongs to the one belongs to the other from now on; who owns or administers that stays as it was."""
    for each in await repository.members(session, before):
        role = "viewer" if each["role"] == "viewer" else "member"
        await repository.add_member(session, now, each["user_id"], role, may_own=False)


async def outside(session: Session, org_id: UUID, user_id: UUID) -> tuple[str, str]:
    """What is told somebody who is no member, or no active one, and the remedy."""
    name, standing = await repository.standing(session, org_id, user_id)
    if standing not in (Standing.REMOVED, Standing.SUSPENDED):
        return f"You are not a member of {name}.", "An admin can invite you."
    return f"You are no longer a member of {name}.", "An admin can invite you again."
