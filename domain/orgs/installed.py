"""Somebody brings Legwork to what an organization stands for, such as a workspace."""

from uuid import UUID

from domain.audit import Actor
from domain.core.db import Session
from domain.core.errors import Refused
from domain.orgs import repository, service
from domain.orgs.access import Role, Standing


async def install(session: Session, org_id: UUID, user_id: UUID, *, standing: str | None) -> bool:
    """Whoever brings it where nobody has met it yet owns the organization, whatever the platform says of them. Where
    people belong to it already and nobody owns it, such as one whose token stands in the settings, that takes an admin
    of the platform's place; everybody else is what they are.

    ``standing``: as the platform says they stand there; None: it does not say. Returns whether it has an owner then.
    Raises Refused for who was put out of it.
    """
    await repository.hold(session, org_id)  # of two at once one owns it
    before = await repository.member(session, org_id, user_id)
    if before is not None and before["status"] in (Standing.SUSPENDED, Standing.REMOVED):
        sentence, remedy = await service.outside(session, org_id, user_id)
        raise Refused(sentence, remedy=remedy, code="no_member")
    owned = await repository.has_other_owners(session, org_id, user_id)
    if not owned and (standing == "admin" or not await repository.members(session, org_id)):
        await service.take_in(session, org_id, user_id, Role.OWNER, by=Actor("person", user_id))
        return True
    await service.join(session, org_id, user_id, standing=standing)
    return owned or await repository.is_last_owner(session, org_id, user_id)
