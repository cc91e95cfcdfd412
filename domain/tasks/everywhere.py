"""A person's own tasks in all of their organizations. For a transaction that sees every organization."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.tasks.states import WORK, TaskStatus

# Whoever is no member there any more has no work there, whatever was theirs.
_OWN = """
SELECT k.id, k.org_id, k.title, k.status, k.outcome, k.waiting_for, k.created_at, k.cost, o.name AS org_name, om.role
FROM tasks k
JOIN organizations o ON o.id = k.org_id
JOIN organization_members om ON om.org_id = k.org_id AND om.user_id = k.user_id AND om.status = 'active'
WHERE k.user_id = ANY(:user_ids)
"""
_OWN_ONE = text(f"{_OWN} AND k.id = :task_id")
_OWN_LIST = text(f"""{_OWN} AND k.outcome = ANY(:work)
  AND (CAST(:status AS text) IS NULL OR k.status = :status) AND (CAST(:before AS uuid) IS NULL OR k.id < :before)
ORDER BY k.id DESC LIMIT :limit""")


async def find(session: Session, user_ids: Collection[UUID], task_id: UUID) -> RowMapping | None:
    """One task of a person, in whichever of their organizations: as it is listed, with org_id, org_name and
    the role they have there."""
    return await session.first(_OWN_ONE, {"user_ids": list(user_ids), "task_id": task_id})


async def newest(
    session: Session,
    user_ids: Collection[UUID],
    *,
    status: TaskStatus | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[RowMapping]:
    """The tasks of a person in all their organizations, the newest first, each as ``find`` has it."""
    given = {
        "user_ids": list(user_ids),
        "work": [outcome.value for outcome in WORK],
        "status": status.value if status is not None else None,
        "before": before,
        "limit": limit,
    }
    return await session.all(_OWN_LIST, given)


_ASKED_HERE = text("""
SELECT body ->> 'type' AS type, body ->> 'task_id' AS task_id FROM outbound_messages
WHERE thread_id = :thread_id AND kind = 'post' ORDER BY seq DESC LIMIT 1
""")


async def asked_here(session: Session, thread_id: UUID) -> UUID | None:
    """The task that a thread's last post asks something for; None where it asks nothing."""
    row = await session.first(_ASKED_HERE, {"thread_id": thread_id})
    return UUID(row["task_id"]) if row is not None and row["type"] in ("question", "approval") else None
