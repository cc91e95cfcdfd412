"""The same secrets, in processes that live: a conversation at a terminal, a worker and a listener that fail."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from domain.core.embedded import Servers
from tests.fakes.openai import FakeOpenAI
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.servers import address_of, administer
from tests.fixtures.waiting import eventually
from tests.health.canaries import SECRETS, SERVING, environment, found_in, left_in, output


@pytest.fixture
async def beside(servers: Servers, template: str) -> AsyncIterator[dict[str, str]]:
    """Servers that answer, to be reached with a password; every other service is not there."""
    await administer(servers, f"CREATE DATABASE legwork_canary TEMPLATE {template}")
    address = urlsplit(address_of(servers, "legwork_canary"))
    user, _, host = address.netloc.rpartition("@")
    person = user.partition(":")[0] or "postgres"
    secret = quote(SECRETS["database"], safe="")
    given = {
        "DATABASE_URL": address._replace(netloc=f"{person}:{secret}@{host}").geturl(),
        "REDIS_URL": servers.redis_url,
    }
    yield given
    await administer(servers, "DROP DATABASE legwork_canary WITH (FORCE)")


class Screen:
    """A terminal, and all that was written on it."""

    def __init__(self, descriptor: int) -> None:
        self.text = ""
        self._descriptor = descriptor
        asyncio.get_running_loop().add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            self.text += os.read(self._descriptor, 65_536).decode(errors="replace")
        except OSError:  # whoever wrote on it has gone
            self.close()

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)


@asynccontextmanager
async def at_a_terminal(given: dict[str, str]) -> AsyncIterator[tuple[Screen, asyncio.subprocess.Process]]:
    """``legwork chat``, as somebody starts it who sits at one."""
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "chat"),
        env={**os.environ, **given, "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    screen = Screen(ours)
    try:
        yield screen, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        screen.close()
        os.close(ours)


@pytest.mark.parametrize("point", ["job.claimed", "understand.settled", "model.answered"])
async def test_a_conversation_whose_worker_fails_gives_nothing_away(
    beside: dict[str, str], tmp_path: Path, unused_port: int, point: str
) -> None:
    """Interactively, from the start to its end: an exception nobody foresaw is in the log, with no secret."""
    async with FakeOpenAI(key=None) as model:
        address = model.base_url.replace("://", f"://me:{quote(SECRETS['model'], safe='')}@")
        given = environment(unused_port, **beside, OPENAI_BASE_URL=address, LEGWORK_FAILPOINTS=f"{point}=fail")
        given |= {"LEGWORK_DATA_DIR": str(tmp_path), "LEGWORK_MODEL": "canary-mini", "LEGWORK_LLM_API": "chat"}
        log = tmp_path / "logs" / "worker.log"
        async with at_a_terminal(given) as (screen, process):
            await eventually(lambda: "Write as to a colleague" in screen.text, 60)
            screen.type("hello\r")
            await eventually(lambda: log.is_file() and "Struck" in log.read_text(), 60)
            screen.type("\x04")
            await eventually(lambda: process.returncode is not None, 60)
    said = {"screen": screen.text, "files": await asyncio.to_thread(left_in, tmp_path)}
    assert "Traceback" in said["files"]
    assert "locals" not in said["files"]
    assert {name: found for name, text in said.items() if (found := found_in(text))} == {}
    assert "Traceback" not in said["screen"]


async def test_a_conversation_that_cannot_begin_gives_nothing_away(tmp_path: Path, unused_port: int) -> None:
    given = environment(unused_port, LEGWORK_DATA_DIR=str(tmp_path))
    async with at_a_terminal(given) as (screen, process):
        await eventually(lambda: process.returncode is not None, 60)
    assert found_in(screen.text + left_in(tmp_path)) == []
    assert "legwork: " in screen.text
    assert "Traceback" not in screen.text


async def test_a_listener_that_fails_gives_nothing_away(
    beside: dict[str, str], tmp_path: Path, unused_port: int
) -> None:
    enough = asyncio.Event()
    async with FakeTelegram(token=SECRETS["telegram"]) as telegram:
        given = environment(unused_port, **beside, TELEGRAM_API_BASE_URL=telegram.base_url)
        given |= {"LEGWORK_DATA_DIR": str(tmp_path), "LEGWORK_FAILPOINTS": "receive.stored=fail"}
        said = asyncio.create_task(output(SERVING["bot"], given, enough))
        person(telegram).say("hello")
        await eventually(lambda: not telegram.world.queue, 60)  # taken in, when it was tried once more
        enough.set()
        text = await said
    assert "failpoint" in text
    assert found_in(text + left_in(tmp_path)) == []
    assert "locals" not in text
