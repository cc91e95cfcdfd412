"""Who runs this installation: the accounts named in the settings, whoever sits at its console, and whoever was made one
by a link that was printed there."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.audit import Actor, record
from domain.core.db import Session
from domain.core.ids import new_id
from domain.core.settings import Settings
from domain.identity import service as identity
from domain.orgs.access import Permission

PURPOSE = "platform admin"
"""Of a link by which somebody is made one."""
CONSOLE = "console"
"""The platform of terminals: who can start one here holds the address of the database, or its files."""


def account(platform: str, workspace: str, person: str) -> str:
    """An account of a platform as ``LEGWORK_PLATFORM_ADMINS`` names it."""
    return f"{platform}:{workspace}:{person}"


def is_named(settings: Settings, platform: str, workspace: str, person: str | None) -> bool:
    """Whether it is the console, or an account named in the settings. ``person``: the platform's id, if said."""
    return platform == CONSOLE or (
        person is not None and account(platform, workspace, person) in settings.platform_admins
    )


async def is_appointed(session: Session, user_ids: Collection[UUID]) -> bool:
    """Whether a person, by any of their ids, was made one."""
    found = await session.scalar(
        text("SELECT true FROM platform_admins WHERE user_id = ANY(:ids) LIMIT 1"), {"ids": list(user_ids)}
    )
    return bool(found)


async def appoint(session: Session, user_id: UUID) -> None:
    """Make a person one, by their own act."""
    await session.execute(
        text("INSERT INTO platform_admins (id, user_id) VALUES (:id, :user_id) ON CONFLICT (user_id) DO NOTHING"),
        {"id": new_id(), "user_id": user_id},
    )
    record(
        session,
        "admin.become",
        org_id=None,
        actor=Actor("person", user_id),
        resource=("user", user_id),
        permission=Permission.OPERATE,
    )


async def appointed(session: Session) -> Sequence[RowMapping]:
    """Who was made one, each once, as who they are by now, whichever of their accounts it was: user_id, name, since."""
    return await session.all(
        text("""SELECT w.id AS user_id, w.name, min(p.created_at) AS since
        FROM platform_admins p JOIN users u ON u.id = p.user_id JOIN users w ON w.id = coalesce(u.merged_into, u.id)
        GROUP BY w.id ORDER BY since LIMIT 50""")
    )


async def people(session: Session, named: Iterable[str]) -> Sequence[UUID]:
    """Each of them once: who of the accounts that are ``named`` in the settings is known, and who was made one."""
    found = [await identity.find(session, *each.split(":", 2)) for each in named]
    made = [row["user_id"] for row in await appointed(session)]
    return list(dict.fromkeys(one for one in (*found, *made) if one is not None))
