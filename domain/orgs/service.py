"""Organizations, and who belongs to them."""

from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session
from domain.core.ids import new_id


async def own(session: Session, user_id: UUID, name: str | None) -> UUID:
    """A person's own organization, made the first time."""
    return await named(session, slug=f"person-{user_id}", name=name or "Personal", user_id=user_id)


async def named(session: Session, *, slug: str, name: str, user_id: UUID) -> UUID:
    """The organization with that slug, made the first time; whoever is first owns it."""
    made = await session.scalar(
        text("""INSERT INTO organizations (id, name, slug) VALUES (:id, :name, :slug)
        ON CONFLICT (slug) DO NOTHING RETURNING id"""),
        {"id": new_id(), "name": name, "slug": slug},
    )
    org_id: UUID = made or await session.scalar(text("SELECT id FROM organizations WHERE slug = :slug"), {"slug": slug})
    await join(session, org_id, user_id, "owner" if made else "member")
    return org_id


async def join(session: Session, org_id: UUID, user_id: UUID, role: str = "member") -> None:
    """Make the person a member, unless they are one already."""
    await session.execute(
        text("""INSERT INTO organization_members (id, org_id, user_id, role)
        VALUES (:id, :org_id, :user_id, :role) ON CONFLICT DO NOTHING"""),
        {"id": new_id(), "org_id": org_id, "user_id": user_id, "role": role},
    )
