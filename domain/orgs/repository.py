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
