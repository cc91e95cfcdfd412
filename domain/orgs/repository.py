from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.db.moments import is_ahead, is_recent
from domain.core.ids import new_id


async def add(session: Session, slug: str, name: str, admission: str) -> UUID | None:
    """None when there is one with that slug."""
    return await session.scalar(
        text("""INSERT INTO organizations (id, name, slug, admission) VALUES (:id, :name, :slug, :admission)
        ON CONFLICT (slug) DO NOTHING RETURNING id"""),
        {"id": new_id(), "name": name, "slug": slug, "admission": admission},
    )


async def find(session: Session, slug: str) -> UUID | None:
    return await session.scalar(text("SELECT id FROM organizations WHERE slug = :slug"), {"slug": slug})


async def organization(session: Session, org_id: UUID) -> RowMapping | None:
    """name, slug, settings, admission."""
    return await session.first(
        text("SELECT name, slug, settings, admission FROM organizations WHERE id = :id"), {"id": org_id}
    )


async def joined(session: Session, org_id: UUID) -> RowMapping | None:
    """The same, which nobody else changes until the transaction ends: who joins is seen by whoever refuses it."""
    return await session.first(
        text("SELECT name, slug, settings, admission FROM organizations WHERE id = :id FOR NO KEY UPDATE"),
        {"id": org_id},
    )


_HOLD = text("""
UPDATE organizations SET kit_version = kit_version + 1, updated_at = now() WHERE id = :org_id
RETURNING name, admission, settings -> 'strangers' = 'true' AS strangers
""")


async def hold(session: Session, org_id: UUID) -> RowMapping | None:
    """The organization, whose members nobody else changes until the transaction ends: name, admission, strangers.
    Work that is under way looks anew at what it may."""
    return await session.first(_HOLD, {"org_id": org_id})


async def set_admission(session: Session, org_id: UUID, admission: str) -> None:
    await session.execute(
        text("UPDATE organizations SET admission = :admission WHERE id = :id"), {"id": org_id, "admission": admission}
    )


_HOLD_ALL = text("""
UPDATE organizations SET kit_version = kit_version + 1, updated_at = now() WHERE id IN (
    SELECT id FROM organizations WHERE id IN (SELECT org_id FROM organization_members WHERE user_id = ANY(:user_ids))
    ORDER BY id FOR NO KEY UPDATE)
""")


async def hold_all(session: Session, user_ids: Sequence[UUID]) -> None:
    """The same of every organization that knows one of these."""
    await session.execute(_HOLD_ALL, {"user_ids": list(user_ids)})


async def rename(session: Session, org_id: UUID, name: str) -> None:
    await session.execute(
        text("UPDATE organizations SET name = :name, updated_at = now() WHERE id = :id"), {"id": org_id, "name": name}
    )


async def set_setting(session: Session, org_id: UUID, setting: str, value: str | bool) -> None:
    await session.execute(
        text("""UPDATE organizations SET settings = settings || CAST(:changed AS jsonb), updated_at = now()
        WHERE id = :id"""),
        {"id": org_id, "changed": orjson.dumps({setting: value}).decode()},
    )


async def members(session: Session, org_id: UUID) -> Sequence[RowMapping]:
    """Who belongs to it, or has: user_id, role, status, standing, decided_at."""
    return await session.all(
        text("""SELECT user_id, role, status, standing, decided_at FROM organization_members
        WHERE org_id = :org_id ORDER BY id"""),
        {"org_id": org_id},
    )


async def member(session: Session, org_id: UUID, user_id: UUID) -> RowMapping | None:
    """One of them: role, status, standing, decided_at."""
    return await session.first(
        text("""SELECT role, status, standing, decided_at FROM organization_members
        WHERE org_id = :org_id AND user_id = :user_id"""),
        {"org_id": org_id, "user_id": user_id},
    )


# By whichever of their accounts (``users.merged_into``).
_SAME_PERSON = """(SELECT coalesce(u.merged_into, u.id) FROM users u WHERE u.id = m.user_id)
    = (SELECT coalesce(o.merged_into, o.id) FROM users o WHERE o.id = :user_id)"""

_DECIDE_ACCOUNTS = text(f"""
UPDATE organization_members m SET role = :role, status = :status, decided_by = :by, decided_at = now(),
       told_at = NULL, updated_at = now()
WHERE m.org_id = :org_id AND m.user_id <> :user_id AND {_SAME_PERSON}
""")  # noqa: S608 - of the constant above
# Who was linked to another account speaks as that one: that they own it by their own lets nobody else go.
_OWNERS = f"""
FROM organization_members m JOIN users a ON a.id = m.user_id
WHERE m.org_id = :org_id AND m.role = 'owner' AND m.status IN ('active', 'waiting')
  AND (a.merged_into IS NULL OR {_SAME_PERSON})"""
