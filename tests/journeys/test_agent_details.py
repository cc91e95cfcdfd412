"""All that an agent did can be read: round by round, call by call."""

from domain.conversations.said import Answer, Details
from domain.core.errors import Invalid
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")


async def test_the_task_is_shown_with_its_rounds(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("bad", Invalid("It is\nno good."))
    send = ("send", {"to": "ben", "text": "hi"})
    script.then(
        plan(AGENT),
        asks(("note", {"text": "a"}), ("note", {"text": "bad"}), ("nonsense", {}), text="I look\nat it."),
        asks(send),
    )
    await talk.say("find out why")
    script.then("It was the price.")
    await talk.press("Reject")
    shown = (await talk.say("/tasks show")).one(Details)
    lines = shown.text.splitlines()
    assert lines[0] == "- succeeded: find out"
    assert lines[1:4] == [
        "  round 1: I look at it.",
        "    - succeeded: note (note: a)",
        "    - failed: note (It is no good.)",
    ]
    assert lines[4].startswith("    - not made: nonsense (")
    assert "  round 2: asked for this" in lines
    assert any(line.startswith("    - rejected: send (you said no") for line in lines)
    assert lines[-1] == "  round 3: It was the price."


async def test_what_was_heard_and_told_is_shown(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    short = node("n1", "agent", "find out", goal="Find out why.", rounds=2)
    script.then(plan(short), asks(("note", {"text": "a"})), "It was the price.\nStill open: nothing.")
    await talk.say("find out why")
    lines = (await talk.say("/tasks show")).one(Details).text.splitlines()
    assert any(line.startswith("  told: This is the last round") for line in lines)


async def test_many_rounds_are_shown_a_page_at_a_time(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    long = node("n1", "agent", "find out", goal="Find out why.", rounds=40)
    script.then(plan(long), *(asks(("note", {"text": str(each)})) for each in range(24)), "It was the price.")
    answer = (await talk.say("find out why")).one(Answer)
    assert answer.card is not None
    assert len(answer.card.steps[0].lines) == 13
    assert answer.card.steps[0].lines[0].label == "12 more before these: “/tasks show” has them all"
    first = (await talk.say("/tasks show")).one(Details)
    assert len(first.text.splitlines()) == 40
    assert [button.label for button in first.buttons] == ["More", "Run again"]
    rest = (await talk.press("More")).one(Details)
    assert rest.text.splitlines()[-1] == "  round 25: It was the price."
    assert rest.fields == ()
    assert rest.buttons == ()


async def test_details_below_an_answer_show_its_calls_there(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("note", {"text": "a"})), "It was the price.")
    await talk.say("find out why")
    await talk.press("Details")
    answer = [said for said in talk.chat.shown.values() if isinstance(said, Answer)][-1]
    assert answer.unfolded
    assert answer.card is not None
    assert [line.label for line in answer.card.steps[0].lines] == ["note"]
    assert answer.card.steps[0].note == "2 rounds, 1 call"
