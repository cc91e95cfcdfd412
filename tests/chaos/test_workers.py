"""Two real workers, one of which is cut off in the midst of a call, and what a person decides then. What must hold
however often a worker is killed, paused or stopped is shown by the rows (``test_rows.py``)."""

from tests.chaos.crew import Crew
from tests.fixtures.waiting import eventually


async def test_an_external_call_that_was_cut_off_is_asked_about_and_not_repeated(crew: Crew) -> None:
    task_id = await crew.begin("effect", "POST /gate/effect", "/after/effect")
    await crew.press(task_id, "Approve", "effect")
    await eventually(lambda: crew.web.count("/gate/effect"))
    await (await crew.holder(task_id)).kill()
    task = await crew.becomes(task_id, "PAUSED")
    assert task["waiting_for"] == "outcome"
    assert (await crew.steps(task_id))["n1"] == "UNKNOWN"
    crew.web.gate.set()
    await crew.press(task_id, "It is done", "effect")
    await crew.becomes(task_id, "SUCCEEDED")
    assert crew.web.count("/gate/effect") == 1
    assert crew.web.count("/after/effect") == 1


async def test_done_again_is_another_call_with_another_key(crew: Crew) -> None:
    task_id = await crew.begin("again", "POST /gate/again")
    await crew.press(task_id, "Approve", "again")
    await eventually(lambda: crew.web.count("/gate/again"))
    await (await crew.holder(task_id)).kill()
    await crew.becomes(task_id, "PAUSED")
    crew.web.gate.set()
    await crew.press(task_id, "Do it again", "again")
    await crew.becomes(task_id, "SUCCEEDED")
    assert len(set(crew.web.keys("/gate/again"))) == 2


async def test_stop_reaches_the_worker_that_is_in_the_midst_of_a_step(crew: Crew) -> None:
    task_id = await crew.begin("stop", "/first/stop", "/gate/stop", "/last/stop")
    await eventually(lambda: crew.web.count("/gate/stop"))
    await crew.say("stop", "stop")
    await crew.becomes(task_id, "CANCELLED")

    async def at_rest() -> bool:
        return all(job["status"] in ("completed", "cancelled") for job in await crew.jobs(task_id))

    await eventually(at_rest)  # although the answer it waited for never came
    assert crew.web.count("/last/stop") == 0