_IS_LAST_OWNER = text(f"SELECT coalesce(bool_and({_SAME_PERSON}), false) {_OWNERS}")
_HAS_OTHER_OWNERS = text(f"SELECT EXISTS (SELECT 1 {_OWNERS} AND NOT {_SAME_PERSON})")


async def decide_accounts(
    session: Session, org_id: UUID, user_id: UUID, *, role: str, status: str, by: UUID | None
) -> None:
    """What was decided of somebody is decided of them by every account that is theirs: none of them is a way around."""
    given = {"org_id": org_id, "user_id": user_id, "role": role, "status": status, "by": by}
    await session.execute(_DECIDE_ACCOUNTS, given)


async def is_last_owner(session: Session, org_id: UUID, user_id: UUID) -> bool:
    """Whether they own it, by whichever of their accounts, and nobody else does. For whoever holds it (``hold``)."""
    return bool(await session.scalar(_IS_LAST_OWNER, {"org_id": org_id, "user_id": user_id}))


async def has_other_owners(session: Session, org_id: UUID, user_id: UUID) -> bool:
    """Whether somebody else owns it, or will once it is let in."""
    return bool(await session.scalar(_HAS_OTHER_OWNERS, {"org_id": org_id, "user_id": user_id}))


async def add_member(
    session: Session,
    org_id: UUID,
    user_id: UUID,
    role: str,
    *,
    may_own: bool = False,
    status: str = "active",
    standing: str | None = None,
) -> None:
    """In that role, unless there is such a row; with ``may_own`` as its owner, where it has none."""
    await session.execute(
        text("""INSERT INTO organization_members (id, org_id, user_id, role, status, standing)
        SELECT :id, :org_id, :user_id, CASE WHEN CAST(:may_own AS boolean) AND NOT EXISTS (
            SELECT 1 FROM organization_members WHERE org_id = :org_id AND role = 'owner'
        ) THEN 'owner' ELSE :role END, :status, :standing ON CONFLICT DO NOTHING"""),
        {
            "id": new_id(),
            "org_id": org_id,
            "user_id": user_id,
            "role": role,
            "may_own": may_own,
            "status": status,
            "standing": standing,
        },
    )


# Of an invitation that was made before the clock was set back nobody can say that it is older: it is over from here on.
_DECIDE = text(f"""
WITH over AS (
    UPDATE invitations SET expires_at = now() WHERE org_id = :org_id AND expires_at > now() AND {is_ahead("created_at")}
)
INSERT INTO organization_members (id, org_id, user_id, role, status, decided_by, decided_at)
VALUES (:id, :org_id, :user_id, :role, :status, :by, now())
ON CONFLICT (org_id, user_id) DO UPDATE SET role = excluded.role, status = excluded.status,
    decided_by = excluded.decided_by, decided_at = now(), told_at = NULL, updated_at = now()
""")  # noqa: S608 - of a constant


async def decide(session: Session, org_id: UUID, user_id: UUID, *, role: str, status: str, by: UUID | None) -> None:
    """What people have made of a membership."""
    given = {"id": new_id(), "org_id": org_id, "user_id": user_id, "role": role, "status": status, "by": by}
    await session.execute(_DECIDE, given)


async def follow(session: Session, org_id: UUID, user_id: UUID, *, role: str, status: str, standing: str) -> None:
    """What the platform has made of it."""
    await session.execute(
        text("""UPDATE organization_members SET role = :role, status = :status, standing = :standing, updated_at = now()
        WHERE org_id = :org_id AND user_id = :user_id"""),
        {"org_id": org_id, "user_id": user_id, "role": role, "status": status, "standing": standing},
    )


async def move_all(session: Session, org_id: UUID, before: str, now: str, *, standing: str | None = None) -> list[UUID]:
    """Memberships with one status get another, all or those of one standing that nobody has decided on. Whose."""
    rows = await session.all(
        text("""UPDATE organization_members SET status = :now, told_at = NULL, updated_at = now()
        WHERE org_id = :org_id AND status = :before
          AND (CAST(:standing AS text) IS NULL OR (standing = :standing AND decided_at IS NULL)) RETURNING user_id"""),
        {"org_id": org_id, "before": before, "now": now, "standing": standing},
    )
    return sorted(row["user_id"] for row in rows)


