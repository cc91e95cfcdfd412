"""Maintenance as it is met on each platform: one sentence, and everything begins in order once it is over."""

import asyncio
import io
from pathlib import Path

from arq.connections import ArqRedis
from redis.asyncio import Redis

from bot.console import chat
from bot.console.conversation import ConsoleConversation
from domain.conversations.ports import Address
from domain.flow.common.legwork import Legwork
from domain.maintenance import service
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Worker

WAITS = "Legwork is being worked on: Back at ten.\nI have what you wrote, and begin by myself once that is over."


class Terminals:
    """The running services that terminals talk to."""

    def __init__(self, legwork: Legwork, redis: Redis, folder: Path) -> None:
        self._legwork = legwork
        self._folder = folder
        self.redis = redis

    def conversation(self, to: Address) -> ConsoleConversation:
        legwork = self._legwork
        return ConsoleConversation(legwork.database, legwork.storage, self.redis, to, made=self._folder / "made")


async def test_who_asks_once_in_a_terminal_is_told_and_let_go(
    legwork: Legwork, redis: ArqRedis, tmp_path: Path, script: Script
) -> None:
    """Each time: a process does not know what the one before has shown."""
    runtime, worker = Terminals(legwork, redis, tmp_path), Worker(legwork)
    async with legwork.database.system("a test") as session:
        await service.begin(session, "Back at ten.", None)
    for words in ("first", "second"):
        out = io.StringIO()
        outcome = await chat.once(runtime, legwork.settings, words, [], out, limit=15)
        assert outcome is not None
        assert (outcome.status, outcome.text) == ("waits", WAITS)
        assert out.getvalue().count("I have what you wrote") == 1
    source, out = io.StringIO("third\nfourth\n"), io.StringIO()
    async with asyncio.timeout(15):
        assert await chat.piped(runtime, legwork.settings, source, out) == 0
    assert out.getvalue().count("I have what you wrote") == 1, "one session is told once"
    assert not script.requests
    await worker.stop()
