"""Real worker processes on real servers, and a person who gives them work."""

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from bot.inbound import accept
from domain.core.db import Database
from domain.core.storage import Storage
from domain.tasks.settled import said_about
from domain.workflows import service as workflows
from tests.chaos.web import GatedWeb
from tests.factories.incoming import incoming, pressed
from tests.fixtures.waiting import eventually

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
LEASE_SECONDS = 1.0
SWEEP_SECONDS = 0.3


class Process:
    """One process of Legwork's, with everything it printed."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.pid = process.pid
        self._log = log

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    @property
    def printed(self) -> str:
        return self._log.read_text(errors="replace")

    async def says(self, words: str, within: float = PATIENCE) -> None:
        await eventually(lambda: words in self.printed or not self.alive, within)
        assert words in self.printed, self.printed[-3_000:]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, within: float = PATIENCE) -> int:
        async with asyncio.timeout(within):
            return await self.process.wait()

    async def kill(self) -> None:
        if self.alive:
            self.send(signal.SIGKILL)
        await self.process.wait()


async def start(command: Sequence[str], environment: dict[str, str], log: Path, root: Path = ROOT) -> Process:
    """A process of the program whose code stands in ``root``."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=root,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Process(process, log)


class Crew:
    """Workers and their work. A worker that was killed is replaced by ``muster``."""

    def __init__(
        self, database: Database, storage: Storage, web: GatedWeb, environment: dict[str, str], logs: Path
    ) -> None:
        self.database = database
        self.storage = storage
        self.web = web
        self.environment = environment
        self.workers: list[Process] = []
        self._logs = logs
        self._all: list[Process] = []

    # -- processes -----------------------------------------------------------------------------------

    async def muster(self, count: int = 2) -> list[Process]:
        """So many live workers."""
        self.workers = [worker for worker in self.workers if worker.alive]
        while len(self.workers) > count:
            await self.workers.pop().kill()
        fresh = [await self._worker() for _ in range(count - len(self.workers))]
        self.workers += fresh
        for worker in fresh:
            await worker.says("worker is ready")
        return self.workers

    async def _worker(self) -> Process:
        return await self.start("jobs.worker")

    async def start(self, module: str, *arguments: str, **variables: str) -> Process:
        """One process of Legwork's more, with these variables besides; it ends with the crew at the latest."""
        log = self._logs / f"{module}-{len(self._all) + 1}.log"
        process = await start([sys.executable, "-m", module, *arguments], self.environment | variables, log)
        self._all.append(process)
        return process

    async def holder(self, task_id: UUID) -> Process:
        """The worker that has the task's job."""

        async def find() -> str | None:
            rows = await self.rows(
                "SELECT worker FROM queue_jobs WHERE task_id = :id AND status = 'running' AND worker IS NOT NULL",
                id=task_id,
            )
            return rows[0]["worker"] if rows else None

        name: str = await eventually(find)
        return next(worker for worker in self.workers if name.endswith(f":{worker.pid}"))

    async def disband(self) -> None:
        for process in self._all:
            await process.kill()

    # -- work ----------------------------------------------------------------------------------------

    async def begin(self, name: str, *requests: str) -> UUID:
        """A task of one person that makes the requests one after another. Returns its id.

        ``/a`` is read; ``POST /b`` changes something outside, so that the person is asked first.
        """
        nodes = [
            {"id": f"n{place}", "type": "tool", "name": "http_request", "config": self._request(written)}
            for place, written in enumerate(requests, 1)
        ]
        edges = [[f"n{place}", f"n{place + 1}"] for place in range(1, len(requests))]
        await self.keep(name, nodes, edges)
        return await self.task_of(await self.say(f"/workflows run {name}", name))

    async def keep(
        self, name: str, nodes: Sequence[Mapping[str, Any]], edges: Sequence[Sequence[str]], **about: str
    ) -> None:
        """Save a workflow of the person of the same name; ``about`` says more of them, such as their ``timezone``."""
        [person] = await self.rows(
            "SELECT t.org_id, m.user_id FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.id = :id",
            id=await self.say("/about", name, **about),
        )
        async with self.database.system("a test") as session:
            await workflows.save(
                session,
                org_id=person["org_id"],
                user_id=person["user_id"],
                chat_id=None,
                name=name,
                description=name,
                spec={"nodes": list(nodes), "edges": [list(edge) for edge in edges]},
                prompt_version=None,
            )

    async def task_of(self, message_id: UUID) -> UUID:
        """The task a message begins, once it has."""
        task = await eventually(
            lambda: self.rows("SELECT id FROM tasks WHERE message_id = :id", id=message_id), PATIENCE
        )
        return task[0]["id"]

    def _request(self, written: str) -> dict[str, str]:
        method, _, path = written.rpartition(" ")
        return {"method": method or "GET", "url": self.web.url(path)}

    async def say(self, words: str, person: str, **about: Any) -> UUID:
        event = incoming(words, person=person, platform="console", held=True, **about)
        received = await accept(self.database, self.storage, event)
        assert received.message_id is not None
        return received.message_id

    async def acquainted(self, person: str) -> RowMapping:
        """Somebody who has said something, and been answered: org_id, user_id, thread_id."""
        message_id = await self.say("/about", person)
        await self.settles()
        [known] = await self.rows(
            """SELECT t.org_id, t.user_id, t.id AS thread_id FROM messages m JOIN threads t ON t.id = m.thread_id
            WHERE m.id = :id""",
            id=message_id,
        )
        return known

    async def press(self, task_id: UUID, label: str, person: str) -> None:
        """Press the newest button of that label that the task has shown."""

        async def find() -> dict[str, str] | None:
            buttons = [button for body in await self.said(task_id) for button in body.get("buttons", [])]
            return next((button for button in reversed(buttons) if button["label"] == label), None)

        button = await eventually(find, PATIENCE)
        event = pressed(button["action"], button["value"], person=person, platform="console", held=True)
        await accept(self.database, self.storage, event)

    # -- what became of it ---------------------------------------------------------------------------

    async def said(self, task_id: UUID) -> Sequence[dict[str, Any]]:
        """Everything posted about a task, in order."""
        async with self.database.system("a test") as session:
            return await said_about(session, task_id, task_id)

    async def task(self, task_id: UUID) -> RowMapping:
        return (await self.rows("SELECT status, waiting_for, error FROM tasks WHERE id = :id", id=task_id))[0]

    async def steps(self, task_id: UUID) -> dict[str, str]:
        rows = await self.rows("SELECT node_id, status FROM task_steps WHERE task_id = :id", id=task_id)
        return {row["node_id"]: row["status"] for row in rows}

    async def jobs(self, task_id: UUID) -> Sequence[RowMapping]:
        """The task's jobs, in the order they were queued."""
        return await self.rows(
            """SELECT status, attempts, crashes, epoch, worker, lease_until < now() AS lapsed
            FROM queue_jobs WHERE task_id = :id ORDER BY id""",
            id=task_id,
        )

    async def becomes(self, task_id: UUID, status: str, within: float = PATIENCE) -> RowMapping:
        """Wait until the task has that status."""

        async def find() -> RowMapping | None:
            task = await self.task(task_id)
            return task if task["status"] == status else None

        try:
            return await eventually(find, within)
        except TimeoutError:
            found = [dict(row) for row in (await self.task(task_id), *await self.jobs(task_id))]
            raise AssertionError(f"not {status}: {found}") from None

    async def at_rest(self) -> bool:
        """Whether no job is left to be done."""
        return await self.left() == 0

    async def left(self) -> int:
        """How many jobs are not at their end. Upkeep never is."""
        return await self.count(
            "queue_jobs WHERE status IN ('available', 'scheduled', 'running') AND queue <> 'UPKEEP'"
        )

    async def settles(self, within: float = PATIENCE) -> None:
        """Until no job is left, or nothing more is to be expected."""
        with suppress(TimeoutError):
            await eventually(self.at_rest, within)

    async def count(self, what: str) -> int:
        """How many rows there are of ``what``: a table, and perhaps a condition."""
        [row] = await self.rows(f"SELECT count(*) AS rows FROM {what}")
        return row["rows"]

    async def ends_as(self, task_id: UUID, status: str) -> bool:
        """Whether the task gets that status in time."""
        with suppress(AssertionError):
            return bool(await self.becomes(task_id, status))
        return False

    async def rows(self, statement: str, **values: Any) -> Sequence[RowMapping]:
        async with self.database.system("a test") as session:
            return await session.all(text(statement), values)
