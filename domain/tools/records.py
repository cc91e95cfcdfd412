"""Calls of tools, for the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from domain.core.db import Session
from domain.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Execution:
    """One call of a tool, for the record: redacted. ``duration_ms`` in milliseconds."""

    tool: str
    input: dict[str, Any]
    output: dict[str, Any] | None
    error: str | None
    started_at: datetime
    duration_ms: int


RECORDS = """
INSERT INTO tool_executions
    (id, org_id, tool_id, task_id, node_id, input, output, error, status, duration, started_at, completed_at)
SELECT n.id, k.org_id, t.id, k.id, :node_id, n.input, n.output, n.error,
       CASE WHEN n.error IS NULL THEN 'COMPLETED' ELSE 'FAILED' END, n.duration, n.started_at, now()
FROM {source}jsonb_to_recordset(CAST(:executions AS jsonb)) AS n (
    id uuid, tool text, input jsonb, output jsonb, error text, duration integer, started_at timestamptz)
JOIN tools t ON t.name = n.tool
JOIN tasks k ON k.id = :task_id
"""
"""SQL that keeps calls of tools where ``source`` (what else is selected from, and a comma; or nothing) has a row, to be
part of a longer statement: ``to_record`` gives what is in ``executions``."""

_RECORD = text(RECORDS.format(source=""))


async def record(session: Session, *, task_id: UUID, node_id: str, executions: Sequence[Execution]) -> None:
    """Keep calls of tools that one node made."""
    if executions:
        await session.execute(_RECORD, {"task_id": task_id, "node_id": node_id, "executions": to_record(executions)})


def to_record(executions: Sequence[Execution]) -> str:
    """The calls as JSON text."""
    return orjson.dumps(
        [
            {
                "id": new_id(),
                "tool": one.tool,
                "input": one.input,
                "output": one.output,
                "error": one.error,
                "duration": one.duration_ms,
                "started_at": one.started_at.isoformat(),
            }
            for one in executions
        ]
    ).decode()


_GIVE = text("""
UPDATE tool_executions e SET org_id = :now FROM tasks k WHERE k.id = e.task_id AND k.org_id = :before
""")


async def give_executions(session: Session, before: UUID, now: UUID) -> None:
    """The records of one organization's tasks become another's, before the tasks do."""
    await session.execute(_GIVE, {"before": before, "now": now})
