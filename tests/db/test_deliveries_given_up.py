"""A delivery that is given up: what waits in its chat is said all the same."""

from domain.core import queue
from domain.flow.conclude.quarantine import FAILED, tell
from tests.factories.jobs import LEASE, rows, run_out
from tests.fixtures.room import Chat


async def killed_three_times(room: Chat) -> None:
    """Whoever takes the chat's delivery dies, until it is given up."""
    for _ in range(queue.CRASHES):
        job = await queue.claim(room.database, queue.Queue.DELIVER, worker="w1", lease=LEASE, share_slots=10)
        assert job is not None
        await run_out(room.database, job)
        async with room.database.system("a test") as session:
            for given_up in (await queue.sweep(session)).quarantined:
                await tell(session, given_up)


async def pending(room: Chat) -> int:
    return len(await rows(room.database, "SELECT 1 FROM queue_jobs WHERE kind = 'deliver' AND status = 'available'"))


async def test_what_waits_for_a_delivery_that_was_given_up_is_left_to_another(room: Chat) -> None:
    await room.say("one")
    await room.say("two")
    await killed_three_times(room)
    assert await room.states() == {"one": "queued", "two": "queued"}
    assert await pending(room) == 1


async def test_what_takes_its_workers_down_again_is_set_aside_and_the_rest_is_said(room: Chat) -> None:
    await room.say("one")
    await room.say("two")
    await killed_three_times(room)
    await killed_three_times(room)
    assert await room.states() == {"one": "failed", "two": "queued"}
    assert await pending(room) == 1
    await room.deliver()
    assert room.texts == ["two"]


async def test_of_what_was_being_sent_when_it_was_given_up_nobody_knows(room: Chat) -> None:
    await room.say("one")
    await killed_three_times(room)
    await room.cut_off("one")
    await killed_three_times(room)
    assert await room.states() == {"one": "unknown"}
    assert await pending(room) == 0


async def test_what_fails_because_of_a_fault_leaves_the_rest_to_another_delivery(room: Chat) -> None:
    await room.say("one")
    await room.say("two")
    job = await queue.claim(room.database, queue.Queue.DELIVER, worker="w1", lease=LEASE, share_slots=10)
    assert job is not None
    async with room.database.system("a test") as session:
        await tell(session, job, FAILED)
        await queue.fail(session, job, "out of paper")
    assert await room.states() == {"one": "failed", "two": "queued"}
    assert await pending(room) == 1
