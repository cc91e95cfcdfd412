"""Invitations: a link by which one or several become members, for some days, until it is taken back.

What is given to whoever is invited is a one-time link (``domain/identity/magic_links.py``); here stands what it is good
for. It is used in one update with a condition, so that of two who come at once with the last use one is taken in.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.audit import Actor, record
from domain.core import ids
from domain.core.db import Session
from domain.core.db.moments import is_good
from domain.core.errors import Invalid, NotFound
from domain.core.ids import new_id
from domain.core.tokens import hash_of
from domain.identity import magic_links
from domain.identity.magic_links import MagicLink
from domain.orgs import preferences, queries, repository, service
from domain.orgs.access import Denied, Permission, Principal, Role, Standing, rank
from domain.orgs.administer import may_give

PURPOSE = "invitation"
BY_START = "i"
"""The kind of what “/start” carries, in front of the token."""
DAYS, MOST_DAYS = 7, 90
MOST_USES = 200


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link is good for, and whether it still is."""

    id: UUID
    org_id: UUID
    link_id: UUID
    role: Role
    meant_for: str | None
    user_id: UUID | None
    uses: int
    used: int
    invited_by: UUID
    created_at: datetime
    expires_at: datetime
    over: bool
    revoked: bool

    @property
    def standing(self) -> str:
        if self.revoked:
            return "taken back"
        if self.used >= self.uses:
            return "used"
        return "run out" if self.over else "open"


_COLUMNS = f"""id, org_id, link_id, role, meant_for, user_id, uses, used, invited_by, created_at,
       expires_at, NOT {is_good()} AS over, revoked_at IS NOT NULL AS revoked"""


def _read(row: RowMapping) -> Invitation:
    given: dict[str, Any] = {**row, "role": Role(row["role"])}
    return Invitation(**given)


# -- by who invites -----------------------------------------------------------------------------------

_ADD = text(f"""
INSERT INTO invitations (id, org_id, link_id, role, meant_for, user_id, uses, invited_by, expires_at)
VALUES (:id, :org_id, :link_id, :role, :meant_for, :user_id, :uses, :by, now() + CAST(:lasts AS interval))
RETURNING {_COLUMNS}
""")  # noqa: S608 - of the constant above


async def invite(
    session: Session,
    principal: Principal,
    *,
    role: Role,
    days: int,
    uses: int,
    by: UUID,
    meant_for: str | None = None,
    user_id: UUID | None = None,
) -> Invitation:
    """An invitation to be that, for so many days and people, in a transaction that sees links. ``user_id``: the only
    one who may use it.

    Raises Refused, Invalid.
    """
    if not may_give(principal, role):
        raise Denied(
            f"You cannot invite somebody to be {role}: yours is the role {principal.role}.",
            remedy="An admin invites viewers and members, an owner admins too.",
            permission=Permission.OWN,
            code="role",
        )
    if role is Role.OWNER:
        raise Invalid("Nobody becomes owner by a link.", remedy="Invite them, then “/org role NAME owner”.")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"An invitation is good for 1 to {MOST_DAYS} days.")
    if not 1 <= uses <= MOST_USES:
        raise Invalid(f"An invitation is good for 1 to {MOST_USES} people.")
    lasts = timedelta(days=days)
    link_id = await magic_links.want(session, PURPOSE, lasts=lasts, uses=uses)
    row = await session.first(
        _ADD,
        {
            "id": new_id(),
            "org_id": principal.org_id,
            "link_id": link_id,
            "role": role.value,
            "meant_for": meant_for,
            "user_id": user_id,
            "uses": uses,
            "by": by,
            "lasts": lasts,
        },
    )
    assert row is not None  # it was just added
    made = _read(row)
    _note(session, "invitation.made", made, by, {"role": role.value, "days": days, "uses": uses})
    return made


_LIST = text(f"""
SELECT {_COLUMNS} FROM invitations
WHERE org_id = :org_id AND (CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid))
ORDER BY id DESC LIMIT :limit
""")  # noqa: S608 - of the constant above


async def of(session: Session, org_id: UUID, *, before: UUID | None = None, limit: int) -> list[Invitation]:
    """An organization's, the newest first."""
    rows: Sequence[RowMapping] = await session.all(_LIST, {"org_id": org_id, "before": before, "limit": limit})
    return [_read(row) for row in rows]


_REVOKE = text(f"""
UPDATE invitations SET revoked_at = now() WHERE org_id = :org_id AND id = :id AND revoked_at IS NULL AND used < uses
RETURNING {_COLUMNS}
""")  # noqa: S608 - of the constant above


async def revoke(session: Session, org_id: UUID, written: str, *, by: UUID) -> Invitation:
    """Take one back, by its whole or short id, in a transaction that sees links.

    Raises NotFound, Invalid: there is nothing to take back.
    """
    found = [one for one in await of(session, org_id, limit=500) if ids.means("inv", written, one.id)]
    if len(found) != 1:
        raise NotFound(f"There is no invitation “{written}” here.", remedy="“/org invitations” lists them.")
    await magic_links.revoke(session, found[0].link_id)  # first, as whoever uses it does
    row = await session.first(_REVOKE, {"org_id": org_id, "id": found[0].id})
    if row is None:
        [now] = await session.all(_BY_LINK, {"link_id": found[0].link_id})
        raise Invalid(f"That invitation is {_read(now).standing}: there is nothing to take back.")
    revoked = _read(row)
    _note(session, "invitation.revoked", revoked, by, {})
    return revoked


