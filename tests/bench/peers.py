"""Others that do durable work of three steps on the same Postgres, in the same run: DBOS Transact, started directly and
through its queue, and procrastinate. See docs/performance.md for what differs between them and Legwork.

They are the extra ``peers``; what is not installed is skipped, and said to be.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from domain.core.addresses import database_address
from domain.core.db import Database
from domain.core.embedded import Servers
from tests.bench import engine, work
from tests.bench.floors import said_by
from tests.bench.measure import ROUNDS, Figure, spread
from tests.bench.processes import servers_in, waking, workers
from tests.fixtures.servers import address_of, administer

PEERS = {"dbos": "DBOS Transact", "procrastinate": "procrastinate"}
"""By the name of the package; each has a program ``tests.bench.peer_<package>``."""


async def run(folder: Path) -> list[Figure]:
    folder /= "peers"
    async with servers_in(folder) as (servers, database):
        figures = await _legwork(folder, servers, database)
        for package, name in PEERS.items():
            if find_spec(package) is None:
                figures.append(Figure(name, "", [], note="skipped: it is not installed; “make peers” does that"))
                continue
            figures += await _peer(folder, servers, package, name)
    return figures


async def _legwork(folder: Path, servers: Servers, database: Database) -> list[Figure]:
    persons = await work.people(database)
    async with waking(servers, database), workers(folder, servers, 1):
        await engine.rate(database, persons)
        rates = [await engine.rate(database, persons) for _ in range(ROUNDS)]
        alone = await engine.alone(servers, database, persons)
    return _figures("Legwork, one worker", rates, alone)


async def _peer(folder: Path, servers: Servers, package: str, name: str) -> list[Figure]:
    own = f"bench_{package}"
    await administer(servers, f"CREATE DATABASE {own}")
    address = database_address(address_of(servers, own)).url
    host, user = address.query["host"], address.username
    assert isinstance(host, str)
    assert user is not None
    lines = await said_by(folder, servers, f"tests.bench.peer_{package}", host, user, own)
    return [figure for way, rates, alone in lines for figure in _figures(f"{name}, {way}", rates, alone)]


def _figures(who: str, rates: Sequence[float], alone: Sequence[Sequence[float]]) -> list[Figure]:
    return [Figure(f"{who}: three no-op steps", "a second", rates), *spread(f"{who}: one alone", alone)]
