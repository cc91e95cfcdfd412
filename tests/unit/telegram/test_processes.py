"""Real processes: one listens, and when it is killed another takes over without losing or repeating anything."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from domain.core.db import Database
from domain.core.embedded import Servers
from tests.fakes.telegram import FakeTelegram, Fault, Refusal, person
from tests.fixtures.waiting import eventually


@asynccontextmanager
async def bot(environment: dict[str, str]) -> AsyncGenerator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", env={**os.environ, **environment}, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
def environment(fake: FakeTelegram, servers: Servers, shared_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": shared_url,
        "REDIS_URL": servers.redis_url,
        "TELEGRAM_BOT_TOKEN": fake.token,
        "TELEGRAM_API_BASE_URL": fake.base_url,
    }


async def test_a_killed_listener_is_replaced_within_seconds(
    fake: FakeTelegram, database: Database, environment: dict[str, str]
) -> None:
    seat = person(fake)
    async with bot(environment) as first:
        await eventually(lambda: fake.updates.polling)
        async with bot(environment) as second:
            await eventually(lambda: len(fake.calls("getMe")) == 2)
            seat.say("one")
            await eventually(lambda: not fake.world.queue)
            again = fake.world.delivered[-1]
            first.send_signal(signal.SIGKILL)
            await first.wait()
            fake.world.queue.insert(0, again)  # stored, and not confirmed when the process died
            seat.say("two")
            await eventually(lambda: not fake.world.queue)
            second.send_signal(signal.SIGTERM)
            assert await second.wait() == 0
    async with database.system("a test") as session:
        rows = await session.all(text("SELECT content FROM messages ORDER BY id"))
    assert [row["content"] for row in rows] == ["one", "two"]


async def test_a_token_telegram_does_not_know_is_said_in_a_sentence_and_ends_nothing(
    fake: FakeTelegram, database: Database, environment: dict[str, str]
) -> None:
    fake.fail(Fault("getMe", refusal=Refusal(401, "Unauthorized")))
    async with bot(environment) as process:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        while "trying again" not in line:
            line = (await process.stderr.readline()).decode()
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
    assert process.returncode == 0
    assert "TELEGRAM_BOT_TOKEN" in line
    assert "Traceback" not in line + said.decode()
    assert fake.token not in line + said.decode()
