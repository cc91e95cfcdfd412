"""Two real workers, one of which is killed, stopped, paused or cut off in the middle of its work."""

import asyncio
import signal
from uuid import UUID

from tests.chaos.crew import Crew
from tests.chaos.ground import Ground
from tests.fixtures.waiting import eventually


async def begin_several(crew: Crew, name: str, count: int = 4) -> dict[str, UUID]:
    """Tasks that have done their first step and are in the midst of their second."""
    names = [f"{name}{number}" for number in range(count)]
    ids = await asyncio.gather(
        *(crew.begin(each, f"/first/{each}", f"/gate/{each}", f"/last/{each}") for each in names)
    )
    await eventually(lambda: all(crew.web.count(f"/gate/{each}") for each in names))
    return dict(zip(names, ids, strict=True))


async def test_what_a_killed_worker_held_is_finished_by_the_other_and_nothing_done_is_repeated(crew: Crew) -> None:
    tasks = await begin_several(crew, "kill")
    victim = await crew.holder(tasks["kill0"])
    await victim.kill()
    crew.web.gate.set()
    for name, task_id in tasks.items():
        await crew.becomes(task_id, "SUCCEEDED")
        assert crew.web.count(f"/first/{name}") == 1
        assert crew.web.count(f"/gate/{name}") <= 2
        assert crew.web.count(f"/last/{name}") == 1
        assert [body["type"] for body in await crew.said(task_id)].count("answer") == 1


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


async def test_a_worker_that_is_asked_to_stop_hands_back_and_spends_no_attempt(crew: Crew) -> None:
    task_id = await crew.begin("term", "/first/term", "/gate/term", "/last/term")
    await eventually(lambda: crew.web.count("/gate/term"))
    victim = await crew.holder(task_id)
    victim.send(signal.SIGTERM)
    assert await victim.ended(10) == 0
    crew.web.gate.set()
    await crew.becomes(task_id, "SUCCEEDED")
    jobs = await crew.jobs(task_id)
    assert [job["crashes"] for job in jobs] == [0] * len(jobs)
    assert all(job["attempts"] <= 1 for job in jobs)
    assert crew.web.count("/first/term") == 1


async def test_a_worker_paused_past_its_lease_writes_nothing_when_it_comes_back(crew: Crew) -> None:
    task_id = await crew.begin("pause", "/first/pause", "/gate/pause", "/last/pause")
    await eventually(lambda: crew.web.count("/gate/pause"))
    victim = await crew.holder(task_id)
    victim.send(signal.SIGSTOP)
    await eventually(lambda: crew.web.count("/gate/pause") == 2)  # the other one has it now
    crew.web.gate.set()
    await crew.becomes(task_id, "SUCCEEDED")
    before = await crew.rows(
        "SELECT status, attempts, epoch, completed_at FROM queue_jobs WHERE task_id = :id", id=task_id
    )
    victim.send(signal.SIGCONT)
    await victim.says("lease was lost")
    after = await crew.rows(
        "SELECT status, attempts, epoch, completed_at FROM queue_jobs WHERE task_id = :id", id=task_id
    )
    assert before == after
    assert crew.web.count("/last/pause") == 1
    assert [body["type"] for body in await crew.said(task_id)].count("answer") == 1
    assert victim.alive


async def test_a_task_that_kills_every_worker_is_set_aside_and_its_neighbour_finishes(crew: Crew) -> None:
    crew.web.gate.clear()
    neighbour = await crew.begin("neighbour", "/first/neighbour", "/gate/neighbour")
    poison = await crew.begin("poison", "/gate/poison")
    for times in range(1, 4):
        await eventually(lambda times=times: crew.web.count("/gate/poison") >= times)
        await (await crew.holder(poison)).kill()
        await crew.muster(2)
    task = await crew.becomes(poison, "FAILED")
    assert "three times" in task["error"]["sentence"]
    assert [body["type"] for body in await crew.said(poison)].count("problem") == 1
    crew.web.gate.set()
    await crew.becomes(neighbour, "SUCCEEDED")
    task_id = await crew.begin("later", "/first/later")
    await crew.becomes(task_id, "SUCCEEDED")


async def test_stop_reaches_the_worker_that_is_in_the_midst_of_a_step(crew: Crew) -> None:
    task_id = await crew.begin("stop", "/first/stop", "/gate/stop", "/last/stop")
    await eventually(lambda: crew.web.count("/gate/stop"))
    await crew.say("stop", "stop")
    await crew.becomes(task_id, "CANCELLED")

    async def at_rest() -> bool:
        return all(job["status"] in ("completed", "cancelled") for job in await crew.jobs(task_id))

    await eventually(at_rest)  # although the answer it waited for never came
    assert crew.web.count("/last/stop") == 0


# -- servers that go away -------------------------------------------------------------------------------------


async def test_flushing_redis_in_the_middle_loses_nothing(crew: Crew, common_ground: Ground) -> None:
    tasks = await begin_several(crew, "flush")
    await common_ground.valkey.flush()
    crew.web.gate.set()
    later = await crew.begin("after-flush", "/first/after-flush")
    for task_id in (*tasks.values(), later):
        await crew.becomes(task_id, "SUCCEEDED", 15)
    assert all(crew.web.count(f"/{where}/{name}") == 1 for name in tasks for where in ("first", "gate", "last"))


async def test_without_redis_work_goes_on_and_no_process_dies(crew: Crew, common_ground: Ground) -> None:
    tasks = await begin_several(crew, "away", 2)
    await common_ground.valkey.stop()
    crew.web.gate.set()
    meanwhile = await crew.begin("meanwhile", "/first/meanwhile")
    for task_id in (*tasks.values(), meanwhile):
        await crew.becomes(task_id, "SUCCEEDED", 15)
    await common_ground.valkey.start()
    later = await crew.begin("back-again", "/first/back-again")
    await crew.becomes(later, "SUCCEEDED", 15)
    assert all(worker.alive for worker in crew.workers)


async def test_a_restart_of_postgres_loses_nothing(crew: Crew, common_ground: Ground) -> None:
    tasks = await begin_several(crew, "restart", 2)
    await common_ground.postmaster.restart()
    crew.web.gate.set()
    for name, task_id in tasks.items():
        await crew.becomes(task_id, "SUCCEEDED", 20)
        assert crew.web.count(f"/first/{name}") == 1
    assert all(worker.alive for worker in crew.workers)
    jobs = [job for task_id in tasks.values() for job in await crew.jobs(task_id)]
    assert all(job["status"] != "quarantined" for job in jobs)