# -- by who is invited --------------------------------------------------------------------------------

_BY_LINK = text(f"SELECT {_COLUMNS} FROM invitations WHERE link_id = :link_id FOR UPDATE")  # noqa: S608 - of the constant
_USE = text("UPDATE invitations SET used = used + 1 WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Accepted:
    org_id: UUID
    name: str
    role: Role
    again: bool
    """They had been removed."""


async def accept(session: Session, token: str, user_ids: Collection[UUID], user_id: UUID) -> Accepted:
    """Become a member by a link, in a transaction that sees every organization; ``user_ids`` is all that the person is
    known as, ``user_id`` what they become a member as.

    Raises Invalid, Refused, having used up nothing.
    """
    link = await magic_links.take(session, hash_of(token), [PURPOSE])
    if link is None:
        raise await _no_longer(session, token)
    return await accept_by(session, link, user_ids, user_id)


async def behind(session: Session, link: MagicLink) -> Invitation | None:
    """What a link is good for."""
    return await behind_link(session, link.id)


async def behind_link(session: Session, link_id: UUID) -> Invitation | None:
    """The same by its id; it is held until the transaction ends."""
    row = await session.first(_BY_LINK, {"link_id": link_id})
    return _read(row) if row is not None else None


async def accept_by(session: Session, link: MagicLink, user_ids: Collection[UUID], user_id: UUID) -> Accepted:
    """The same by a link that was taken in this transaction."""
    invitation = await behind(session, link)
    if invitation is None:
        raise Invalid(_UNKNOWN, remedy=_ASK)
    if invitation.user_id is not None and invitation.user_id not in user_ids:
        raise _denied(invitation, "That invitation is for somebody else.", "Ask for one of your own.", "not_yours")
    if invitation.over:  # though the link is good: see ``repository.decide``
        raise Invalid(_RUN_OUT, remedy=_ASK)
    name = await preferences.name_of(session, invitation.org_id)
    if not await is_still_given(session, invitation):
        raise Invalid(f"Whoever invited you to {name} may no longer do so.", remedy=_ASK)
    again = await _take_in(session, invitation, name, user_ids, user_id)
    await session.execute(_USE, {"id": invitation.id})
    _note(session, "invitation.accepted", invitation, user_id, {"role": invitation.role.value, "again": again})
    return Accepted(invitation.org_id, name, invitation.role, again)


async def is_still_given(session: Session, invitation: Invitation) -> bool:
    """Whether whoever invited may do so by now."""
    inviter = await queries.member(session, invitation.org_id, invitation.invited_by)
    return inviter is not None and inviter.standing is Standing.ACTIVE and _gives(inviter.role, invitation)


_ASK = "Ask whoever invited you for a new one."
_UNKNOWN = "That link is no invitation of mine, or was mistyped."
_RUN_OUT = "That invitation has run out."


def _denied(invitation: Invitation, sentence: str, remedy: str, code: str) -> Denied:
    """What is refused to somebody who has a good link: the trail of the organization that it leads to says so."""
    denied = Denied(
        sentence,
        remedy=remedy,
        permission=Permission.SEE,
        code=code,
        action="invitation.accept",
        resource=("invitation", invitation.id),
    )
    denied.org_id = invitation.org_id
    return denied


async def _no_longer(session: Session, token: str) -> Invalid:
    """Why a link opens nothing."""
    link = await magic_links.find(session, hash_of(token))
    row = await session.first(_BY_LINK, {"link_id": link.id}) if link is not None and link.purpose == PURPOSE else None
    if row is None:
        return Invalid(_UNKNOWN, remedy=_ASK)
    told = {
        "taken back": "That invitation was taken back.",
        "used": "That invitation was used before.",
    }
    return Invalid(told.get(_read(row).standing, _RUN_OUT), remedy=_ASK)


def _gives(role: Role, invitation: Invitation) -> bool:
    return may_give(Principal(frozenset({invitation.invited_by}), invitation.org_id, role), invitation.role)


async def _take_in(
    session: Session, invitation: Invitation, name: str, user_ids: Collection[UUID], user_id: UUID
) -> bool:
    """Whether they had been removed before."""
    await repository.hold(session, invitation.org_id)
    known = [await queries.member(session, invitation.org_id, each) for each in sorted(user_ids)]
    members = [one for one in known if one is not None]
    if any(one.standing is Standing.SUSPENDED for one in members):
        remedy = "An admin there can let you in again."
        raise _denied(invitation, f"You are suspended in {name}.", remedy, "suspended")
    higher = [one for one in members if one.standing is Standing.ACTIVE and rank(one.role) >= rank(invitation.role)]
    if higher:
        raise Invalid(f"You are {higher[0].role} in {name} already.", remedy="“/org switch” goes there.")
    if any(one.decided_at is not None and one.decided_at > invitation.created_at for one in members):
        sentence = f"What you are in {name} was decided after that invitation was made."
        raise _denied(invitation, sentence, _ASK, "older")
    await service.take_in(
        session, invitation.org_id, user_id, invitation.role, by=Actor("person", invitation.invited_by)
    )
    return any(one.standing is Standing.REMOVED for one in members)


def _note(session: Session, action: str, invitation: Invitation, by: UUID, details: dict[str, object]) -> None:
    record(
        session,
        action,
        org_id=invitation.org_id,
        actor=Actor("person", by),
        resource=("invitation", invitation.id),
        details=details,
    )
