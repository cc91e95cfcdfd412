"""What becomes of memberships when two people turn out to be one, and when that is undone.

Whoever is a member somewhere by either account is one by both: the first person's id, by which the other account speaks
from then on, is given what it lacks; and whoever is kept out by the one is so by both, also once they are apart. Where
the two have different roles the higher one stays. What is changed is told, so that it can be taken back; what an admin
has decided meanwhile is not undone by that: nobody is let in again, or higher, by turning up as another account.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.audit import Actor, record
from domain.core.db import Session
from domain.core.errors import Refused
from domain.orgs import repository
from domain.orgs.access import Role, Standing, rank
from domain.orgs.standings import role_by

_PUT_OUT = frozenset({Standing.REMOVED, Standing.SUSPENDED})
"""By people, who meant both accounts; a stranger is one by the platform, which means the one account."""
_KEPT_OUT = _PUT_OUT | {Standing.STRANGER}

Both = tuple[RowMapping | None, RowMapping | None]


async def join(session: Session, first: UUID, other: UUID) -> list[dict[str, Any]]:
    """Give both what either has, in a transaction that sees every organization. Returns what it changed, for
    ``separate``.

    Raises:
        Refused: an organization keeps one of them out, whom the other would bring back in.
    """
    changed: list[dict[str, Any]] = []
    for org_id, (one, two) in (await _both(session, first, other)).items():
        if two is None:
            continue
        if one is None:
            await repository.copy_member(session, org_id, other, first)
            if two["status"] not in _KEPT_OUT:
                changed.append(_changed(session, org_id, first, None, two["role"]))
            continue
        if (one["status"] in _KEPT_OUT) != (two["status"] in _KEPT_OUT):
            raise Refused(
                f"{one['name']} does not let in one of the two accounts.",
                remedy="An admin there can take it back first.",
                code="standing",
            )
        if one["status"] in _KEPT_OUT:
            continue
        higher = max((Role(one["role"]), Role(two["role"])), key=rank)
        for user_id, row in ((first, one), (other, two)):
            if row["role"] != higher:
                await repository.give_role(session, org_id, user_id, higher)
                changed.append(_changed(session, org_id, user_id, row["role"], higher))
    return changed


async def separate(
    session: Session, first: UUID, other: UUID, changed: Sequence[Mapping[str, Any]], *, linked_at: datetime
) -> None:
    """Take back what joining changed. Nobody has more by it than an admin has left them since they were linked; and
    whoever is the last to own an organization goes on owning it."""
    both = await _both(session, first, other)
    for org_id, (one, two) in both.items():
        if one is None:
            continue
        if two is None:
            if one["status"] in _PUT_OUT or _was_lowered(one, linked_at):
                await repository.copy_member(session, org_id, first, other)
            continue
        if one["status"] in _PUT_OUT and two["status"] not in _KEPT_OUT:
            await repository.copy_standing(session, org_id, first, other)
        lower = min((Role(one["role"]), Role(two["role"])), key=rank)
        if two["role"] != lower and not await repository.is_last_owner(session, org_id, other):
            await repository.give_role(session, org_id, other, lower)
            _changed(session, org_id, other, two["role"], lower)
    for change in changed:
        org_id, user_id, before = UUID(change["org_id"]), UUID(change["user_id"]), change["before"]
        if await repository.is_last_owner(session, org_id, user_id):
            continue
        if before is None:
            one, _ = both.get(org_id, (None, None))
            if one is not None and _was_lowered(one, linked_at):
                continue
            await repository.take_member(session, org_id, user_id)
            _changed(session, org_id, user_id, change["now"], None)
            continue
        above = [role for role in Role if rank(role) > rank(Role(before))]
        if await repository.lower_role(session, org_id, user_id, above, before):
            _changed(session, org_id, user_id, change["now"], before)


def _was_lowered(member: RowMapping, since: datetime) -> bool:
    """Whether people have made less of them since then than whoever turns up there is."""
    decided_at, role = member["decided_at"], Role(member["role"])
    return decided_at is not None and decided_at > since and rank(role) < rank(role_by(member["standing"]))


async def _both(session: Session, first: UUID, other: UUID) -> dict[UUID, Both]:
    """What each of them is wherever either belongs. All of these organizations are held until the transaction ends: of
    two who decide at once one comes after the other, and of two owners who go at once one stays."""
    people = [first, other]
    await repository.hold_all(session, people)
    found: dict[UUID, dict[UUID, RowMapping]] = {}
    for row in await repository.of_people(session, people):
        found.setdefault(row["org_id"], {})[row["user_id"]] = row
    return {org_id: (of.get(first), of.get(other)) for org_id, of in found.items()}


def _changed(session: Session, org_id: UUID, user_id: UUID, before: str | None, now: str | None) -> dict[str, Any]:
    """Note it in the organization's audit trail."""
    record(
        session,
        "members.role",
        org_id=org_id,
        actor=Actor("system", on_behalf_of=user_id),
        resource=("user", user_id),
        details={"before": before, "now": now, "because": "accounts of one person"},
    )
    return {"org_id": str(org_id), "user_id": str(user_id), "before": before, "now": now}
