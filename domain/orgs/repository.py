from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.ids import new_id


async def add(session: Session, slug: str, name: str) -> UUID | None:
    """None when there is one with that slug."""
    return await session.scalar(
        text("""INSERT INTO organizations (id, name, slug) VALUES (:id, :name, :slug)
        ON CONFLICT (slug) DO NOTHING RETURNING id"""),
        {"id": new_id(), "name": name, "slug": slug},
    )


async def find(session: Session, slug: str) -> UUID | None:
    return await session.scalar(text("SELECT id FROM organizations WHERE slug = :slug"), {"slug": slug})


async def members(session: Session, org_id: UUID) -> Sequence[RowMapping]:
    """Who belongs to it: user_id, role."""
    return await session.all(
        text("SELECT user_id, role FROM organization_members WHERE org_id = :org_id"), {"org_id": org_id}
    )


async def add_member(session: Session, org_id: UUID, user_id: UUID, role: str, *, may_own: bool) -> None:
    """In that role; with ``may_own`` as its owner, where it has none."""
    await session.execute(
        text("""INSERT INTO organization_members (id, org_id, user_id, role)
        SELECT :id, :org_id, :user_id, CASE WHEN CAST(:may_own AS boolean) AND NOT EXISTS (
            SELECT 1 FROM organization_members WHERE org_id = :org_id AND role = 'owner'
        ) THEN 'owner' ELSE :role END ON CONFLICT DO NOTHING"""),
        {"id": new_id(), "org_id": org_id, "user_id": user_id, "role": role, "may_own": may_own},
    )


_STANDING = text("""
SELECT o.name, om.status FROM organizations o
LEFT JOIN organization_members om ON om.org_id = o.id AND om.user_id = :user_id
WHERE o.id = :org_id
""")


async def standing(session: Session, org_id: UUID, user_id: UUID) -> tuple[str, str | None]:
    """The organization's name, and how somebody's membership there stands; None where there is none."""
    row = await session.first(_STANDING, {"org_id": org_id, "user_id": user_id})
    return (row["name"], row["status"]) if row is not None else ("this organization", None)


async def of_people(session: Session, user_ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """Their memberships, held until the transaction ends: org_id, user_id, role, status, and the organization's
    name."""
    return await session.all(
        text("""SELECT m.org_id, m.user_id, m.role, m.status, o.name
        FROM organization_members m JOIN organizations o ON o.id = m.org_id
        WHERE m.user_id = ANY(:user_ids) ORDER BY m.id FOR UPDATE OF m"""),
        {"user_ids": list(user_ids)},
    )


async def copy_member(session: Session, org_id: UUID, of: UUID, to: UUID) -> None:
    """Somebody is a member as another is one."""
    await session.execute(
        text("""INSERT INTO organization_members (id, org_id, user_id, role, status)
        SELECT :id, org_id, :to, role, status FROM organization_members WHERE org_id = :org_id AND user_id = :of"""),
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
        text("DELETE FROM organization_members WHERE org_id = :org_id AND user_id = :user_id AND status = 'active'"),
        {"org_id": org_id, "user_id": user_id},
    )
