"""What is said to a task while it runs: in time, or it finds the task ended; and heard once."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from domain.core import queue
from domain.core.db import Database
from domain.core.errors import LeaseLost
from domain.core.ids import new_id
from domain.core.queue import Job
from domain.tasks import control, notes, repository, rounds
from domain.tasks.ending import end, take_back
from domain.tasks.notes import MOST_UNHEARD, Noted
from domain.tasks.rounds import Stored
from domain.tasks.states import TaskStatus
from tests.bench.work import people
from tests.factories.jobs import blocked, claimed, enqueue, rows, run_out
from tests.fixtures.waiting import eventually

LEFT = "SELECT data, share FROM queue_jobs WHERE kind = 'left'"


@pytest.fixture
async def person(database: Database) -> dict[str, Any]:
    [one] = await people(database, 1, of=str(new_id()))
    return dict(one)


@pytest.fixture
async def task_id(database: Database, person: dict[str, Any]) -> UUID:
    given = {name: person[name] for name in ("org_id", "user_id", "thread_id")}
    async with database.system("a test") as session:
        return (await repository.add(session, title="it", description="it", started=True, **given)).id


@pytest.fixture
async def job(database: Database, task_id: UUID) -> Job:
    await enqueue(database, task_id=task_id)
    return await claimed(database)


class Says:
    """A person who says something to the task."""

    def __init__(self, database: Database, person: dict[str, Any], task_id: UUID) -> None:
        self.database, self.task_id, self.user_id = database, task_id, person["user_id"]

    async def __call__(self, words: str = "only 2025", message_id: UUID | None = None) -> Noted:
        async with self.database.system("a test") as session:
            message_id = message_id or new_id()
            return await notes.add(session, self.task_id, user_id=self.user_id, message_id=message_id, words=words)

    async def unheard(self) -> list[str]:
        """What nobody has heard; the task counts as many."""
        async with self.database.system("a test") as session:
            found = await notes.unheard(session, self.task_id)
        [task] = await rows(self.database, "SELECT unheard FROM tasks WHERE id = :id", id=self.task_id)
        assert task.unheard == len(found)
        return [note.words for note in found]

    async def ids(self) -> list[UUID]:
        async with self.database.system("a test") as session:
            return [note.id for note in await notes.unheard(session, self.task_id)]


@pytest.fixture
def says(database: Database, person: dict[str, Any], task_id: UUID) -> Says:
    return Says(database, person, task_id)


async def store(database: Database, job: Job, task_id: UUID, **more: Any) -> Stored:
    given: dict[str, Any] = {"done": 1, "total": 1, "cost": None, "steps": [], "ends": False}
    async with database.system("a test") as session:
        return await rounds.store(session, job, task_id, **given | more)


async def finish(database: Database, job: Job, task_id: UUID, **more: Any) -> Stored:
    return await store(database, job, task_id, ends=True, result={"text": "done"}, **more)


async def test_every_round_is_told_how_much_is_unheard(database: Database, says: Says, job: Job, task_id: UUID) -> None:
    assert (await store(database, job, task_id)).unheard == 0
    assert [await says("only 2025"), await says("and as a table")] == [Noted.NOTED, Noted.NOTED]
    assert (await store(database, job, task_id)).unheard == 2
    assert await says.unheard() == ["only 2025", "and as a table"]
    async with database.system("a test") as session:
        run = await repository.start_run(session, job, task_id)
    assert run is not None
    assert run.task.unheard == 2


async def test_a_round_that_hears_lowers_the_count_by_what_it_heard_and_says_who_did(
    database: Database, says: Says, job: Job, task_id: UUID
) -> None:
    await says("only 2025")
    heard = await says.ids()
    await says("and as a table")
    assert (await store(database, job, task_id, heard=heard, by="n1[3].think")).unheard == 1
    assert await says.unheard() == ["and as a table"]
    noted = await rows(database, "SELECT heard_by FROM task_notes ORDER BY id")
    assert [note.heard_by for note in noted] == ["n1[3].think", None]


async def test_a_note_is_heard_once(database: Database, says: Says, job: Job, task_id: UUID) -> None:
    await says()
    heard = await says.ids()
    await store(database, job, task_id, heard=heard, by="n1[1].think")
    assert (await store(database, job, task_id, heard=heard, by="n1[2].think")).unheard == 0
    [note] = await rows(database, "SELECT heard_by FROM task_notes")
    assert note.heard_by == "n1[1].think"


async def test_what_was_taken_out_while_it_was_being_heard_is_not_counted_twice(
    database: Database, says: Says, job: Job, task_id: UUID
) -> None:
    await says("only 2025")
    heard = await says.ids()
    await says("and as a table")
    async with database.system("a test") as session:
        [note, _] = await notes.unheard(session, task_id)
        assert await notes.take_out(session, note, "task:1")
        assert not await notes.take_out(session, note, "task:2")
    stored = await finish(database, job, task_id, heard=heard, by="n1[1].think")
    assert (stored.unheard, stored.ended) == (1, False)
    assert await says.unheard() == ["and as a table"]


async def test_whoever_lost_the_job_hears_nothing(database: Database, says: Says, job: Job, task_id: UUID) -> None:
    await says()
    await run_out(database, job)
    async with database.system("a test") as session:
        await queue.sweep(session)
    with pytest.raises(LeaseLost):
        await store(database, job, task_id, heard=await says.ids(), by="n1[1].think")
    assert await says.unheard() == ["only 2025"]


# -- in time, or too late ------------------------------------------------------------------------------


async def test_a_task_does_not_succeed_while_something_is_unheard(
    database: Database, says: Says, job: Job, task_id: UUID
) -> None:
    await says()
    stored = await finish(database, job, task_id)
    assert (stored.ended, stored.status, stored.unheard) == (False, TaskStatus.RUNNING, 1)
    async with database.system("a test") as session:
        assert not await end(session, task_id, TaskStatus.SUCCEEDED)
        await notes.heard(session, task_id, [note.id for note in await notes.unheard(session, task_id)], "plan:1")
        assert await end(session, task_id, TaskStatus.SUCCEEDED)
    assert await rows(database, LEFT) == []


async def test_a_note_that_comes_while_the_end_waits_for_the_tasks_row_is_in_time(
    database: Database, says: Says, job: Job, task_id: UUID
) -> None:
    """The end has begun before the note is there, and reads the database as it was then."""
    async with database.system("a test") as session:
        await repository.status_of(session, task_id)
        ending = asyncio.create_task(finish(database, job, task_id))
        await eventually(lambda: _blocked(database))
        assert await notes.add(session, task_id, user_id=says.user_id, message_id=new_id(), words="only 2025")
    stored = await ending
    assert (stored.ended, stored.unheard) == (False, 1)
    assert await says.unheard() == ["only 2025"]


async def test_a_direct_answer_that_waits_for_the_tasks_row_sees_the_note_too(
    database: Database, says: Says, task_id: UUID
) -> None:
    async def answer() -> bool:
        async with database.system("a test") as session:
            return await end(session, task_id, TaskStatus.SUCCEEDED, result={"text": "hello"})

    async with database.system("a test") as session:
        await repository.status_of(session, task_id)
        ending = asyncio.create_task(answer())
        await eventually(lambda: _blocked(database))
        assert await notes.add(session, task_id, user_id=says.user_id, message_id=new_id(), words="only 2025")
    assert not await ending


async def test_a_note_that_waits_for_the_end_finds_the_task_ended(
    database: Database, says: Says, task_id: UUID
) -> None:
    async with database.system("a test") as session:
        assert await end(session, task_id, TaskStatus.SUCCEEDED)
        noting = asyncio.create_task(says())
        await eventually(lambda: _blocked(database))
    assert await noting is Noted.ENDED
    assert await says.unheard() == []


async def _blocked(database: Database) -> bool:
    return await blocked(database) == 1


async def test_of_twenty_notes_and_an_end_at_once_each_is_in_time_or_too_late(
    database: Database, says: Says, job: Job, task_id: UUID
) -> None:
    noted = asyncio.gather(*(says(f"note {place}") for place in range(20)))
    stored = await finish(database, job, task_id)
    in_time = [one for one in await noted if one]
    assert len(await says.unheard()) == len(in_time)
    assert stored.ended is not bool(stored.unheard)
    assert not (stored.ended and in_time)


# -- what is left --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["stopped", "failed", "leaving"])
async def test_what_is_unheard_where_a_task_ends_all_the_same_is_left_to_a_job(
    database: Database, says: Says, job: Job, task_id: UUID, how: str
) -> None:
    await says()
    if how == "leaving":
        assert (await finish(database, job, task_id, leaving=True)).ended
    else:
        async with database.system("a test") as session:
            if how == "stopped":
                assert await control.cancel(session, task_id)
            else:
                assert await end(session, task_id, TaskStatus.FAILED, error={"code": "x"})
    [left] = await rows(database, LEFT)
    assert (left.data, left.share) == ({"task_id": str(task_id)}, str(says.user_id))
    assert await says.unheard() == ["only 2025"]


async def test_what_a_task_left_it_hears_where_it_was_taken_back_before_anybody_dealt_with_it(
    database: Database, says: Says, task_id: UUID
) -> None:
    await says()
    async with database.system("a test") as session:
        await control.cancel(session, task_id)
        assert await take_back(session, task_id)
        assert not await end(session, task_id, TaskStatus.SUCCEEDED)


# -- how much ------------------------------------------------------------------------------------------


async def test_of_one_message_there_is_one_note(says: Says) -> None:
    message_id = new_id()
    assert [await says("once", message_id), await says("once", message_id)] == [Noted.NOTED, Noted.KNOWN]
    assert await says.unheard() == ["once"]


async def test_no_more_is_noted_than_a_task_may_have_unheard(database: Database, says: Says, task_id: UUID) -> None:
    for place in range(MOST_UNHEARD):
        assert await says(f"note {place}")
    assert await says("one too many") is Noted.FULL
    async with database.system("a test") as session:
        [first, *_] = await notes.unheard(session, task_id)
        await notes.heard(session, task_id, [first.id], "plan:1")
    assert await says("there is room again") is Noted.NOTED


async def test_a_note_says_what_its_message_says_until_it_is_heard(
    database: Database, says: Says, task_id: UUID
) -> None:
    message_id = new_id()
    await says("only 2024", message_id)
    async with database.system("a test") as session:
        note = await notes.of_message(session, message_id)
        assert note is not None
        assert await notes.reword(session, note, "only 2025")
        assert [one.words for one in await notes.unheard(session, task_id)] == ["only 2025"]
        assert await notes.heard(session, task_id, [note.id], "plan:1") == [note.id]
        assert not await notes.reword(session, note, "only 2023")


async def test_notes_go_with_their_task_to_another_organization(
    database: Database, says: Says, person: dict[str, Any]
) -> None:
    await says()
    [other] = await people(database, 1, of=str(new_id()))
    async with database.system("a test") as session:
        await control.give_tasks(session, person["org_id"], other["org_id"])
    [note] = await rows(database, "SELECT org_id FROM task_notes")
    assert note.org_id == other["org_id"]
