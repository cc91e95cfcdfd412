"""Redis for what can do without it: notes and limits that are shared where that is possible."""

from typing import Any, cast

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff


def impatient(redis: Redis) -> Redis:
    """Another client of the same server, which says at once when that is away instead of trying again for seconds.

    To be closed by the caller, apart from ``redis``.
    """
    pool = cast(Any, redis).connection_pool
    given: dict[str, Any] = {**pool.connection_kwargs, "retry": Retry(NoBackoff(), 0), "retry_on_error": []}
    return Redis(connection_pool=ConnectionPool(pool.connection_class, **given))
