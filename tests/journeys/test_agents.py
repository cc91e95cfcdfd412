"""An agent looks at each result and decides the next call: every round and call is a stored step."""

from domain.conversations.said import Answer, ApprovalCard
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

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
