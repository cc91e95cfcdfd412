"""One end of a task, whoever comes for it and whenever; what waits for it is queued once."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.core.db import Database, Session
from domain.core.errors import NotFound
from domain.core.ids import new_id
from domain.core.queue import Command, Job, Queue
from domain.flow.conclude import quarantine
from domain.tasks import control, repository, rounds
from domain.tasks.ending import end, follow, take_back
from domain.tasks.states import Outcome, TaskStatus
from tests.bench.work import people
from tests.factories.jobs import blocked, claimed, enqueue, execute, rows
from tests.fixtures.waiting import eventually

EXAMPLES = int(os.environ.get("LEGWORK_EXAMPLES", "40"))

FOLLOWERS = "SELECT dedupe_key, data, kind, task_id FROM queue_jobs WHERE queue = 'DELIVER' ORDER BY id"


@pytest.fixture
async def task_id(database: Database) -> UUID:
    """A task that runs, of one step."""
    return await begin(database)


async def begin(database: Database) -> UUID:
    [person] = await people(database, 1, of=str(new_id()))
    async with database.system("a test") as session:
        task = await repository.add(
            session,
            org_id=person["org_id"],
            user_id=person["user_id"],
            thread_id=person["thread_id"],
            title="it",
            description="it",
            started=True,
        )
        await session.execute(
            text("""INSERT INTO task_steps (id, org_id, task_id, node_id, type, name, status)
            VALUES (:id, :org_id, :task_id, 'n1', 'tool', 'note', 'FAILED')"""),
            {"id": new_id(), "org_id": task.org_id, "task_id": task.id},
        )
    return task.id


def follower(key: str = "f1") -> Command:
    return Command(queue=Queue.DELIVER, kind="followed", data={"mine": 1}, share="s", dedupe_key=key, priority=2)


async def status(database: Database, task_id: UUID) -> str:
    [row] = await rows(database, "SELECT status FROM tasks WHERE id = :id", id=task_id)
    return row.status


async def finish(session: Session, job: Job, task_id: UUID) -> bool:
    """What a worker does whose last step is done."""
    given: dict[str, Any] = {"done": 1, "total": 1, "cost": None, "steps": [], "ends": True}
    return (await rounds.store(session, job, task_id, result={"text": "done"}, **given)).ended


async def test_who_waits_for_the_end_is_queued_with_it_and_told_how_it_ended(database: Database, task_id: UUID) -> None:
    async with database.system("a test") as session:
        await follow(session, task_id, follower())
    assert await rows(database, FOLLOWERS) == []
    async with database.system("a test") as session:
        assert await end(session, task_id, TaskStatus.SUCCEEDED, result={"text": "done"})
        assert session.wakes == {"DELIVER": 1}
    [job] = await rows(database, FOLLOWERS)
    assert (job.dedupe_key, job.kind) == ("f1", "followed")
    assert job.data == {"mine": 1, "ended": {"task_id": str(task_id), "status": "SUCCEEDED"}}


async def test_who_comes_after_the_end_is_queued_at_once(database: Database, task_id: UUID) -> None:
    async with database.system("a test") as session:
        assert await control.cancel(session, task_id)
        await follow(session, task_id, follower())
    [job] = await rows(database, FOLLOWERS)
    assert job.data["ended"]["status"] == "CANCELLED"


async def test_the_same_follower_waits_once_and_others_beside_it(database: Database, task_id: UUID) -> None:
    for key in ("f1", "f2", "f1"):
        async with database.system("a test") as session:
            await follow(session, task_id, follower(key))
    async with database.system("a test") as session:
        assert await end(session, task_id, TaskStatus.FAILED, error={"code": "x"})
    assert [job.dedupe_key for job in await rows(database, FOLLOWERS)] == ["f1", "f2"]


async def test_a_stop_cancels_what_the_task_had_queued_and_not_what_follows_its_end(
    database: Database, task_id: UUID
) -> None:
    mine = await enqueue(database, "mine", task_id=task_id)
    async with database.system("a test") as session:
        await follow(session, task_id, Command(queue=Queue.DELIVER, kind="x", task_id=task_id, dedupe_key="f1"))
        await control.cancel(session, task_id)
    jobs = await rows(database, "SELECT id, status FROM queue_jobs WHERE task_id = :id", id=task_id)
    assert {job.id == mine: job.status for job in jobs} == {True: "cancelled", False: "available"}


async def test_a_task_that_was_taken_back_ends_anew_and_whoever_waits_for_that_says_so(
    database: Database, task_id: UUID
) -> None:
    async with database.system("a test") as session:
        await follow(session, task_id, follower())
        assert not await take_back(session, task_id)
        assert await end(session, task_id, TaskStatus.FAILED, error={"code": "x"})
        assert await take_back(session, task_id)
        await follow(session, task_id, follower("f2"))
        assert await end(session, task_id, TaskStatus.SUCCEEDED)
    assert [job.dedupe_key for job in await rows(database, FOLLOWERS)] == ["f1", "f2"]


async def test_what_succeeded_is_not_taken_back(database: Database, task_id: UUID) -> None:
    async with database.system("a test") as session:
        await end(session, task_id, TaskStatus.SUCCEEDED)
        assert not await take_back(session, task_id)


async def test_what_came_to_a_part_is_taken_back_and_may_come_to_more(database: Database, task_id: UUID) -> None:
    await enqueue(database, task_id=task_id)
    job = await claimed(database)
    given: dict[str, Any] = {"done": 1, "total": 1, "cost": None, "steps": [], "ends": True}
    async with database.system("a test", single=True) as session:
        stored = await rounds.store(session, job, task_id, result={"text": "half"}, outcome=Outcome.PARTIAL, **given)
        assert stored.ended
    outcome = "SELECT status, outcome FROM tasks WHERE id = :id"
    assert [tuple(row) for row in await rows(database, outcome, id=task_id)] == [("SUCCEEDED", "partial")]
    async with database.system("a test") as session:
        assert await take_back(session, task_id)
        assert not await take_back(session, task_id)
        assert await end(session, task_id, TaskStatus.SUCCEEDED)
    assert [tuple(row) for row in await rows(database, outcome, id=task_id)] == [("SUCCEEDED", "answer")]


async def test_nothing_more_is_asked_of_the_database_where_nobody_waits(database: Database, task_id: UUID) -> None:
    async with database.system("a test", single=True) as session:
        assert await end(session, task_id, TaskStatus.FAILED)
    await execute(database, "UPDATE tasks SET status = 'RUNNING' WHERE id = :id", id=task_id)
    await enqueue(database, task_id=task_id)
    job = await claimed(database)
    async with database.system("a test", single=True) as session:
        assert await finish(session, job, task_id)


@pytest.mark.parametrize("paused", ["person", None])
async def test_a_round_ends_what_nobody_has_paused(database: Database, task_id: UUID, paused: str | None) -> None:
    async with database.system("a test") as session:
        await follow(session, task_id, follower())
        if paused:
            await control.pause(session, task_id)
    await enqueue(database, task_id=task_id)
    job = await claimed(database)
    async with database.system("a test") as session:
        assert await finish(session, job, task_id) is (paused is None)
    [task] = await rows(database, "SELECT status, result, current_step FROM tasks WHERE id = :id", id=task_id)
    assert task.current_step == 1  # how far it has come is noted either way
    assert (task.status, task.result) == (("PAUSED", None) if paused else ("SUCCEEDED", {"text": "done"}))
    assert len(await rows(database, FOLLOWERS)) == (paused is None)


@pytest.mark.parametrize("wrong", [{"dedupe_key": None}, {"delay": 1}, {"run_at": 1}])
async def test_a_follower_has_a_key_and_no_moment_of_its_own(
    database: Database, task_id: UUID, wrong: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"queue": Queue.DELIVER, "kind": "x", "dedupe_key": "f1"}
    async with database.system("a test") as session:
        with pytest.raises(ValueError, match="begins when the task ends"):
            await follow(session, task_id, Command(**given | wrong))
        with pytest.raises(NotFound):
            await follow(session, new_id(), follower())


async def test_an_answer_does_not_bring_back_what_was_stopped_meanwhile(database: Database, task_id: UUID) -> None:
    async with database.system("a test") as session:
        await control.cancel(session, task_id)
        await control.go_on(session, task_id)
        await control.pause(session, task_id)
        assert not await repository.wait_for(session, task_id, "answer")
    assert await status(database, task_id) == "CANCELLED"


# -- whoever comes, at the same moment ---------------------------------------------------------------

Kind = Literal["finish", "answer", "stop", "fail", "quarantine", "retry", "pause", "go on", "ask", "follow"]
ENDS = {
    "finish": "SUCCEEDED",
    "answer": "SUCCEEDED",
    "stop": "CANCELLED",
    "fail": "FAILED",
    "quarantine": "FAILED",
}


@dataclass(frozen=True)
class Deed:
    kind: Kind
    undone: bool = False
    """Its transaction fails at its end."""


class Undone(Exception):
    pass


@dataclass
class GivenUp:
    """A row of the ledger that is given up."""

    task_id: UUID
    id: UUID = field(default_factory=new_id)
    kind: str = "advance"
    data: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass
class Doing:
    """What happens to one task, and what came of it so far."""

    database: Database
    task_id: UUID
    ends: int = 0
    taken_back: int = 0
    waiting: list[str] = field(default_factory=list[str])

    async def at_once(self, deeds: Sequence[Deed]) -> None:
        """All come while the task's row is locked, and go on together when it no longer is."""
        jobs = {place: await self._job() for place, deed in enumerate(deeds) if deed.kind == "finish"}
        before = await status(self.database, self.task_id)
        async with self.database.system("a test") as session:
            await repository.status_of(session, self.task_id)
            coming = [asyncio.create_task(self._do(deed, jobs.get(place))) for place, deed in enumerate(deeds)]
            await eventually(lambda: self._wait(coming))
        came = await asyncio.gather(*coming)
        after = await status(self.database, self.task_id)
        ended = [deed for deed, did in zip(deeds, came, strict=True) if did and deed.kind in ENDS]
        back = [deed for deed, did in zip(deeds, came, strict=True) if did and deed.kind == "retry"]
        self.ends += len(ended)
        self.taken_back += len(back)
        assert self.ends - self.taken_back == TaskStatus(after).final, (before, after, ended, back)
        if TaskStatus(after).final and after != before:
            assert after in {ENDS[deed.kind] for deed in ended}
        if before == "SUCCEEDED":
            assert after == before
            assert not ended

    async def _wait(self, coming: Sequence[asyncio.Task[bool]]) -> bool:
        """Whether each waits for the row, or has found that it has nothing to do."""
        return await blocked(self.database) == sum(not one.done() for one in coming)

    async def _job(self) -> Job:
        await enqueue(self.database, task_id=self.task_id, priority=3)
        return await claimed(self.database)

    async def _do(self, deed: Deed, job: Job | None) -> bool:
        key = str(new_id())
        try:
            async with self.database.system("a test") as session:
                did = await self._deed(session, deed, job, key)
                if deed.undone:
                    raise Undone
        except Undone:
            return False
        self.waiting += [key] if deed.kind == "follow" else []
        return did

    async def _deed(self, session: Session, deed: Deed, job: Job | None, key: str) -> bool:
        match deed.kind:
            case "finish":
                assert job is not None
                return await finish(session, job, self.task_id)
            case "answer":
                return await end(session, self.task_id, TaskStatus.SUCCEEDED, result={"text": "hello"})
            case "stop":
                return await control.cancel(session, self.task_id)
            case "fail":
                return await end(session, self.task_id, TaskStatus.FAILED, error={"code": "x"})
            case "quarantine":
                given_up = GivenUp(self.task_id)
                await quarantine.tell(session, given_up)
                await session.flush()
                said = text("SELECT EXISTS (SELECT 1 FROM outbound_messages WHERE dedupe_key = :key)")
                return await session.scalar(said, {"key": f"given-up:{given_up.id}"})
            case "retry":
                await repository.status_of(session, self.task_id)
                return await take_back(session, self.task_id)
            case "pause":
                await control.pause(session, self.task_id)
            case "go on":
                await control.go_on(session, self.task_id)
            case "ask":
                await repository.wait_for(session, self.task_id, "answer")
            case "follow":
                await follow(session, self.task_id, follower(key))
        return False

    async def over(self) -> None:
        """The task ends at the latest now, and each follower has been queued once."""
        async with self.database.system("a test") as session:
            self.ends += await end(session, self.task_id, TaskStatus.CANCELLED)
        queued = sorted(job.dedupe_key for job in await rows(self.database, FOLLOWERS))
        assert queued == sorted(self.waiting)
        [left] = await rows(self.database, "SELECT followers FROM tasks WHERE id = :id", id=self.task_id)
        assert left.followers is None


deeds = st.builds(
    Deed,
    kind=st.sampled_from(
        [*ENDS, "retry", "retry", "follow", "follow", "pause", "go on", "ask"]  # pyright: ignore[reportArgumentType]
    ),
    undone=st.sampled_from([False, False, False, True]),
)


@settings(
    max_examples=EXAMPLES,
    derandomize="LEGWORK_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(waves=[[Deed("follow"), Deed("finish"), Deed("stop"), Deed("fail")]])
@example(waves=[[Deed("follow"), Deed("pause"), Deed("finish")], [Deed("go on"), Deed("finish")]])
@example(waves=[[Deed("finish", undone=True), Deed("stop"), Deed("retry"), Deed("quarantine"), Deed("follow")]])
@given(waves=st.lists(st.lists(deeds, min_size=1, max_size=6), min_size=1, max_size=5))
async def test_a_task_ends_once_whoever_comes_for_it_at_the_same_moment(
    database: Database, waves: list[list[Deed]]
) -> None:
    await execute(database, "DELETE FROM queue_jobs")
    await execute(database, "DELETE FROM outbound_messages")
    doing = Doing(database, await begin(database))
    for wave in waves:
        await doing.at_once(wave)
    await doing.over()
