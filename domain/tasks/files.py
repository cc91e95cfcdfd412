"""Files a thread knows: attachments of its messages and artifacts of its tasks, newest first."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session

# The newest of each kind, and the newest of both: however long the thread is, no more than that is read.
_OF_THREAD = text("""
SELECT key, name, mime_type, size, sha256, made FROM (
    SELECT a ->> 'key' AS key, a ->> 'name' AS name, a ->> 'mime_type' AS mime_type, (a ->> 'size')::bigint AS size,
           a ->> 'sha256' AS sha256, m.created_at AS moment, false AS made
    FROM (SELECT attachments, created_at FROM messages
          WHERE thread_id = :thread_id AND attachments <> '[]' ORDER BY id DESC LIMIT :limit) m,
         jsonb_array_elements(m.attachments) a
    WHERE a ->> 'key' IS NOT NULL
    UNION ALL
    (SELECT url, name, mime_type, size, checksum, created_at, true
     FROM task_artifacts WHERE thread_id = :thread_id ORDER BY id DESC LIMIT :limit)
) files ORDER BY moment DESC LIMIT :limit
""")


async def of_thread(session: Session, thread_id: UUID, limit: int = 100) -> Sequence[RowMapping]:
    """key, name, mime_type, size (bytes), sha256, made (by a task rather than sent by a person)."""
    return await session.all(_OF_THREAD, {"thread_id": thread_id, "limit": limit})


_OF_TASK = text("""
SELECT url AS key, name, mime_type, size, checksum AS sha256, type, description, step,
       a.mime_type LIKE 'image/%' AND EXISTS (
           SELECT 1 FROM task_artifacts b JOIN outbound_messages o ON o.dedupe_key = 'file:' || b.url
           WHERE b.thread_id = a.thread_id AND b.checksum = a.checksum AND b.id < a.id
             AND o.status IN ('queued', 'sending', 'sent')) AS shown
FROM task_artifacts a WHERE task_id = :task_id ORDER BY id
""")


async def of_task(session: Session, task_id: UUID) -> Sequence[RowMapping]:
    """The same of one task's, in the order they were made; ``shown``: the same picture stands in its thread already."""
    return await session.all(_OF_TASK, {"task_id": task_id})
