"""Somebody brings Legwork to what an organization stands for, such as a workspace."""

from uuid import UUID

from domain.audit import Actor
from domain.core.db import Session
from domain.core.errors import Refused
from domain.orgs import repository, service
from domain.orgs.access import Role, Standing


async def install(session: Session, org_id: UUID, user_id: UUID) -> None:
    """Where it has no owner they are that, whatever the platform says of them; else what they are. Raises Refused for
    who was put out of it.
    """
    await repository.hold(session, org_id)  # of two at once one owns it
    before = await repository.member(session, org_id, user_id)
    if before is not None and before["status"] in (Standing.SUSPENDED, Standing.REMOVED):
        sentence, remedy = await service.outside(session, org_id, user_id)
        raise Refused(sentence, remedy=remedy, code="no_member")
    if await repository.has_other_owners(session, org_id, user_id):
        await service.join(session, org_id, user_id)
    else:
        await service.take_in(session, org_id, user_id, Role.OWNER, by=Actor("person", user_id))
