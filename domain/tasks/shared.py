"""The tasks of chats in which others read along: what people there may see, and who oversees an organization."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.tasks.states import WORK

_OF_SHARED = """
FROM tasks k JOIN threads t ON t.id = k.thread_id JOIN chats c ON c.id = t.chat_id
WHERE k.org_id = :org_id AND NOT c.private AND k.outcome = ANY(:work)
"""
_NEWEST = text(f"""
SELECT k.id {_OF_SHARED} AND (CAST(:chat_id AS uuid) IS NULL OR c.id = :chat_id) ORDER BY k.id DESC LIMIT :limit
""")
_LIST = text(f"""
SELECT k.id, k.title, k.status, k.outcome, k.waiting_for, k.created_at,
       (SELECT u.name FROM users u WHERE u.id = k.user_id) AS person
{_OF_SHARED} AND (CAST(:before AS uuid) IS NULL OR k.id < CAST(:before AS uuid)) ORDER BY k.id DESC LIMIT :limit
""")  # noqa: S608 - of the constant above
_WORK = [outcome.value for outcome in WORK]


async def newest(session: Session, *, org_id: UUID, chat_id: UUID | None, limit: int = 500) -> Sequence[UUID]:
    """The ids of everybody's latest tasks in that chat, where others read along; None: in all such chats."""
    given = {"org_id": org_id, "chat_id": chat_id, "work": _WORK, "limit": limit}
    return [row["id"] for row in await session.all(_NEWEST, given)]


async def listed(session: Session, *, org_id: UUID, before: UUID | None, limit: int) -> Sequence[RowMapping]:
    """Everybody's, newest first, with the name of whom each works for (``person``)."""
    return await session.all(_LIST, {"org_id": org_id, "before": before, "work": _WORK, "limit": limit})
