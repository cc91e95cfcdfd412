"""An agent looks at each result and decides the next call: every round and call is a stored step."""

from dataclasses import replace

from domain.conversations.said import Answer, ApprovalCard
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")


async def test_it_goes_from_what_it_found_to_what_it_looks_at_next(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(("note", {"text": "a"})), asks(("note", {"text": "b"})), "It was the price.")
    assert (await talk.say("find out why")).one(Answer).text == "It was the price."
    assert [call.arguments["text"] for call in rehearsal.calls] == ["a", "b"]
    assert await talk.steps() == {
        "n1": "SUCCEEDED",
        "n1[0].think": "SUCCEEDED",
        "n1[0].c0": "SUCCEEDED",
        "n1[1].think": "SUCCEEDED",
        "n1[1].c0": "SUCCEEDED",
        "n1[2].think": "SUCCEEDED",
    }


async def test_what_it_does_outside_is_asked_about_first(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "hi"})), "Sent.")
    assert (await talk.say("tell ben")).of(ApprovalCard)
    assert not rehearsal.calls
    assert (await talk.press("Approve")).one(Answer).text == "Sent."
    assert rehearsal.of("send") == [{"to": "ben", "text": "hi", "authorization": None}]


async def test_an_agent_that_has_had_its_turn_goes_on_behind_the_others(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    settings = talk.legwork.settings.model_copy(update={"turn_seconds": 0.0, "worker_slots": 1})
    talk.legwork = replace(talk.legwork, settings=settings)
    talk.worker = Worker(talk.legwork)
    other = talk.other("ben")
    first, *notes = [asks(("note", {"text": name})) for name in ("a", "b", "c", "d")]
    script.then(plan(AGENT), first, plan(AGENT), *notes, "One.", "Two.")
    await talk.tell("find out why")
    await other.tell("find out why")
    await talk.settle()
    assert [call.arguments["text"] for call in rehearsal.calls] == ["a", "b", "c", "d"]
    begun = await talk.rows("SELECT task_id FROM task_steps WHERE type = 'think' ORDER BY finished_at")
    assert len({row["task_id"] for row in begun[:2]}) == 2, "each has its first round before one has its second"


async def test_another_worker_sends_the_model_the_same_bytes(talk: Talk, script: Script) -> None:
    """What a tool puts out comes back from the database with its keys in another order, and some numbers in another
    form."""
    odd = [{"zeta": 1e16, "a": -0.0, "list": [{"b": 1.0, "a": 1e-7}]}, "ü\u2028", 1e22]
    rounds = (asks(("items", {"items": odd}), ("note", {"text": "word\n" * 5_000})), asks(("items", {"items": [odd]})))
    script.then(plan(AGENT), *rounds, "It was the price.")
    await talk.say("find out why")
    settings = talk.legwork.settings.model_copy(update={"turn_seconds": 0.0})
    talk.legwork = replace(talk.legwork, settings=settings)
    talk.worker = Worker(talk.legwork)
    script.then(plan(AGENT), *rounds, "It was the price.")
    await talk.say("find out why")
    whole, handed = (repr(script.requests[place].exchange) for place in (3, 7))
    assert whole == handed
    assert "10000000000000000" in whole
