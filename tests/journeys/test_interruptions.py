"""A worker is gone in the middle: nothing is lost, and nothing outside is done twice unasked."""

from domain.conversations.said import Answer, ApprovalCard
from domain.core.errors import Ambiguous, Invalid
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

SEND = tool("n1", "send", to="ben", text="go", authorization="Bearer abcdefghijklmnop")


async def interrupted(talk: Talk, script: Script, rehearsal: Rehearsal) -> ApprovalCard:
    """An external call is being made, and its worker is given up."""
    script.then(plan(SEND, tool("n2", "note", text="after"), edges=[["n1", "n2"]]))
    gate = rehearsal.gate("go")
    await talk.say("write to Ben")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("send"))
    await talk.worker.lose_leases()
    replies = await talk.settle()
    gate.set()
    return replies.one(ApprovalCard)


async def test_an_external_call_whose_outcome_is_not_known_is_asked_about(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    card = await interrupted(talk, script, rehearsal)
    assert card.title == "This may have happened: send"
    assert dict(card.details)["to"] == "ben"
    assert "abcdefghijklmnop" not in card.model_dump_json()
    task = await talk.task()
    assert (task["status"], task["waiting_for"]) == ("PAUSED", "outcome")
    assert len(rehearsal.of("send")) == 1


async def test_do_it_again_makes_the_call_once_more_under_a_new_key(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await interrupted(talk, script, rehearsal)
    assert (await talk.press("Do it again")).one(Answer).text == "note: after"
    keys = [call.idempotency_key for call in rehearsal.calls if call.tool == "send"]
    assert [key.rpartition(":")[2] for key in keys] == ["0", "1"]


async def test_it_is_done_goes_on_without_another_call(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await interrupted(talk, script, rehearsal)
    again = talk.chat.button("Do it again")
    replies = await talk.press("It is done")
    assert replies.whisper == "Noted as done."
    assert not talk.card.asks, "what was decided can be pressed no more"
    assert talk.card.steps[0].note == "noted as done by Mara"
    assert replies.one(Answer).text == "note: after"
    assert len(rehearsal.of("send")) == 1
    assert "decided already" in (await talk.send_press(again.action, again.value)).whisper
    assert len(rehearsal.of("send")) == 1


async def test_a_call_that_says_itself_that_it_does_not_know_is_asked_about(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Ambiguous("The connection broke after the request was sent."))
    script.then(plan(SEND))
    await talk.say("write to Ben")
    assert (await talk.press("Approve")).one(ApprovalCard).title.startswith("This may have happened")


async def test_an_external_call_that_ends_in_a_fault_of_legworks_own_is_asked_about_and_not_planned_around(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", RuntimeError("after it was sent"))
    script.then(plan(SEND))
    await talk.say("write to Ben")
    assert (await talk.press("Approve")).one(ApprovalCard).title.startswith("This may have happened")
    assert len(script.requests) == 1


async def test_a_reading_step_that_was_interrupted_simply_runs_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(tool("n1", "note", text="first"), tool("n2", "note", text="go"), edges=[["n1", "n2"]]))
    await talk.begin("note both")
    await eventually(lambda: len(rehearsal.calls) == 2)
    await talk.worker.lose_leases()
    await eventually(lambda: len(rehearsal.calls) == 3)
    gate.set()
    assert (await talk.settle()).one(Answer).text == "note: go"
    assert [call["text"] for call in rehearsal.of("note")] == ["first", "go", "go"]


async def test_whoever_lost_the_lease_neither_stores_nor_says_anything(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(tool("n1", "note", text="go")))
    await talk.begin("note it")
    await eventually(lambda: rehearsal.calls)
    await talk.worker.lose_leases()
    gate.set()
    assert len((await talk.settle()).of(Answer)) == 1
    [row] = await talk.rows("SELECT count(*) AS runs FROM tool_executions")
    assert row["runs"] == 1


async def test_a_worker_that_stops_hands_back_and_spends_no_attempt(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("go")
    script.then(plan(tool("n1", "note", text="a"), tool("n2", "note", text="go"), edges=[["n1", "n2"]]))
    await talk.begin("note both")
    await eventually(lambda: len(rehearsal.calls) == 2)
    await talk.worker.stop()
    [job] = await talk.rows("SELECT status, attempts, crashes FROM queue_jobs WHERE kind = 'advance'")
    assert (job["status"], job["attempts"], job["crashes"]) == ("available", 0, 0)
    rehearsal.gate("go").set()
    talk.worker = type(talk.worker)(talk.legwork, "another")
    assert (await talk.settle()).one(Answer).text == "note: go"
    assert [call["text"] for call in rehearsal.of("note")] == ["a", "go", "go"]


async def test_another_plan_is_made_only_when_it_is_known_what_happened(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Ambiguous("The connection broke after the request was sent."))
    rehearsal.fail("note", Invalid("The notebook is full."))
    ask = node("n2", "ask", question="What shall I note?", choices=["a"])
    script.then(
        plan(SEND, ask, tool("n3", "note", text="{{ n2.output.text }}"), edges=[["n2", "n3"]]),
        plan(SEND, ask, tool("n4", "items", items=[1])),
    )
    await talk.say("write to Ben and note it")
    assert (await talk.press("Approve 1")).kinds[-1] == "approval"
    await talk.press("a 2")
    assert (await talk.task())["waiting_for"] == "outcome"
    assert len(script.requests) == 1
    await talk.press("It is done")
    assert len(script.requests) == 2
    assert await talk.steps() == {"n1": "SUCCEEDED", "n2": "SUCCEEDED", "n4": "SUCCEEDED"}
    assert len(rehearsal.of("send")) == 1
