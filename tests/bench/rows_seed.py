"""Fills a migrated database by the year of ``rows_tables``: keys, references and indexes are made when the rows are in.

Everything is one transaction in which the tables are emptied first: with ``wal_level = minimal`` none of it is logged.
"""

from collections.abc import Sequence
from time import perf_counter

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.core.db import Database
from tests.bench.rows_tables import Year, statements

_CONSTRAINTS = """
SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition,
       contype = 'f' AS reference
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f')
ORDER BY contype <> 'f', conname
"""
_INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""


async def seed(database: Database, year: Year) -> float:
    """Returns the seconds it took. The tables ``tools`` and ``alembic_version`` are left as they are."""
    begun = perf_counter()
    filling = list(statements(year))
    tables = [table for table, _ in filling]
    async with database.connections.engine.begin() as connection:
        await connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # some tables only grow
        await connection.exec_driver_sql(f"TRUNCATE {', '.join(tables)} CASCADE")
        constraints = await _of(connection, _CONSTRAINTS, tables)
        indexes = [row for row in await _all(connection, _INDEXES) if _table_of(row["definition"]) in tables]
        for row in constraints:  # references first: they need the keys they refer to
            await connection.exec_driver_sql(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
        for row in indexes:
            await connection.exec_driver_sql(f"DROP INDEX {row['name']}")
        for _, statement in filling:
            await connection.exec_driver_sql(statement)
        for row in indexes:
            await connection.exec_driver_sql(row["definition"])
        for row in reversed(constraints):
            # a reference counts for every later row; the rows above are right by construction (a test validates them)
            unchecked = " NOT VALID" if row["reference"] else ""
            await connection.exec_driver_sql(
                f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['definition']}{unchecked}"
            )
    await _settle(database)
    return perf_counter() - begun


async def _settle(database: Database) -> None:
    """What autovacuum would have done long ago: statistics, and which pages everybody sees."""
    async with database.connections.engine.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await outside.exec_driver_sql("VACUUM (ANALYZE, PARALLEL 0)")
        await outside.exec_driver_sql("CHECKPOINT")
        await outside.exec_driver_sql("SELECT pg_stat_reset()")


async def _of(connection: AsyncConnection, query: str, tables: Sequence[str]) -> Sequence[RowMapping]:
    return [row for row in await _all(connection, query) if row["table"] in tables]


async def _all(connection: AsyncConnection, query: str) -> Sequence[RowMapping]:
    return (await connection.execute(text(query))).mappings().all()


def _table_of(definition: str) -> str:
    """``CREATE INDEX name ON public.table USING ...``"""
    return definition.partition(" ON ")[2].partition(" ")[0].removeprefix("public.")
