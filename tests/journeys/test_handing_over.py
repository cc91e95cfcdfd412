"""A tool with a queue of its own: its step is carried on with there, and the task goes on with what comes of it."""

from sqlalchemy import text

from domain.conversations.said import Answer, ApprovalCard, FilePost, Problem, StepState
from domain.core.errors import Invalid, Unavailable
from domain.core.queue import Queue
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker
from tests.fixtures.waiting import eventually

RENDER = tool("n1", "render", text="film")


async def handed(talk: Talk) -> list[dict[str, object]]:
    """The jobs of steps, in the order they were queued."""
    rows = await talk.rows("SELECT queue, status, progress, note FROM queue_jobs WHERE kind = 'step' ORDER BY id")
    return [dict(row) for row in rows]


async def test_a_step_is_carried_on_with_in_its_tools_queue(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(RENDER, tool("n2", "note", text="{{ n1.output.text }}!"), edges=[["n1", "n2"]]))
    assert (await talk.say("render it")).one(Answer).text == "note: render: film!"
    [job] = await handed(talk)
    assert (job["queue"], job["status"]) == ("MEDIA", "completed")
    assert [call["text"] for call in rehearsal.of("render")] == ["film"]
    [row] = await talk.rows("SELECT status, error FROM tool_executions WHERE node_id = 'n1'")
    assert (row["status"], row["error"]) == ("COMPLETED", None)
    [step] = await talk.rows("SELECT attempt_count FROM task_steps WHERE node_id = 'n1'")
    assert step["attempt_count"] == 1


async def test_a_file_that_was_made_in_another_queue_comes_with_the_answer(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.makes["film"] = "film.txt"
    script.then(plan(RENDER))
    assert (await talk.say("render it")).one(FilePost).file.name == "film.txt"


async def test_a_file_that_was_made_there_while_the_task_went_on_comes_with_the_answer(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.makes["film"] = "film.txt"
    gate = rehearsal.gate("go")
    script.then(plan(RENDER, tool("n2", "note", text="go")))
    await talk.begin("render it, and note that")
    await eventually(lambda: talk.rows("SELECT FROM task_steps WHERE node_id = 'n1' AND status = 'SUCCEEDED'"))
    gate.set()
    assert (await talk.settle()).one(FilePost).file.name == "film.txt"


async def test_nobody_holds_the_tasks_own_queue_meanwhile(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("film")
    script.then(plan(RENDER))
    await talk.begin("render it")
    await eventually(lambda: rehearsal.of("render"))
    await eventually(lambda: talk.worker.runners["TASK"].free == talk.legwork.settings.worker_slots)
    assert await talk.steps() == {"n1": "HANDED"}
    assert (await talk.task())["status"] == "RUNNING"
    assert [step.state for step in talk.card.steps] == [StepState.RUNNING]
    gate.set()
    assert (await talk.settle()).one(Answer).text == "render: film"


async def test_what_looks_like_a_reference_once_resolved_is_none(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "render", text="{{ input.message }}")))
    await talk.say("render {{ context.person }}")
    assert [call["text"] for call in rehearsal.of("render")] == ["render {{ context.person }}"]


async def test_what_changes_something_outside_is_approved_before_it_is_handed_over(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "publish", to="ben", text="film")))
    assert (await talk.say("publish it")).one(ApprovalCard).title == "Publish"
    assert not await handed(talk)
    assert (await talk.press("Approve")).one(Answer)
    assert len(rehearsal.of("publish")) == 1
    assert talk.card.steps[0].note == "approved by Mara"


