"""Whether somebody works off the queues."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from domain.core.db import Database
from domain.core.errors import Unavailable
from domain.core.queue import Queue
from domain.core.wakes import bell
from domain.health import queries
from domain.health.check import Finding, ok, warning

__all__ = ["workers"]

_REMEDY = "Start “python -m jobs.worker”, or “legwork up” for all processes; “legwork chat” starts its own."


async def workers(database: Database, client: Redis, *, is_embedded: bool) -> Sequence[Finding]:
    """Ring each queue's bell: Redis tells how many heard it. A worker that has nothing to do goes on waiting.

    Raises:
        Unavailable: Postgres or Redis does not answer.
    """
    try:
        counts = {queue.value: await cast(Any, client).publish(bell(queue), "") for queue in Queue}
        jobs = await queries.ledger(database)
    except (RedisError, DBAPIError, OSError) as failure:
        raise Unavailable(
            "The queues cannot be looked at.", remedy="See what is said about Postgres and Redis."
        ) from failure
    if jobs is None:
        return [ok("workers", "There is no work yet: the schema is missing.")]
    return [_alive(counts, jobs, is_embedded=is_embedded), *_quarantine(jobs)]


def _alive(counts: dict[str, int], jobs: Mapping[Any, Any], *, is_embedded: bool) -> Finding:
    waiting = f"{jobs['running']} jobs are running, {jobs['waiting']} wait for more than a minute."
    if not counts[Queue.TASK.value]:
        if is_embedded and not jobs["waiting"]:
            return ok("workers", "None is running; “legwork chat” and “legwork up” start their own.")
        return warning("workers", f"No worker is running. {waiting}", _REMEDY)
    if jobs["waiting"]:
        return warning("workers", f"The workers do not keep up. {waiting}", "Start more workers.")
    return ok("workers", f"{_listed(counts)}. {waiting}")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{queue} {count}" for queue, count in counts.items() if count)


def _quarantine(jobs: Mapping[Any, Any]) -> Sequence[Finding]:
    if not jobs["quarantined"]:
        return []
    return [
        warning(
            "quarantine",
            f"{jobs['quarantined']} jobs crashed their worker three times and are set aside.",
            "Look at their tasks, and at the workers' logs.",
        )
    ]
