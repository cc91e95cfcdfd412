"""Files a thread knows: attachments of its messages and artifacts of its tasks, newest first."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session

_OF_THREAD = text("""
SELECT key, name, mime_type, size, sha256, made FROM (
    SELECT a ->> 'key' AS key, a ->> 'name' AS name, a ->> 'mime_type' AS mime_type, (a ->> 'size')::bigint AS size,
           a ->> 'sha256' AS sha256, m.created_at AS moment, false AS made
    FROM messages m, jsonb_array_elements(m.attachments) a WHERE m.thread_id = :thread_id AND a ->> 'key' IS NOT NULL
    UNION ALL
    SELECT f.url, f.name, f.mime_type, f.size, f.checksum, f.created_at, true
    FROM task_artifacts f JOIN tasks t ON t.id = f.task_id WHERE t.thread_id = :thread_id
) files ORDER BY moment DESC LIMIT :limit
""")


async def of_thread(session: Session, thread_id: UUID, limit: int = 100) -> Sequence[RowMapping]:
    """key, name, mime_type, size (bytes), sha256, made (by a task rather than sent by a person)."""
    return await session.all(_OF_THREAD, {"thread_id": thread_id, "limit": limit})


_OF_TASK = text("""
SELECT url AS key, name, mime_type, size, checksum AS sha256, type, description, step
FROM task_artifacts WHERE task_id = :task_id ORDER BY id
""")


async def of_task(session: Session, task_id: UUID) -> Sequence[RowMapping]:
    return await session.all(_OF_TASK, {"task_id": task_id})
