"""What goes wrong in a year-old database: jobs end in every way, platforms refuse, workers die."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from domain.core import queue
from domain.core.db import Session
from domain.core.errors import Ambiguous, Invalid, Unavailable
from domain.flow.deliver.moved import move_chat
from tests.bench.rows_stage import PATIENCE, Stage
from tests.factories.specs import plan, reply, tool
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


async def jobs_end(stage: Stage, talk: Talk) -> None:
    """Every way a job can end, on a queue that nobody else works on."""
    database, second = stage.legwork.database, timedelta(seconds=1)
    ends: Sequence[Callable[[Session, queue.Job], Awaitable[bool]]] = (
        queue.release,
        lambda session, job: queue.snooze(session, job, -second),
        lambda session, job: queue.retry(session, job, -second, "It was away."),
        lambda session, job: queue.fail(session, job, "It cannot be done."),
    )
    async with database.system("a test") as session:
        await queue.enqueue(session, queue.Command(queue=queue.Queue.BROWSER, kind="nothing"))
    for end in ends:
        await stage.worker.sweeper.sweep()
        job = await queue.claim(database, "BROWSER", worker="worker", lease=second * 60, share_slots=10)
        assert job is not None
        async with database.system("a test") as session:
            await end(session, job)


async def deliveries_fail(stage: Stage, talk: Talk) -> None:
    """A platform that asks for patience, one that leaves it open, one that refuses."""
    for failure in (Ambiguous("Nobody answered."), Invalid("Too rich."), Unavailable("Too many.")):
        stage.chat.fail(failure)
        await talk.say("/about")
    await talk.rows(
        """UPDATE queue_jobs SET run_at = now() WHERE status = 'scheduled' AND queue = 'DELIVER' RETURNING id"""
    )
    await talk.rows(
        """UPDATE outbound_messages SET not_before = NULL
        WHERE status = 'queued' AND not_before IS NOT NULL RETURNING id"""
    )
    await talk.settle()
    await talk.press("Show it")


async def chats_move(stage: Stage, talk: Talk) -> None:
    """A group becomes a supergroup: the busy one into an id of its own, and another into the busy one's."""
    moved, other = f"moved-{talk.person}", f"other-{talk.person}"
    for place in (f"group-{talk.person}", other):
        stage.script.then(reply("Hello."))
        await talk.other(talk.person, place, private=False, organization=f"group-{place}").say("hello")
    for before in (f"group-{talk.person}", other):
        async with stage.legwork.database.system("a test") as session:
            await move_chat(session, platform="fake", workspace="w", before=before, now=moved)
    await talk.settle()


async def workers_die(stage: Stage, talk: Talk) -> None:
    """A lease runs out, three times over: rescued, rescued, quarantined; and one job is given up for a fault."""
    gate = stage.rehearsal.gate("slow")
    stage.script.then(plan(tool("n1", "note", text="slow")))
    for number in range(3):
        calls = len(stage.rehearsal.calls)
        if number == 0:
            await talk.begin("note it slowly")
        else:
            await _lose_the_lease(stage, talk)
        await _calls_more_than(stage, calls)
    await _lose_the_lease(stage, talk)
    gate.set()
    await talk.settle()
    gate.clear()


async def _lose_the_lease(stage: Stage, talk: Talk) -> None:
    held = [held for runner in stage.worker.runners.values() for held in runner.held]
    await talk.rows(
        """UPDATE queue_jobs SET lease_until = now() - interval '1 second'
        WHERE id = ANY(:ids) AND status = 'running' RETURNING id""",
        ids=[one.job.id for one in held],
    )
    await stage.worker.sweeper.sweep()
    for one in held:  # at its next step it notices
        one.poked.set()


async def _calls_more_than(stage: Stage, calls: int) -> None:
    await eventually(lambda: len(stage.rehearsal.calls) > calls, PATIENCE)
