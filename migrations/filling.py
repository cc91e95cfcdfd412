"""Whose rows were there before each had its organization's id: filled in batches, while others read and write."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, text

BATCH = 10_000
"""Rows that one transaction fills at most."""

FILLED: Mapping[str, tuple[str, str]] = {
    "messages": ("thread_id", "threads"),
    "outbound_messages": ("thread_id", "threads"),
    "task_steps": ("task_id", "tasks"),
    "task_logs": ("task_id", "tasks"),
    "task_artifacts": ("task_id", "tasks"),
    "approvals": ("task_id", "tasks"),
    "task_feedback": ("task_id", "tasks"),
    "tool_executions": ("task_id", "tasks"),
    "workflow_versions": ("workflow_id", "workflows"),
}
"""By table: the column that says what its rows are a part of, and the table of that."""

CHECK = "ck_{table}_whose"

# Of work that is done nobody asks any more whose it was.
JOBS = """
UPDATE queue_jobs q SET org_id = coalesce(
    (SELECT k.org_id FROM tasks k WHERE k.id = coalesce(q.task_id, (q.data ->> 'task_id')::uuid)),
    (SELECT m.org_id FROM messages m WHERE m.id = (q.data ->> 'message_id')::uuid),
    (SELECT c.org_id FROM chats c WHERE c.id = (q.data ->> 'chat_id')::uuid))
WHERE q.status IN ('available', 'scheduled', 'running', 'quarantined') AND q.org_id IS NULL
"""

_UP_TO = "SELECT id FROM {table} WHERE id > :after ORDER BY id OFFSET :many - 1 LIMIT 1"
_FILL = """
UPDATE {table} r SET org_id = w.org_id FROM {whole} w WHERE w.id = r.{column} AND r.org_id IS NULL"""
_OF_NOBODY = """
DELETE FROM {table} r WHERE r.org_id IS NULL AND NOT EXISTS (SELECT 1 FROM {whole} w WHERE w.id = r.{column})"""
_CHECKED = text("SELECT convalidated FROM pg_constraint WHERE conname = :name AND conrelid = CAST(:table AS regclass)")
_FIRST = UUID(int=0)


def batch(connection: Connection, table: str, after: UUID | None) -> UUID | None:
    """Fill the next rows after that id (None: the first). Returns the last of them; None: there are no more."""
    column, whole = FILLED[table]
    given = {"after": after or _FIRST, "many": BATCH}
    up_to: UUID | None = connection.execute(text(_UP_TO.format(table=table)), given).scalar()
    fills = _FILL.format(table=table, whole=whole, column=column) + " AND r.id > :after"
    if up_to is None:
        connection.execute(text(fills), {"after": given["after"]})
    else:
        connection.execute(text(f"{fills} AND r.id <= :up_to"), {"after": given["after"], "up_to": up_to})
    return up_to


def ask(connection: Connection, table: str) -> None:
    """From here on each new row has to say whose it is."""
    if _is_checked(connection, table) is None:
        check = f"ALTER TABLE {table} ADD CONSTRAINT {CHECK} CHECK (org_id IS NOT NULL) NOT VALID"
        connection.execute(text(check.format(table=table)))


def rest(connection: Connection, table: str) -> None:
    """What was added while the table was filled; records of what is gone are nobody's, and go."""
    column, whole = FILLED[table]
    if not _is_checked(connection, table):
        for statement in (_FILL, _OF_NOBODY):
            connection.execute(text(statement.format(table=table, whole=whole, column=column)))


def check(connection: Connection, table: str) -> None:
    """Read the table through, while others read and write."""
    if not _is_checked(connection, table):
        connection.execute(text(f"ALTER TABLE {table} VALIDATE CONSTRAINT {CHECK}".format(table=table)))


def _is_checked(connection: Connection, table: str) -> bool | None:
    """None: there is no check yet."""
    return connection.execute(_CHECKED, {"name": CHECK.format(table=table), "table": table}).scalar()
