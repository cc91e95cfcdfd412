"""What people do with an organization's members, and what stands in the way."""

from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

from domain.audit import Actor
from domain.core.db import Session
from domain.core.errors import Invalid, NotFound
from domain.orgs import queries, repository, service
from domain.orgs.access import Denied, Permission, Principal, Role, Standing, allows, rank, require
from domain.orgs.queries import Member


def may_give(principal: Principal, role: Role) -> bool:
    """Whether they may make somebody that: an admin what is below an admin, an owner anything."""
    if allows(principal, Permission.OWN):
        return True
    own = principal.role
    return own is not None and allows(principal, Permission.MANAGE) and rank(role) < rank(own)


async def set_role(session: Session, principal: Principal, user_id: UUID, role: Role, *, by: UUID) -> Member:
    """Make a member something else; returns them as they were. Raises Refused, Invalid, having changed nothing."""
    principal, member = await _held(session, principal, user_id, by)
    if member.standing in (Standing.REMOVED, Standing.STRANGER):
        raise _not_in(member)
    if not may_give(principal, role):
        raise Denied(_GIVEN, remedy="Ask an owner.", permission=Permission.OWN, code="role")
    await service.set_role(session, principal.org_id, user_id, role, by=Actor("person", by))
    return member


async def remove(session: Session, principal: Principal, user_id: UUID, *, by: UUID) -> Member:
    """Keep somebody out from now on; returns them as they were. Raises Refused, Invalid, having changed nothing."""
    principal, member = await _held(session, principal, user_id, by)
    if user_id in principal.user_ids:
        raise Invalid("That is you.", remedy="“/org leave” is for leaving.")
    if member.standing is Standing.REMOVED:
        raise Invalid(f"{member.called} was removed before.")
    await service.remove(session, principal.org_id, user_id, by=Actor("person", by))
    return member


async def suspend(session: Session, principal: Principal, user_id: UUID, *, by: UUID) -> None:
    """Have somebody do nothing until they are let in again. Raises Refused, Invalid, having changed nothing."""
    principal, member = await _held(session, principal, user_id, by)
    if user_id in principal.user_ids:
        raise Invalid("That is you.", remedy="“/org leave” is for leaving.")
    if member.standing in (Standing.REMOVED, Standing.SUSPENDED):
        raise Invalid(f"{member.called} is {_IS[member.standing]} here.")
    await service.suspend(session, principal.org_id, user_id, by=Actor("person", by))


async def restore(session: Session, principal: Principal, user_id: UUID, *, by: UUID) -> None:
    """Let in who was suspended, in the role they had: whoever has gone, be it meanwhile, or was removed, is asked by an
    invitation. Raises Refused, Invalid, having changed nothing.
    """
    principal, member = await _held(session, principal, user_id, by)
    if member.standing in (Standing.REMOVED, Standing.STRANGER):
        raise _not_in(member)
    if member.standing is not Standing.SUSPENDED:
        raise Invalid(f"{member.called} is not suspended here.")
    await service.restore(session, principal.org_id, user_id, by=Actor("person", by))


async def leave(session: Session, principal: Principal) -> None:
    """They are no member any more, by none of their accounts. Raises Refused: it would have no owner left."""
    await repository.hold(session, principal.org_id)
    known = [await queries.member(session, principal.org_id, each) for each in sorted(principal.user_ids)]
    for one in known:
        if one is not None and one.standing is Standing.ACTIVE:
            await service.remove(session, principal.org_id, one.user_id, by=Actor("person", one.user_id))


_GIVEN = "An admin makes people viewers and members; who is admin or owner is for an owner to say."
_IS = MappingProxyType(
    {Standing.REMOVED: "removed", Standing.SUSPENDED: "suspended already", Standing.STRANGER: "no member"}
)


def _not_in(member: Member) -> Invalid:
    return Invalid(
        f"{member.called} is {_IS[member.standing]} here.",
        remedy=f"“/org invite {member.called}” takes them in.",
    )


async def _held(session: Session, principal: Principal, user_id: UUID, by: UUID) -> tuple[Principal, Member]:
    """Somebody's membership, which nobody else changes until the transaction ends; and who asks, as they are by then:
    whoever had the organization before may have put them out. Raises NotFound, Denied."""
    await repository.hold(session, principal.org_id)
    principal = replace(principal, role=await service.role_of(session, principal.org_id, by))
    require(principal, Permission.MANAGE, what="Running an organization")
    member = await queries.member(session, principal.org_id, user_id)
    if member is None:
        raise NotFound("There is no such member here.", remedy="“/org members” lists them.")
    if member.user_id not in principal.user_ids and not may_give(principal, member.role):
        raise Denied(
            f"{member.called} is {member.role} here. {_GIVEN}",
            remedy="Ask an owner.",
            permission=Permission.OWN,
            code="role",
        )
    return principal, member
