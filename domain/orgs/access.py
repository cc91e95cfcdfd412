"""Who may do what: the one table of roles and permissions, and the one question that is asked of it.

A **principal** is a person in an organization, as they stand at this moment. What they may do follows from their role
and, for the content of chats, from where they stand: being an admin opens nobody's private chat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from domain.core.errors import Refused


class Role(StrEnum):
    """What somebody is in an organization, the least first."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


def rank(role: Role) -> int:
    """The higher, the more it may."""
    return list(Role).index(role)


class Standing(StrEnum):
    """How a membership stands."""

    ACTIVE = "active"
    WAITING = "waiting"
    """The organization itself is not let in, or no longer (see ``Admission``)."""
    STRANGER = "stranger"
    """By the platform no member of what the organization stands for, and not served by it."""
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Admission(StrEnum):
    """Whether an organization may have work done here at all: that is for whoever runs the installation to say."""

    ADMITTED = "admitted"
    WAITING = "waiting"
    REFUSED = "refused"


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
    """The installation: who comes in, tools for everybody, jobs, health, its audit, names and totals of all."""


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


Others = Literal["nobody", "overseers", "deciders", "readers"]
"""Who may do something to what is another's: nobody; who oversees the organization; who oversees it, in a shared chat,
if the organization says that its admins approve; who reads the chat it stands in."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that people do to what is somebody's, and who may."""

    action: str
    """``noun.verb``, as the audit trail has it."""
    permission: Permission
    """What it needs, to what is one's own."""
    others: Others = "nobody"
    what: str = "That"
    """What is said to need a role: “Steering a task needs the role member”."""
    do: str = "do that"
    """What only its person may: “Only the person it works for may approve this”."""
    changes: bool = True
    """It is written down; False: it only reads."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What something is, as far as it decides who may do what to it."""

    owner: UUID
    private: bool
    """It stands in a chat that nobody but its owner reads."""
    here: bool
    """It stands in the chat in which somebody asks."""
    admins_decide: bool = False
    """Its organization says that its admins approve for others (``approvals: admins``), or its owner has no name."""


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


def least(permission: Permission) -> Role | None:
    """The least role that may. None: no role, only the operator."""
    return next((role for role in Role if permission in ROLES[role]), None)


WORKERS = tuple(role.value for role in Role if Permission.WORK in ROLES[role])
"""Roles that may have work done."""


def works(role: str | None) -> bool:
    """Whether somebody with that role in an organization may have work done there. None: no active member."""
    return role in WORKERS


def allows(principal: Principal, permission: Permission) -> bool:
    """Whether they may, in what is their own or their organization's."""
    if permission is Permission.OPERATE:
        return principal.operator
    return principal.role is not None and permission in ROLES[principal.role]


def owns(principal: Principal, owner: UUID | None) -> bool:
    """Whether it is theirs, by any of their accounts."""
    return owner in principal.user_ids


def sees(principal: Principal, thing: Owned) -> bool:
    """Whether they may read it where they stand: a private chat's is its person's, where nobody else reads along; a
    shared one's is its person's, and for who is there or oversees it."""
    if not allows(principal, Permission.SEE):
        return False
    if thing.private:
        return principal.private and owns(principal, thing.owner)
    return owns(principal, thing.owner) or thing.here or allows(principal, Permission.OVERSEE)


def may(principal: Principal, act: Act, thing: Owned) -> bool:
    """Whether they may do it to that. To what stands in private, nothing is done from where others read along but what
    an admin may do unseen."""
    if not allows(principal, act.permission):
        return False
    if act.others == "readers":
        return sees(principal, thing)
    if owns(principal, thing.owner):
        return principal.private or not thing.private or act.others == "overseers"
    oversees = allows(principal, Permission.OVERSEE)
    return {
        "nobody": False,
        "overseers": oversees,
        "deciders": oversees and not thing.private and thing.admins_decide,
    }[act.others]


class Denied(Refused):
    """Somebody may not. It carries what the audit trail says of it, once it is told."""

    def __init__(
        self,
        sentence: str,
        *,
        permission: Permission,
        remedy: str | None = None,
        code: str | None = None,
        action: str | None = None,
        resource: tuple[str, object] | None = None,
    ) -> None:
        super().__init__(sentence, remedy=remedy, code=code)
        self.permission = permission
        self.action = action
        """``noun.verb``; None: whoever knows what was tried says so."""
        self.resource = resource
        self.org_id: UUID | None = None
        """Where it was refused; None: in the organization that it was said in."""


NO_TASK = "There is no such task here."
TASKS_LISTED = "“/tasks” lists yours."


ELSEWHERE = "What you do in private is shown there alone."


def denial(act: Act, resource: tuple[str, object], sentence: str, *, remedy: str, code: str) -> Denied:
    """What is told where they may not do that to it, for a reason of its own."""
    return Denied(sentence, remedy=remedy, permission=act.permission, code=code, action=_tried(act), resource=resource)


def hidden(act: Act, resource: tuple[str, object], sentence: str = NO_TASK, remedy: str = TASKS_LISTED) -> Denied:
    """What is told of something that the person may not see: the same as of what is not there."""
    return denial(act, resource, sentence, remedy=remedy, code="not_found")


def _tried(act: Act) -> str | None:
    """What is written down as tried; of what only reads, the command or button says it."""
    return act.action if act.changes else None


def permit(principal: Principal, act: Act, thing: Owned, resource: tuple[str, object], sentence: str = NO_TASK) -> None:
    """Raises Denied where they may not do it to that, told by whether they may see it."""
    if may(principal, act, thing):
        return
    if principal.role is not None and not sees(principal, thing):
        raise hidden(act, resource, sentence, ELSEWHERE if owns(principal, thing.owner) else TASKS_LISTED)
    if not allows(principal, act.permission):
        raise refusal(principal, act.permission, act.what, action=_tried(act), resource=resource)
    oversees = act.others == "overseers"
    raise Denied(
        f"Only the person it works for{', or an admin,' if oversees else ''} may {act.do}.",
        permission=Permission.OVERSEE if act.others in ("overseers", "deciders") else act.permission,
        code="not_yours",
        action=_tried(act),
        resource=resource,
    )


def require(principal: Principal, permission: Permission, *, what: str) -> None:
    """Raises Denied, with the role that ``what`` needs, where they may not."""
    if not allows(principal, permission):
        raise refusal(principal, permission, what)


NO_MEMBER = "no_member"
"""The code of what is refused to somebody who is no member; the edge that tells it names the organization."""


def refusal(
    principal: Principal,
    permission: Permission,
    what: str,
    *,
    action: str | None = None,
    resource: tuple[str, object] | None = None,
) -> Denied:
    """What is said where ``what`` is not for them."""
    role = least(permission)
    if role is None:
        sentence, remedy, code = f"{what} is for whoever runs this Legwork.", "Ask them.", "operator"
    elif principal.role is None:
        sentence, remedy, code = "You are no longer a member here.", "An admin can invite you again.", NO_MEMBER
    else:
        sentence, remedy, code = f"{what} needs the role {role}; yours is {principal.role}.", "Ask an admin.", "role"
    return Denied(sentence, remedy=remedy, permission=permission, code=code, action=action, resource=resource)
