"""A chat goes over to another organization while people write in it: no thread is left behind, whoever comes first."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, Result

from bot.commands.table import WORDS
from bot.inbound import accept
from domain.conversations import chats, messages
from domain.conversations.ports import Incoming
from domain.core.db import Database, Session
from domain.core.ids import new_id
from domain.core.settings import Settings
from domain.core.storage import Storage, open_storage
from domain.flow.receive.message import receive
from domain.orgs import service as orgs
from tests.factories.incoming import incoming
from tests.factories.jobs import blocked, rows
from tests.fixtures.waiting import eventually

EXAMPLES = int(os.environ.get("LEGWORK_EXAMPLES", "25"))
STATEMENTS = 20
"""About as many as by which a chat goes over."""

Kind = Literal["begins", "goes on", "of somebody new", "begins by somebody new", "in a topic"]


@dataclass(frozen=True)
class Message:
    """``before``: the statement of the move that it is taken in before. ``open``: its transaction has done all by then,
    and ends only once the move waits for it or is over."""

    kind: Kind
    before: int = 0
    open: bool = False


written = st.builds(
    Message,
    kind=st.sampled_from(["begins", "goes on", "of somebody new", "begins by somebody new", "in a topic"]),
    before=st.integers(0, STATEMENTS),
    open=st.booleans(),
)


class Stepping(Session):
    """A transaction that tells of each statement before it is made."""

    __slots__ = ("_before", "_count")

    def __init__(self, session: Session, before: Callable[[int], Awaitable[None]]) -> None:
        super().__init__(session._connection)
        self._before = before
        self._count = 0

    async def _run(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
    ) -> Result[Any]:
        await self._before(self._count)
        self._count += 1
        return await super()._run(statement, parameters)


@dataclass
class Move:
    """A chat ``chat``, with a thread, which goes over to another organization while messages come in."""

    database: Database
    storage: Storage
    name: str
    running: list[asyncio.Task[object]] = field(default_factory=list[asyncio.Task[object]])
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def says(self, kind: Kind) -> Incoming:
        number = str(new_id())
        person = f"new-{number}" if kind.endswith("new") else "mara"
        thread = None
        if kind.startswith("begins"):
            thread = number
        elif kind == "in a topic":
            thread = f"topic-{self.name}"
        where: dict[str, Any] = {"chat": self.name, "organization": f"org-{self.name}", "private": False}
        return incoming("hello", person=person, thread=thread, message_id=number, **where)

    async def begin(self) -> tuple[UUID, UUID]:
        """The chat, and where it goes."""
        await accept(self.database, self.storage, self.says("goes on"))
        async with self.database.system("a test") as session:
            to = await orgs.named(session, slug=f"to-{self.name}", name="Acme")
        [row] = await rows(self.database, f"SELECT id FROM chats WHERE chat = '{self.name}'")
        return row.id, to

    async def run(self, sent: Sequence[Message]) -> None:
        chat, to = await self.begin()

        left = list(sent)

        async def before(number: int) -> None:
            for message in [one for one in left if one.before <= number]:
                left.remove(message)
                await self.take(message)

        async def move() -> None:
            async with self.database.system("a test") as session:
                await chats.bind(Stepping(session, before), chat, to)

        moving = asyncio.create_task(move())
        await self.stands(moving)
        self.release.set()
        await moving
        for message in left:
            await self.take(message)
        await asyncio.gather(*self.running)

    async def take(self, message: Message) -> None:
        stored = asyncio.Event()
        coming = self.says(message.kind)

        async def one() -> None:
            if not message.open:
                await accept(self.database, self.storage, coming)
                return
            async with self.database.system("a test") as session:
                await receive(session, coming, commands=WORDS)
                stored.set()
                await self.release.wait()

        task = asyncio.create_task(one())
        self.running.append(task)
        await self.stands(task, stored)

    async def stands(self, task: asyncio.Task[None], stored: asyncio.Event | None = None) -> None:
        """Until it is over, or waits: for another, or for the end of the move."""

        async def holds() -> bool:
            is_stored = stored is not None and stored.is_set()
            return task.done() or is_stored or await self.waits()

        await eventually(holds)

    async def waits(self) -> bool:
        return await blocked(self.database) > 0


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(Settings.model_validate({"data_dir": tmp_path, "max_file_mb": 1}))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(sent=[Message("begins", 1)])
@example(sent=[Message("begins", 10)])
@example(sent=[Message("begins by somebody new", 10), Message("in a topic", 12)])
@example(sent=[Message("begins", 0, open=True)])
@example(sent=[Message("begins by somebody new", 1)])
@example(sent=[Message("in a topic", 1, open=True), Message("in a topic", 5)])
@given(sent=st.lists(written, min_size=1, max_size=3))
async def test_no_thread_is_left_with_the_organization_before(
    database: Database, storage: Storage, sent: list[Message]
) -> None:
    move = Move(database, storage, f"c-{new_id()}")
    await move.run(sent)
    found = await rows(
        database,
        f"""SELECT c.org_id, t.org_id AS of_thread, m.id FROM chats c JOIN threads t ON t.chat_id = c.id
        LEFT JOIN messages m ON m.thread_id = t.id WHERE c.chat = '{move.name}'""",
    )
    assert len(found) == len(sent) + 1
    assert {row.of_thread for row in found} == {found[0].org_id}
    async with database.system("a test") as session:
        for row in found:  # as whoever understands it does
            await messages.follow_thread(session, row.id)
    left = "SELECT 1 FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.org_id <> t.org_id"
    assert not await rows(database, left)
