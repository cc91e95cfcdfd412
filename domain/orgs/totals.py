"""Everybody and every organization of an installation, by names and totals; nothing of what was said or made."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session

# Totals are of the page alone: nothing is counted that is not shown.
_USERS = text("""
SELECT u.id, u.name, u.created_at,
       (SELECT string_agg(DISTINCT ci.platform, ', ') FROM chat_identities ci WHERE ci.user_id = u.id) AS platforms,
       (SELECT count(*) FROM organization_members om WHERE om.user_id = u.id AND om.status = 'active') AS organizations
FROM (
    SELECT id, name, created_at FROM users
    WHERE deleted_at IS NULL AND (CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid))
    ORDER BY id DESC LIMIT :limit
) u ORDER BY u.id DESC
""")


async def users(session: Session, *, before: UUID | None, limit: int) -> Sequence[RowMapping]:
    """People, the newest first: id, name, platforms, organizations (how many), created_at."""
    return await session.all(_USERS, {"before": before, "limit": limit})


_ORGS = text("""
SELECT o.id, o.name, CASE WHEN o.slug NOT LIKE 'person-%' THEN o.slug END AS slug, o.created_at,
       (SELECT count(*) FROM organization_members om WHERE om.org_id = o.id AND om.status = 'active') AS members,
       (SELECT count(*) FROM chats c WHERE c.org_id = o.id) AS chats,
       (SELECT count(*) FROM tasks t WHERE t.org_id = o.id) AS tasks,
       (SELECT coalesce(sum(g.cost), 0) FROM usages g
        WHERE g.org_id = o.id AND g.created_at > now() - interval '30 days') AS cost
FROM (
    SELECT id, name, slug, created_at FROM organizations
    WHERE CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid)
    ORDER BY id DESC LIMIT :limit
) o ORDER BY o.id DESC
""")


async def organizations(session: Session, *, before: UUID | None, limit: int) -> Sequence[RowMapping]:
    """Organizations, the newest first: id, name, slug (None: a person's own), members, chats, tasks (how many), cost
    (US dollars of thirty days), created_at."""
    return await session.all(_ORGS, {"before": before, "limit": limit})


_ROLES = text("""
SELECT role, count(*) AS memberships, count(DISTINCT user_id) AS people
FROM organization_members WHERE status = 'active' GROUP BY role
""")


async def roles(session: Session) -> Sequence[RowMapping]:
    """How many memberships and people there are of each role."""
    return await session.all(_ROLES)


_WHAT_GOES = text("""
SELECT (SELECT count(*) FROM organization_members WHERE org_id = :org_id AND status = 'active') AS members,
       (SELECT count(*) FROM chats WHERE org_id = :org_id) AS chats,
       (SELECT count(*) FROM threads WHERE org_id = :org_id AND deleted_at IS NULL) AS threads,
       (SELECT count(*) FROM tasks WHERE org_id = :org_id) AS tasks,
       (SELECT count(*) FROM workflows WHERE org_id = :org_id) AS workflows
""")


async def belonging_to(session: Session, org_id: UUID) -> Mapping[str, int]:
    """How many members, chats, threads, tasks and workflows an organization has."""
    row = await session.first(_WHAT_GOES, {"org_id": org_id})
    assert row is not None  # it counts
    return dict(row)
