"""Real worker processes on real servers, and a person who gives them work."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from bot.inbound import accept
from domain.conversations import outbox
from domain.core.db import Database
from domain.core.storage import Storage
from domain.workflows import service as workflows
from tests.chaos.web import GatedWeb
from tests.factories.incoming import incoming, pressed
from tests.fixtures.waiting import eventually

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
LEASE_SECONDS = 1.0


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


async def start(command: Sequence[str], environment: dict[str, str], log: Path) -> Process:
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Process(process, log)


class Crew:
    """Workers and their work. A worker that was killed is replaced by ``muster``."""

    def __init__(self, database: Database, storage: Storage, web: GatedWeb, environment: dict[str, str], logs: Path) -> None:
        self.database = database
        self.storage = storage
        self.web = web
        self.environment = environment
        self.workers: list[Process] = []
        self._logs = logs
        self._started = 0

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
        self._started += 1
        log = self._logs / f"worker-{self._started}.log"
        return await start([sys.executable, "-m", "jobs.worker"], self.environment, log)

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
        for worker in self.workers:
            if worker.alive:
                worker.send(signal.SIGCONT)
            await worker.kill()

    # -- work ----------------------------------------------------------------------------------------

    async def begin(self, name: str, *paths: str) -> UUID:
        """A task that asks for the paths one after another (``POST /x`` after an approval). Returns its id."""
        nodes = [
            {"id": f"n{place}", "type": "tool", "name": "http_request", "config": self._request(path)}
            for place, path in enumerate(paths, 1)
        ]
        edges = [[f"n{place}", f"n{place + 1}"] for place in range(1, len(paths))]
        message_id = await self.say(f"/tools run current_time", person=name)
        await self._handled(message_id)
        async with self.database.transaction() as session:
            person = (await self._in(session, "SELECT org_id, user_id FROM messages m JOIN threads t USING (user_id) WHERE m.id = :id AND t.id = m.thread_id", id=message_id))[0]
            await workflows.save(
                session,
                org_id=person["org_id"],
                user_id=person["user_id"],
                name=name,
                description=name,
                spec={"nodes": nodes, "edges": edges},
                prompt_version=None,
            )
        message_id = await self.say(f"/workflows run {name}", person=name)
        return await eventually(lambda: self._task_of(message_id), PATIENCE)

    def _request(self, path: str) -> dict[str, Any]:
        method, _, place = path.rpartition(" ")
        return {"method": method or "GET", "url": self.web.url(place)}

    async def say(self, words: str, *, person: str) -> UUID:
        event = incoming(words, person=person, platform="console", held=True)
        received = await accept(self.database, self.storage, event)
        assert received.message_id is not None
        return received.message_id

    async def press(self, task_id: UUID, label: str, *, person: str) -> None:
        """Press the newest button of that label that the task has shown."""

        async def find() -> tuple[str, str] | None:
            for row in await self.rows("SELECT body FROM outbound_messages WHERE task_id = :id ORDER BY seq DESC", id=task_id):
                for button in row["body"].get("buttons", []):
                    if button["label"] == label:
                        return button["action"], button["value"]
            return None

        action, value = await eventually(find, PATIENCE)
        event = pressed(action, value, person=person)
        await accept(self.database, self.storage, type(event)(**{**_fields(event), "platform": "console", "held": True}))

    async def task(self, task_id: UUID) -> RowMapping:
        return (await self.rows("SELECT * FROM tasks WHERE id = :id", id=task_id))[0]

    async def becomes(self, task_id: UUID, status: str, within: float = PATIENCE) -> RowMapping:
        async def find() -> RowMapping | None:
            task = await self.task(task_id)
            return task if task["status"] == status else None

        try:
            return await eventually(find, within)
        except TimeoutError:
            jobs = await self.rows("SELECT * FROM queue_jobs WHERE task_id = :id", id=task_id)
            raise AssertionError(f"{dict(await self.task(task_id))} {[dict(job) for job in jobs]}") from None

    async def answers(self, task_id: UUID) -> int:
        rows = await self.rows(
            "SELECT 1 FROM outbound_messages WHERE task_id = :id AND body ->> 'type' = 'answer'", id=task_id
        )
        return len(rows)

    async def rows(self, statement: str, **values: Any) -> Sequence[RowMapping]:
        async with self.database.transaction() as session:
            return await self._in(session, statement, **values)

    async def _in(self, session: Any, statement: str, **values: Any) -> Sequence[RowMapping]:
        return await session.all(text(statement).columns(body=_JSON) if "body" in statement else text(statement), values)

    async def _task_of(self, message_id: UUID) -> UUID | None:
        rows = await self.rows("SELECT id FROM tasks WHERE message_id = :id", id=message_id)
        return rows[0]["id"] if rows else None

    async def _handled(self, message_id: UUID) -> None:
        await eventually(lambda: self.rows("SELECT 1 FROM messages WHERE id = :id AND handled_at IS NOT NULL", id=message_id), PATIENCE)
