"""The processes of the Procfile begin, serve, and end promptly when they are told to."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.http.listener import listen
from bot.supervision.group import UNFIT
from bot.supervision.procfile import parse
from domain.core.embedded import Servers
from domain.core.queue import SERVED

ROOT = Path(__file__).parents[2]
PROMPTLY = 8.0
"""Seconds."""


@asynccontextmanager
async def running(*words: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words),
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def heard(process: asyncio.subprocess.Process, words: str) -> str:
    """The first line of its standard error that holds these words."""
    assert process.stderr is not None
    async with asyncio.timeout(30):
        while line := (await process.stderr.readline()).decode():
            if words in line:
                return line
    pytest.fail(f"it ended before it said “{words}”")


async def ended(process: asyncio.subprocess.Process, number: signal.Signals) -> int:
    process.send_signal(number)
    async with asyncio.timeout(PROMPTLY):
        return await process.wait()


@pytest.fixture
def addresses(servers: Servers, shared_url: str) -> dict[str, str]:
    return {"DATABASE_URL": shared_url, "REDIS_URL": servers.redis_url}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_web_process_serves_until_it_is_told_to_stop(
    addresses: dict[str, str], unused_port: int, number: signal.Signals
) -> None:
    async with running("bot.http", **addresses, PORT=str(unused_port)) as process:
        await heard(process, "the web process listens")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_port}", trust_env=False) as browser:
            assert (await browser.get("/healthz")).json() == {"status": "ok"}
            assert (await browser.get("/readyz")).json() == {"status": "ok", "failed": []}
            assert await ended(process, number) == 0  # although a connection is still open


async def test_a_taken_port_is_one_sentence(addresses: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with running("bot.http", **addresses, LEGWORK_PORT=str(taken.getsockname()[1])) as process:
            _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("legwork: Nothing can listen on 127.0.0.1")
    assert said.decode().count("\n") == 1


def test_an_answer_is_sent_at_once_and_not_held_back_for_the_other_side_to_confirm() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_bot_without_a_platform_says_so_and_waits(number: signal.Signals) -> None:
    async with running("bot") as process:
        await heard(process, "no chat platform is configured")
        assert await ended(process, number) == 0


@pytest.mark.parametrize("queues", [[], ["browser", "media"]], ids=["light", "heavy"])
async def test_an_idle_worker_ends_promptly(addresses: dict[str, str], queues: list[str]) -> None:
    async with running("jobs.worker", *queues, **addresses) as process:
        await heard(process, "worker is ready")
        assert await ended(process, signal.SIGTERM) == 0


def test_the_procfile_names_programs_that_are_there() -> None:
    commands = parse((ROOT / "Procfile").read_text())
    assert list(commands) == ["release", "web", "bot", "worker", "browser-worker"]
    assert commands["release"] == ["legwork", "migrate"]
    modules = [words[2] for words in commands.values() if words[:2] == ["python", "-m"]]
    assert modules == ["bot.http", "bot", "jobs.worker", "jobs.worker"]


def test_every_line_of_the_procfile_replaces_its_shell() -> None:
    lines = [line for line in (ROOT / "Procfile").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if ": exec " not in line] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_one_process_is_worker_web_and_bot_and_says_which_part_speaks(
    addresses: dict[str, str], unused_port: int, number: signal.Signals
) -> None:
    async with running("jobs", **addresses, PORT=str(unused_port)) as process:
        begun = await heard(process, "worker is ready")
        assert "part=worker" in begun
        assert all(f"'{queue}'" in begun for queue in SERVED), "there is no other worker"
        assert "part=web" in await heard(process, "process listens")
        assert "part=bot" in await heard(process, "no chat platform")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_port}", trust_env=False) as browser:
            assert (await browser.get("/healthz")).json() == {"status": "ok"}
            assert (await browser.get("/readyz")).json() == {"status": "ok", "failed": []}
            assert await ended(process, number) == 0  # although a connection is still open


async def test_one_process_that_cannot_begin_says_why_in_one_sentence(addresses: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with running("jobs", **addresses, LEGWORK_PORT=str(taken.getsockname()[1])) as process:
            _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("legwork: Nothing can listen on 127.0.0.1")
    assert said.decode().count("\n") == 1


async def test_one_process_does_not_migrate_a_database_that_was_given(
    addresses: dict[str, str], empty_url: str, unused_port: int
) -> None:
    async with running("jobs", **addresses | {"DATABASE_URL": empty_url}, PORT=str(unused_port)) as process:
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode() == "legwork: The database at DATABASE_URL is empty. Run “legwork migrate”.\n"


async def test_a_program_older_than_its_database_says_so_and_is_not_worth_starting_again(
    addresses: dict[str, str], newer_url: str, unused_port: int
) -> None:
    async with running("jobs", **addresses | {"DATABASE_URL": newer_url}, PORT=str(unused_port)) as process:
        _, said = await process.communicate()
    assert process.returncode == UNFIT
    assert said.decode().startswith("legwork: The database is at version 9999, and this program knows")
    assert said.decode().count("\n") == 1
