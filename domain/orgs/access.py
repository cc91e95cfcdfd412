"""Who may do what: the one table of roles and permissions, and the one question that is asked of it.

A **principal** is a person in an organization, as they stand at this moment. What they may do follows from their role
and, for the content of chats, from where they stand: being an admin opens nobody's private chat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from domain.core.errors import NotFound, Refused


class Role(StrEnum):
    """What somebody is in an organization, the least first."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


class Standing(StrEnum):
    """How a membership stands."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Permission(StrEnum):
    """What may be allowed, each named by what it lets somebody do."""

    SEE = "see"
    """Their own tasks, threads, files and usage; rate their own results."""
    OWN_DATA = "own data"
    """Link accounts; export and delete what is theirs."""
    WORK = "work"
    """Begin, steer, answer and approve their own work; their own threads, workflows and keys."""
    OVERSEE = "oversee"
    """See the tasks of shared chats; stop and pause anybody's; approve there, where the organization says so."""
    MANAGE = "manage"
    """Members, invitations, roles below their own, budgets, tools, service keys, the organization's audit."""
    OWN = "own"
    """Admins, package and payment, deletion, handing over."""
    OPERATE = "operate"
    """The installation: packages, prices, jobs, health, broadcast, maintenance, its audit, names and totals of all."""


_VIEWER = frozenset({Permission.SEE, Permission.OWN_DATA})
_MEMBER = _VIEWER | {Permission.WORK}
_ADMIN = _MEMBER | {Permission.OVERSEE, Permission.MANAGE}

ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.MEMBER: _MEMBER,
        Role.ADMIN: _ADMIN,
        Role.OWNER: _ADMIN | {Permission.OWN},
    }
)
"""What each role may. ``OPERATE`` is no role's: it is the operator's, who is named in the settings."""

NO_TASK = NotFound("There is no such task here.", remedy="“/tasks” lists yours.")
"""What is told of a task that is not there, and of one that the person may not see: alike."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person in an organization."""

    user_ids: frozenset[UUID]
    """All that this one person is known as: linked accounts."""
    org_id: UUID
    role: Role | None
    """None: no member, or no longer, or suspended."""
    private: bool = True
    """Whether they stand in a chat that nobody else reads."""
    operator: bool = False
    """Whether they run this installation (``LEGWORK_PLATFORM_ADMINS``)."""
    key: UUID | None = None
    """The API key they act by, if any."""


def least(permission: Permission) -> Role | None:
    """The least role that may. None: no role, only the operator."""
    return next((role for role in Role if permission in ROLES[role]), None)


def allows(principal: Principal, permission: Permission) -> bool:
    """Whether they may, in what is their own or their organization's."""
    if permission is Permission.OPERATE:
        return principal.operator
    return principal.role is not None and permission in ROLES[principal.role]


def require(principal: Principal, permission: Permission, *, what: str = "That", owner: UUID | None = None) -> None:
    """Raises Refused, with the role that ``what`` needs, where they may not.

    ``owner``: of what it is done to. What is another's needs ``OVERSEE`` besides.
    """
    if not allows(principal, permission):
        raise refusal(principal, permission, what)
    if owner is not None and owner not in principal.user_ids and not allows(principal, Permission.OVERSEE):
        raise Refused("Only the person it works for, or an admin, may do that.", code="not_yours")


def refusal(principal: Principal, permission: Permission, what: str) -> Refused:
    """What is said where ``what`` is not for them."""
    role = least(permission)
    if role is None:
        return Refused(f"{what} is for whoever runs this Legwork.", remedy="Ask them.", code="operator")
    if principal.role is None:
        return Refused("You are no longer a member here.", remedy="An admin can invite you again.", code="no_member")
    return Refused(f"{what} needs the role {role}; yours is {principal.role}.", remedy="Ask an admin.", code="role")
