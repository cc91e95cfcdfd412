"""What the trail costs: an act, sealing and reading with a million rows beside ten thousand; 120 acts of one
organization at once beside as many of 120; and verifying. Both databases are on one server, and measured in turn.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import text

import migrations
from domain.audit import SYSTEM, record, repository, sealing
from domain.audit.repository import UNSEALED, Asked
from domain.audit.verify import verify
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.ids import new_id
from tests.bench.measure import Figure
from tests.bench.processes import servers_in
from tests.fixtures.servers import address_of, administer

FEW, MANY = 10_000, 1_000_000
ROUNDS = 9
AT_ONCE = 120
TIMES = 40
"""How often what takes less than a millisecond is done in one round."""
KEY = bytes(32)
ORG = UUID(int=1)
"""Whose rows are half of all."""

ANA = UUID(md5(b"person4", usedforsecurity=False).hexdigest())
"""Who did one of five hundred things."""

Work = Callable[[Database], Awaitable[None]]

_FILL = """
INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, resource_type, resource_id, outcome, permission,
                        details, details_hash, created_at, seq, hash)
SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN '{org}'::uuid ELSE md5('org' || n % 1000)::uuid END, 'person',
       md5('person' || n % 500)::uuid, 'tasks.' || (ARRAY['stop', 'pause', 'resume', 'retry'])[1 + n % 4], 'task',
       n::text, CASE WHEN n % 50 = 0 THEN 'refused' ELSE 'done' END, 'work', '{{"salt": "0123456789abcdef"}}',
       sha256(n::text::bytea),
       now() - ({rows} - n) * interval '31 s', row_number() OVER (PARTITION BY n % 2, n % 1000 * (n % 2) ORDER BY n),
       sha256(n::text::bytea) || '0123'
FROM generate_series(1, {rows}) n
"""


async def run(folder: Path) -> list[Figure]:
    most = int(os.environ.get("ROWS", MANY))
    async with (
        servers_in(folder / "audit") as (servers, few),
        _another(servers, "many") as many,
        _another(servers, "fresh") as fresh,
    ):
        await _fill(few, FEW)
        await _fill(many, most)
        figures: list[Figure] = []
        for what, work, times in _WORKS:
            floor, taken = await _in_turn(few, many, work, times)
            figures.append(Figure(f"{what}, {most:,} rows beside {FEW:,}", "ms", taken, floor))
        return [*figures, await _at_once(few), await _verified(fresh)]


@asynccontextmanager
async def _another(servers: Servers, name: str) -> AsyncGenerator[Database]:
    await administer(servers, f"CREATE DATABASE {name}")
    database = open_database(address_of(servers, name), pool=4)
    try:
        await migrations.upgrade(database)
        yield database
    finally:
        await database.close()


async def _fill(database: Database, rows: int) -> None:
    async with database.connections.engine.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await outside.exec_driver_sql(_FILL.format(org=ORG, rows=rows))
        await outside.exec_driver_sql("VACUUM (ANALYZE, PARALLEL 0) audit_logs")


async def _act(database: Database) -> None:
    async with database.system("a test") as session:
        record(session, "tasks.stop", org_id=ORG, actor=SYSTEM, resource=("task", 1))


async def _seal(database: Database) -> None:
    async with database.system("a test") as session:
        for _ in range(100):
            record(session, "tasks.stop", org_id=ORG, actor=SYSTEM, resource=("task", 1))
    async with database.system("a test") as session:
        await sealing.seal(session, KEY)


async def _look(database: Database) -> None:
    """What each sweep asks."""
    async with database.system("a test") as session:
        await session.scalar(text(f"SELECT {UNSEALED}"))


def _page(**given: object) -> Work:
    async def page(database: Database) -> None:
        async with database.system("a test") as session:
            await repository.page(session, Asked(ORG, **given), before=None, limit=11)  # pyright: ignore[reportArgumentType]

    return page


_WORKS: tuple[tuple[str, Work, int], ...] = (
    ("an act", _act, TIMES),
    ("100 acts written and sealed", _seal, 4),
    ("whether something is to be sealed", _look, TIMES),
    ("the newest page of a trail", _page(), TIMES),
    ("the same, what was refused", _page(refused=True), TIMES),
    ("the same, one action", _page(action="tasks.pause"), TIMES),
    ("the same, one person", _page(actors=[ANA]), TIMES),
    ("the same, one action of the last week", _page(action="tasks.pause", since=timedelta(days=7)), TIMES),
)


async def _in_turn(few: Database, many: Database, work: Work, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of one, in each database, by rounds."""
    spent: dict[Database, list[float]] = {few: [], many: []}
    for database in (few, many):
        await work(database)
    for _ in range(ROUNDS):
        for database, taken in spent.items():
            begun = perf_counter()
            for _ in range(times):
                await work(database)
            taken.append((perf_counter() - begun) * 1000 / times)
    return spent[few], spent[many]


async def _at_once(database: Database) -> Figure:
    """As many acts at once as an organization has people, while another process seals them."""

    async def acts(orgs: list[UUID]) -> float:
        begun = perf_counter()
        await asyncio.gather(*(_of(database, org) for org in orgs), _sealing(database))
        return (perf_counter() - begun) * 1000

    one, many = [ORG] * AT_ONCE, [new_id() for _ in range(AT_ONCE)]
    await acts(one)
    taken = [(await acts(one), await acts(many)) for _ in range(ROUNDS)]
    what = f"{AT_ONCE} acts at once of one organization, beside {AT_ONCE} of as many"
    return Figure(what, "ms", [mine for mine, _ in taken], [theirs for _, theirs in taken])


async def _of(database: Database, org: UUID) -> None:
    async with database.system("a test") as session:
        record(session, "tasks.stop", org_id=org, actor=SYSTEM, resource=("task", 1))


async def _sealing(database: Database) -> None:
    async with database.system("a test") as session:
        await sealing.seal(session, KEY)


async def _verified(database: Database) -> Figure:
    async with database.system("a test") as session:
        for _ in range(FEW):
            record(session, "tasks.stop", org_id=ORG, actor=SYSTEM, resource=("task", 1))
    sealed = FEW
    while sealed:
        async with database.system("a test") as session:
            sealed = await sealing.seal(session, KEY)
    taken: list[float] = []
    for _ in range(3):
        begun = perf_counter()
        found = await verify(database, KEY)
        taken.append(perf_counter() - begun)
        assert (found.rows, found.misfits) == (FEW, [])
    return Figure(f"“legwork audit verify” of {FEW:,} rows", "s", taken)
