"""What the platform's word makes of a membership: rules, without the database."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import RowMapping

from domain.orgs.access import Admission, Role, Standing, rank

STRANGER = "stranger"
"""How the platform says that somebody is at home elsewhere, such as in a workspace that shares a channel."""
GONE = "gone"
"""How it says that their account was closed: for them nothing is done, whoever else is served."""

_ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "owner": Role.OWNER,
        "admin": Role.ADMIN,
        "member": Role.MEMBER,
        "guest": Role.VIEWER,
        STRANGER: Role.MEMBER,
        GONE: Role.MEMBER,
    }
)
"""What each standing makes of somebody; of a stranger only where the organization serves those."""


def is_said(standing: str | None) -> bool:
    """Whether the platform says how somebody stands."""
    return standing in _ROLES


def role_by(standing: str | None) -> Role:
    """What whoever turns up anew is, by how the platform says they stand. None: it does not say."""
    return Role.MEMBER if standing is None else _ROLES.get(standing, Role.VIEWER)


def followed(before: RowMapping, standing: str) -> Role:
    """What becomes of a member's role where they stand so from now on."""
    now, role = _ROLES[standing], Role(before["role"])
    if before["standing"] is None:
        return role if is_decided(before) else now
    if not is_decided(before) and role is _ROLES[before["standing"]]:
        return now
    return min(role, now, key=rank)


def is_decided(member: RowMapping) -> bool:
    """Whether people have made something of them."""
    return member["decided_at"] is not None


def status_by(admission: str, standing: str | None, *, serves: bool) -> Standing:
    """How a membership stands in an organization that is admitted so; ``serves``: strangers, too."""
    if standing == GONE or (standing == STRANGER and not serves):
        return Standing.STRANGER
    return Standing.ACTIVE if admission == Admission.ADMITTED else Standing.WAITING
