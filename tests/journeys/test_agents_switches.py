"""What an agent may use is looked at whenever it thinks, and at each call: an admin or a role may have changed it."""

from domain.conversations.said import Answer, ApprovalCard
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, node, plan
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")
SEND = ("send", {"to": "ben", "text": "hi"})


def offered(script: Script, place: int = -1) -> set[str]:
    return {tool.name for tool in script.requests[place].tools}


async def switched(talk: Talk, how: str, name: str) -> None:
    """By an admin, elsewhere, while something runs."""
    await talk.other(talk.person, "elsewhere").tell(f"/tools {how} {name}")
    await talk.worker.start()
    words = f"{name} is switched {'off' if how == 'disable' else 'on'}"
    await eventually(lambda: any(words in getattr(said, "text", "") for said in talk.chat.posts()))


async def test_what_was_switched_off_meanwhile_is_offered_no_more(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("a")
    script.then(plan(AGENT), asks(("note", {"text": "a"})), asks(SEND), "I cannot send it.")
    await talk.begin("tell ben")
    await eventually(lambda: bool(rehearsal.calls))
    await switched(talk, "disable", "send")
    gate.set()
    replies = await talk.settle()
    assert not replies.of(ApprovalCard)
    assert replies.of(Answer)[-1].text == "I cannot send it."
    assert "send" in offered(script, 1)
    assert "send" not in offered(script, 2)
    assert "no tool called send" in told(script.requests[3])[1]


async def test_what_was_switched_off_while_it_was_asked_about_is_not_done_and_the_agent_reads_why(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(SEND), "I could not send it.")
    await talk.say("tell ben")
    await talk.other(talk.person, "elsewhere").say("/tools disable send")
    assert (await talk.press("Approve")).one(Answer).text == "I could not send it."
    assert "was switched off by an admin" in told(script.requests[2])[0]
    assert not rehearsal.calls


async def test_what_was_switched_on_meanwhile_is_offered(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await talk.say("/tools disable note")
    gate = rehearsal.gate("a")
    script.then(plan(AGENT), asks(("keep", {"text": "a"})), "Done.")
    await talk.begin("find out why")
    await eventually(lambda: bool(rehearsal.calls))
    await switched(talk, "enable", "note")
    gate.set()
    await talk.settle()
    assert "note" not in offered(script, 1)
    assert "note" in offered(script, 2)


async def test_an_agent_whose_tools_are_all_gone_answers_with_what_it_has(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    agent = node("n1", "agent", "find out", goal="Find out why.", tools=["note"])
    gate = rehearsal.gate("a")
    script.then(plan(agent), asks(("note", {"text": "a"})), asks(("note", {"text": "b"})), "It was the price.")
    await talk.begin("find out why")
    await eventually(lambda: bool(rehearsal.calls))
    await switched(talk, "disable", "note")
    gate.set()
    assert (await talk.settle()).of(Answer)[-1].text == "It was the price."
    assert len(rehearsal.calls) == 1


async def test_who_became_a_viewer_while_it_was_asked_approves_nothing(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(SEND), "I may not.")
    await talk.say("tell ben")
    await talk.change_role("viewer")
    await talk.press("Approve")
    assert not rehearsal.calls
