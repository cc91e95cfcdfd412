"""What is asked of Postgres about itself and about the ledger."""

from sqlalchemy import RowMapping, text

from domain.core.db import Database

_SERVER = text("""
    SELECT current_setting('server_version_num')::int AS version,
           pg_is_in_recovery() AS is_replica,
           clock_timestamp() AS now,
           current_setting('max_connections')::int AS most_connections,
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections
""")

_HAS_LEDGER = text("SELECT to_regclass('queue_jobs') IS NOT NULL")

# Each state has a partial index of its own; asked for together, all that ever ran would be read.
_LEDGER = text("""
    SELECT (SELECT count(*) FROM queue_jobs
            WHERE status = 'available' AND run_at < now() - interval '1 minute') AS waiting,
           (SELECT count(*) FROM queue_jobs WHERE status = 'running' AND lease_until > now()) AS running,
           (SELECT count(*) FROM queue_jobs WHERE status = 'quarantined') AS quarantined
""")


async def server(database: Database) -> RowMapping:
    """One row: ``version`` (180001 is 18.1), ``is_replica``, ``now``, ``most_connections``, ``connections``."""
    async with database.system("the server is looked at") as session:
        row = await session.first(_SERVER)
    assert row is not None
    return row


async def ledger(database: Database) -> RowMapping | None:
    """How many jobs wait for more than a minute, run under a lease, and are in quarantine; None without a schema."""
    async with database.system("the queue is everybody's") as session:
        if not await session.scalar(_HAS_LEDGER):
            return None
        return await session.first(_LEDGER)
