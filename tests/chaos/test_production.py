"""The processes of the Procfile on servers of their own, as a host runs them; one is killed and replaced."""

import asyncio
import signal

from tests.chaos.crew import start
from tests.chaos.formation import Formation
from tests.chaos.ground import Ground
from tests.fixtures.waiting import eventually


async def test_web_bot_and_two_workers_serve_and_a_killed_one_is_replaced(
    formation: Formation, common_ground: Ground
) -> None:
    crew = common_ground.crew
    crew.web.gate.clear()
    names = ("web", "bot", "worker.1", "worker.2")
    await asyncio.gather(*(formation.start(name) for name in names))
    assert (await formation.asks("/healthz"), await formation.asks("/readyz")) == (200, 200)

    crew.workers = [formation.processes["worker.1"], formation.processes["worker.2"]]
    task_id = await crew.begin("production", "/first/production", "/gate/production", "/last/production")
    await eventually(lambda: crew.web.count("/gate/production"))
    await (await crew.holder(task_id)).kill()
    crew.web.gate.set()
    await crew.becomes(task_id, "SUCCEEDED")
    crew.workers = []

    await formation.processes["web"].kill()
    assert await formation.asks("/healthz") == 0
    await formation.start("web")
    assert await formation.asks("/readyz") == 200

    living = [process for process in formation.processes.values() if process.alive]
    assert len(living) == 3
    for process in living:
        process.send(signal.SIGTERM)
    assert [await process.ended(10) for process in living] == [0, 0, 0]


async def test_the_release_command_finds_a_migrated_database_as_it_is(formation: Formation) -> None:
    release = await start(formation.commands["release"], formation.environment, formation.logs / "release.log")
    assert await release.ended() == 0


async def test_work_is_woken_at_once_and_does_not_wait_for_a_sweep(formation: Formation, common_ground: Ground) -> None:
    crew = common_ground.crew
    formation.environment["LEGWORK_SWEEP_SECONDS"] = "600"
    await formation.start("worker.1")
    for number in range(3):
        task_id = await crew.begin(f"wake{number}", f"/first/wake{number}", f"/last/wake{number}")
        await crew.becomes(task_id, "SUCCEEDED", within=5)