_TELL = text(f"""
UPDATE organization_members SET told_at = now()
WHERE org_id = :org_id AND user_id = :user_id AND {is_recent("told_at", "interval '1 day'")} IS NOT TRUE
RETURNING true
""")  # noqa: S608 - of a constant


async def tell(session: Session, org_id: UUID, user_id: UUID) -> bool:
    """Whether they are to be told that they are not let in: once a day."""
    return bool(await session.scalar(_TELL, {"org_id": org_id, "user_id": user_id}))


_HOME = text("""
SELECT m.org_id FROM organization_members m JOIN organizations o ON o.id = m.org_id
WHERE m.user_id = :user_id AND m.status = 'active' AND o.admission = 'admitted' AND m.org_id <> :besides
ORDER BY o.slug = 'person-' || m.user_id DESC, m.decided_at DESC NULLS LAST, m.id DESC LIMIT 1
""")


async def home(session: Session, user_id: UUID, besides: UUID) -> UUID | None:
    """Another organization in which they may have work done: their own, else the one that took them in last."""
    return await session.scalar(_HOME, {"user_id": user_id, "besides": besides})


async def of_people(session: Session, user_ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """Their memberships: org_id, user_id, role, status, standing, decided_at, and the organization's name."""
    return await session.all(
        text("""SELECT m.org_id, m.user_id, m.role, m.status, m.standing, m.decided_at, o.name
        FROM organization_members m JOIN organizations o ON o.id = m.org_id
        WHERE m.user_id = ANY(:user_ids) ORDER BY m.id"""),
        {"user_ids": list(user_ids)},
    )


async def copy_member(session: Session, org_id: UUID, of: UUID, to: UUID) -> None:
    """Somebody is a member as another is one."""
    await session.execute(
        text("""INSERT INTO organization_members (id, org_id, user_id, role, status, standing, decided_by, decided_at)
        SELECT :id, org_id, :to, role, status, standing, decided_by, decided_at
        FROM organization_members WHERE org_id = :org_id AND user_id = :of"""),
        {"id": new_id(), "org_id": org_id, "of": of, "to": to},
    )


async def copy_standing(session: Session, org_id: UUID, of: UUID, to: UUID) -> None:
    """What was decided of one member is decided of another."""
    await session.execute(
        text("""UPDATE organization_members m
        SET status = o.status, decided_by = o.decided_by, decided_at = o.decided_at, updated_at = now()
        FROM organization_members o
        WHERE m.org_id = :org_id AND m.user_id = :to AND o.org_id = :org_id AND o.user_id = :of"""),
        {"org_id": org_id, "of": of, "to": to},
    )


async def give_role(session: Session, org_id: UUID, user_id: UUID, role: str) -> None:
    await session.execute(
        text("""UPDATE organization_members SET role = :role, updated_at = now()
        WHERE org_id = :org_id AND user_id = :user_id"""),
        {"org_id": org_id, "user_id": user_id, "role": role},
    )


async def lower_role(session: Session, org_id: UUID, user_id: UUID, above: Sequence[str], role: str) -> bool:
    """Whoever has one of the roles ``above`` has that one. False: they had none of them."""
    lowered = await session.scalar(
        text("""UPDATE organization_members SET role = :role, updated_at = now()
        WHERE org_id = :org_id AND user_id = :user_id AND role = ANY(:above) RETURNING id"""),
        {"org_id": org_id, "user_id": user_id, "above": list(above), "role": role},
    )
    return lowered is not None


async def take_member(session: Session, org_id: UUID, user_id: UUID) -> None:
    """They are no member any more; whoever is kept out stays so."""
    await session.execute(
        text("""DELETE FROM organization_members
        WHERE org_id = :org_id AND user_id = :user_id AND status IN ('active', 'waiting')"""),
        {"org_id": org_id, "user_id": user_id},
    )


_NOT_ADMITTED = text("""
SELECT o.id, o.name, o.admission, o.created_at, (
    SELECT count(*) FROM organization_members m WHERE m.org_id = o.id AND m.status = 'waiting') AS waiting
FROM organizations o
WHERE o.admission <> 'admitted' AND (CAST(:before AS uuid) IS NULL OR o.id < CAST(:before AS uuid))
ORDER BY o.id DESC LIMIT :limit
""")


async def not_admitted(session: Session, *, before: UUID | None, limit: int) -> Sequence[RowMapping]:
    return await session.all(_NOT_ADMITTED, {"before": before, "limit": limit})