async def test_items_of_a_loop_are_carried_on_with_side_by_side(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    items = [f"scene {number}" for number in range(8)]
    gates = [rehearsal.gate(item) for item in items]
    script.then(plan(node("n1", "foreach", items=items, node=tool("each", "render", text="{{ item }}"))))
    await talk.begin("render them")
    await eventually(lambda: rehearsal.at_once == len(items))  # more than one task runs of its own steps
    for gate in gates:
        gate.set()
    replies = await talk.settle()
    assert replies.one(Answer).text == "\n\n".join(f"render: {item}" for item in items)
    assert len(rehearsal.of("render")) == len(items)


async def test_a_running_task_goes_on_with_what_comes_back(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    """While another of its steps runs in its own queue."""
    rehearsal.gate("slow")
    script.then(plan(RENDER, tool("n2", "note", text="slow"), tool("n3", "note", text="after"), edges=[["n1", "n3"]]))
    await talk.begin("both")
    await eventually(lambda: {"text": "after"} in rehearsal.of("note"))
    rehearsal.gate("slow").set()
    await talk.settle()
    assert await talk.steps() == {"n1": "SUCCEEDED", "n2": "SUCCEEDED", "n3": "SUCCEEDED"}
    assert len(rehearsal.of("render")) == 1


async def test_a_passing_failure_is_tried_again_as_elsewhere(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("render", Unavailable("The studio is closed."))
    script.then(plan(RENDER))
    assert not await talk.say("render it")
    assert talk.card.steps[0].state is StepState.RETRYING
    assert (await talk.travel(minutes=1)).one(Answer).text == "render: film"
    assert len(rehearsal.of("render")) == 2


async def test_a_lasting_failure_is_told_or_planned_around(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("render", Invalid("There is no film."))
    script.then(plan(RENDER), plan(tool("n1", "note", text="without a film")))
    assert (await talk.say("render it")).one(Answer).text == "note: without a film"


async def test_another_plan_waits_for_what_was_handed_over(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("film")
    rehearsal.fail("note", Invalid("The notebook is full."))
    script.then(plan(RENDER, tool("n2", "note", text="x")), plan(RENDER))
    await talk.begin("both")
    await eventually(lambda: rehearsal.of("render") and rehearsal.of("note"))
    await eventually(lambda: talk.worker.runners["TASK"].free == talk.legwork.settings.worker_slots)
    assert len(script.requests) == 1
    gate.set()
    assert (await talk.settle()).one(Answer).text == "render: film"
    assert len(rehearsal.of("render")) == 1


async def test_stop_ends_a_step_that_changes_nothing_outside(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("film")
    script.then(plan(RENDER))
    await talk.begin("render it")
    await eventually(lambda: rehearsal.at_once == 1)
    await talk.say("stop")
    assert rehearsal.at_once == 0
    assert await talk.steps() == {"n1": "CANCELLED"}
    assert (await talk.task())["status"] == "CANCELLED"


async def test_stop_sees_a_call_through_that_may_have_changed_something(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("film")
    script.then(plan(tool("n1", "publish", to="ben", text="film"), tool("n2", "note", text="x"), edges=[["n1", "n2"]]))
    await talk.say("publish it")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.at_once == 1)
    await talk.tell("stop")
    await talk.worker.start()
    await eventually(lambda: talk.card.status == "CANCELLED")
    gate.set()
    await talk.settle()
    assert await talk.steps() == {"n1": "SUCCEEDED", "n2": "CANCELLED"}
    assert talk.card.steps[0].state is StepState.DONE
    assert len(rehearsal.of("publish")) == 1


async def test_stop_reaches_a_step_that_nobody_has_begun(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    talk.worker = Worker(talk.legwork, queues=(Queue.TASK, Queue.DELIVER))
    script.then(plan(RENDER))
    await talk.say("render it")
    await talk.say("stop")
    assert await talk.steps() == {"n1": "CANCELLED"}
    assert [job["status"] for job in await handed(talk)] == ["cancelled"]


async def test_pause_lets_finish_what_runs_and_begins_nothing(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("film")
    script.then(plan(RENDER, tool("n2", "render", text="after"), edges=[["n1", "n2"]]))
    await talk.begin("render it")
    await eventually(lambda: rehearsal.at_once == 1)
    await talk.tell("pause")
    await talk.worker.start()
    await eventually(lambda: talk.card.status == "PAUSED")
    gate.set()
    await talk.settle()
    assert await talk.steps() == {"n1": "SUCCEEDED", "n2": "PENDING"}
    assert (await talk.say("resume")).one(Answer).text == "render: after"


async def test_a_paused_task_takes_back_what_nobody_has_begun(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    worker = talk.worker
    talk.worker = Worker(talk.legwork, queues=(Queue.TASK, Queue.DELIVER))
    script.then(plan(RENDER))
    await talk.say("render it")
    await talk.say("pause")
    talk.worker = Worker(talk.legwork, "other")
    await talk.settle()
    assert not rehearsal.of("render")
    assert await talk.steps() == {"n1": "PENDING"}
    assert (await talk.say("resume")).one(Answer).text == "render: film"
    await worker.stop()


async def test_a_call_that_was_cut_off_is_asked_about(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("film")
    script.then(plan(tool("n1", "publish", to="ben", text="film")))
    await talk.say("publish it")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("publish"))
    await talk.worker.lose_leases()
    replies = await talk.settle()
    gate.set()
    assert replies.one(ApprovalCard).title == "This may have happened: publish"
    assert (await talk.press("It is done")).one(Answer)
    assert len(rehearsal.of("publish")) == 1


async def test_a_reading_step_that_was_cut_off_simply_runs_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("film")
    script.then(plan(RENDER))
    await talk.begin("render it")
    await eventually(lambda: rehearsal.of("render"))
    await talk.worker.lose_leases()
    await eventually(lambda: len(rehearsal.of("render")) == 2)
    gate.set()
    assert len((await talk.settle()).of(Answer)) == 1
    [row] = await talk.rows("SELECT count(*) AS runs FROM tool_executions")
    assert row["runs"] == 1


async def test_a_worker_that_stops_hands_it_back_and_spends_no_attempt(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("film")
    script.then(plan(RENDER))
    await talk.begin("render it")
    await eventually(lambda: rehearsal.of("render"))
    await talk.worker.stop()
    [job] = await talk.rows("SELECT status, attempts, crashes FROM queue_jobs WHERE kind = 'step'")
    assert (job["status"], job["attempts"], job["crashes"]) == ("available", 0, 0)
    gate.set()
    talk.worker = Worker(talk.legwork, "another")
    assert (await talk.settle()).one(Answer).text == "render: film"


async def crash(talk: Talk) -> None:
    """The worker that has the step is taken for dead, for the third time."""
    async with talk.legwork.database.system("a test") as session:
        await session.execute(
            text("""UPDATE queue_jobs SET crashes = 2, lease_until = now() - interval '1 second'
            WHERE kind = 'step' AND status = 'running'""")
        )


async def test_a_step_whose_job_is_given_up_has_failed(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("film")
    script.then(plan(RENDER), plan(RENDER))
    await talk.begin("render it")
    await eventually(lambda: rehearsal.of("render"))
    await crash(talk)
    await talk.worker.sweeper.sweep()
    rehearsal.gate("film").set()
    replies = await talk.settle()
    assert "took its worker down three times" in replies.one(Problem).sentence
    assert await talk.steps() == {"n1": "FAILED"}
    assert (await talk.task())["status"] == "FAILED"
    assert (await talk.press("Retry")).one(Answer).text == "render: film"


async def test_a_call_whose_job_is_given_up_is_asked_about(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("film")
    script.then(plan(tool("n1", "publish", to="ben", text="film")))
    await talk.say("publish it")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("publish"))
    await crash(talk)
    await talk.worker.sweeper.sweep()
    rehearsal.gate("film").set()
    assert (await talk.settle()).one(ApprovalCard).title == "This may have happened: publish"
    assert (await talk.press("It is done")).one(Answer)
    assert len(rehearsal.of("publish")) == 1
