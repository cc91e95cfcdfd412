"""Legwork in one process, over a database that is there: a scripted model, a chat in memory, no Redis in between."""

from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from bot.commands import CommandTable
from bot.screens import Screens
from domain.core.clock import SystemClock
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.db import Database, Session
from domain.core.settings import Settings
from domain.core.storage import open_storage
from domain.core.web import GuardedClient
from domain.flow.common.legwork import Legwork
from domain.llm.scripted import Answer, ScriptedModel
from domain.reports.tools import report_tools
from domain.tools import service as tools
from domain.tools.builtin import builtin_tools
from domain.tools.registry import Registry
from tests.bench.rows_probe import Probe, ProbedSession
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import reply
from tests.factories.tools import InlineCompute
from tests.fakes.chat import FakeChat
from tests.fixtures.talk import Talk, Worker

PATIENCE = 600.0
"""Seconds a job may take: each of its statements is run ten times over."""


class Script:
    """What the model says, in order; beyond that it has nothing to add."""

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.model = ScriptedModel(lambda _: self.answers.popleft() if self.answers else reply("That is all."))

    def then(self, *answers: Answer) -> None:
        """From here on; what was left over is forgotten."""
        self.answers = deque(answers)


class InTransactions(Database):
    """A statement that is a transaction by itself has one around it here, in which it can be measured and undone."""

    def __init__(self, database: Database, probe: Probe) -> None:
        super().__init__(database.connections)
        self._probe = probe

    @asynccontextmanager
    async def opened(self, org_id: UUID | None, *, single: bool = False) -> AsyncGenerator[Session]:
        async with super().opened(org_id) as session:
            probed = ProbedSession(session, self._probe)
            yield probed
            await probed.flush()


class Stage:
    def __init__(self, legwork: Legwork, chat: FakeChat, script: Script, rehearsal: Rehearsal) -> None:
        self.legwork = legwork
        self.chat = chat
        self.script = script
        self.rehearsal = rehearsal
        self.worker = Worker(legwork, faults=True, patience=PATIENCE)

    def talk(self, person: str, place: str | None = None, **where: Any) -> Talk:
        return Talk(self.legwork, self.chat, person=person, place=place, worker=self.worker, **where)


@asynccontextmanager
async def staged(database: Database, folder: Path, probe: Probe) -> AsyncGenerator[Stage]:
    settings = Settings.model_validate(
        {"data_dir": folder, "lease_seconds": 3_600, "shutdown_seconds": 0.2, "worker_slots": 4, "person_slots": 1_000}
    )
    database = InTransactions(database, probe)
    script, chat, rehearsal = Script(), FakeChat(), Rehearsal()
    registry = Registry(
        [*builtin_tools(settings, GuardedClient(settings)), *report_tools(settings), *rehearsal.tools()]
    )
    async with database.system("a test") as session:
        await tools.seed(session, registry)
    legwork = Legwork(
        settings=settings,
        database=database,
        keyring=Keyring(database, Keys(settings)),
        storage=open_storage(settings),
        model=script.model,
        tools=registry,
        gateways={chat.platform: chat},
        commands=CommandTable(settings, registry),
        clock=SystemClock(),
        compute=InlineCompute(),
        screens=Screens(),
    )
    stage = Stage(legwork, chat, script, rehearsal)
    try:
        yield stage
    finally:
        await stage.worker.stop()
