"""Work that comes back by itself, every so often by the database's clock.

Each name has one row of the ledger, which is put off again whenever it has run (``Again``), and is queued once,
whoever asks for it: its dedupe key and its lane are its name. So there is no scheduler, and no run is made twice: what
makes a row due is the sweep that looks at all rows.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session
from domain.core.ids import new_id
from domain.core.queue.commands import Command, Queue, served

_PREFIX = "upkeep:"


def command(name: str, delay: timedelta | None = None) -> Command:
    """A run of that name. Where one is pending, it is brought forward."""
    key = f"{_PREFIX}{name}"
    return Command(queue=Queue.UPKEEP, kind=name, lane=key, dedupe_key=key, delay=delay)


# What runs has no pending row, and will put itself off. Of two processes that ask at once the key lets one through.
_KEEP = text("""
INSERT INTO queue_jobs (id, queue, kind, lane, dedupe_key, max_attempts, status, run_at)
SELECT id, :queue, name, :prefix || name, :prefix || name, 8, 'scheduled', now() + every
FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:every AS interval[])) AS declared (id, name, every)
WHERE NOT EXISTS (SELECT 1 FROM queue_jobs r WHERE r.status = 'running' AND r.lane = :prefix || name)
ON CONFLICT (dedupe_key) WHERE status IN ('available', 'scheduled') AND dedupe_key IS NOT NULL DO NOTHING
""")


async def keep(session: Session, every: Mapping[str, timedelta]) -> None:
    """Have each name come back as often as that, unless it does already."""
    values = {
        "queue": served(Queue.UPKEEP).value,
        "prefix": _PREFIX,
        "ids": [new_id() for _ in every],
        "names": [*every],
        "every": [*every.values()],
    }
    await session.execute(_KEEP, values)


def waits(name: str, crashed: timedelta) -> str:
    """SQL that is true while that name (one of the program's) waits for its time and may come before it: it does not
    run, did not end in an error, and took no workers down less than ``crashed`` ago.
    """
    return f"""(EXISTS (SELECT FROM queue_jobs r WHERE r.dedupe_key = '{_PREFIX}{name}' AND {_WAITS})
    AND NOT EXISTS (SELECT FROM queue_jobs r WHERE r.kind = '{name}' AND r.status = 'quarantined'
                    AND r.failed_at > now() - interval '{crashed.total_seconds()} seconds'))"""  # noqa: S608


_WAITS = "status = 'scheduled' AND error IS NULL"
_BRING_FORWARD = text(f"""
UPDATE queue_jobs SET status = 'available', run_at = now() WHERE dedupe_key = :key AND {_WAITS} RETURNING queue
""")  # noqa: S608 - of a constant


async def bring_forward(session: Session, name: str) -> None:
    """Have it run now, if it still waits for its time and nothing went wrong with it: of those who ask at once, one."""
    for queue in (await session.execute(_BRING_FORWARD, {"key": f"{_PREFIX}{name}"})).scalars():
        session.wake(queue)


_LAST = text("SELECT completed_at FROM queue_jobs WHERE id = :id")


async def last_run(session: Session, job_id: UUID) -> datetime | None:
    """When this job last came to its end; None: it has not yet."""
    return await session.scalar(_LAST, {"id": job_id})
