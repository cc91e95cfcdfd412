"""An agent's calls are steps, and yet: a no holds, a poll waits, and what is too much lies in storage."""

from typing import Any

from domain.conversations.said import Answer, ApprovalCard
from domain.core.errors import Invalid
from domain.llm.model import Reply, Request, ToolCall
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")
Asked = tuple[str, dict[str, Any]]


def asks(*calls: Asked, text: str = "") -> Reply:
    """The model asks for calls."""
    made = tuple(ToolCall(f"call{place}", name, arguments) for place, (name, arguments) in enumerate(calls))
    return Reply(text, None, calls=made, provider="scripted", model="scripted")


def note(text: str) -> Asked:
    return "note", {"text": text}


def send(to: str) -> Asked:
    return "send", {"to": to, "text": "hello"}


def told(request: Request) -> list[str]:
    """What the calls of the last round were answered with, as the model reads it."""
    turns = list(request.exchange)
    last = max(place for place, turn in enumerate(turns) if turn.calls)
    return [turn.text for turn in turns[last:] if turn.role == "tool"]


async def test_a_no_holds_for_the_call_and_a_second_one_for_the_tool(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(send("ben")), asks(send("ben"), send("eve")), asks(send("ada")), "I wrote to nobody.")
    assert (await talk.say("write to somebody")).of(ApprovalCard)
    [asked_again] = (await talk.press("Reject")).of(ApprovalCard)
    assert ("to", "eve") in asked_again.details
    assert (await talk.press("Reject")).one(Answer).text.startswith("I wrote to nobody.")
    assert not rehearsal.calls
    assert "said no to exactly this call" in told(script.requests[-2])[0]
    assert "said no to send 2 times" in told(script.requests[-1])[0]


async def test_a_no_that_came_while_another_agent_was_at_work_holds_for_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("slow")
    other = node("n2", "agent", "find out", goal="The same.")
    script.then(plan(AGENT, other), asks(send("ben")), asks(note("slow")))
    await talk.begin("write to ben")
    await eventually(lambda: rehearsal.at_once == 1 and talk.chat.told())
    await talk.touch("Reject")
    await eventually(lambda: talk.chat.whispers())
    script.then(asks(send("ben")), "Not done.", "Not done.")
    gate.set()
    await talk.settle()
    assert not rehearsal.of("send")
    [refused] = await talk.rows("SELECT error FROM task_steps WHERE node_id = 'n2[1].c0'")
    assert refused["error"]["code"] == "refused"


async def test_a_poll_waits_longer_each_time_and_is_no_repeat(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    watch: Asked = ("watch", {"text": "status"})
    script.then(plan(AGENT), *[asks(watch)] * 4, "It is up.")
    await talk.say("until it is up")
    for seconds, calls in ((2, 1), (4, 2), (8, 3)):
        assert len(rehearsal.calls) == calls
        [step] = await talk.rows("SELECT wake_at - now() AS left FROM task_steps WHERE status = 'WAITING'")
        assert seconds - 2 < step["left"].total_seconds() <= seconds
        replies = await talk.travel(seconds=seconds)
    assert replies.one(Answer).text == "It is up."
    assert len(rehearsal.calls) == 4


async def test_a_large_output_lies_in_storage_and_can_be_looked_at_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    long = "\n".join(f"line {number}" for number in range(2_500))
    look: Asked = ("look_again", {"call": "0.c0", "from": 10_000})
    script.then(plan(AGENT), asks(note(long)), asks(look), asks(("look_again", {"call": "7.c7"})), "So.")
    assert (await talk.say("find out")).one(Answer).text == "So."
    [step] = await talk.rows("SELECT output FROM task_steps WHERE node_id = 'n1[0].c0'")
    assert step["output"]["bytes"] > 20_000
    assert len(str(step["output"])) < 16_000
    assert 'look_again(call="0.c0", from=' in told(script.requests[2])[0]
    [shown] = told(script.requests[3])
    assert "line 1300" in shown
    assert len(shown) < 13_000
    assert "There is no call 7.c7." in told(script.requests[4])[0]
    assert len(rehearsal.calls) == 1


async def test_so_does_that_of_a_call_that_was_handed_over(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("render", {"text": "x" * 30_000})), "So.")
    assert (await talk.say("find out")).one(Answer).text == "So."
    [step] = await talk.rows("SELECT output FROM task_steps WHERE node_id = 'n1[0].c0'")
    assert step["output"]["bytes"] > 30_000
    assert len(str(step["output"])) < 16_000


async def test_a_model_that_repeats_itself_for_ever_is_ended(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", *[Invalid("It is broken.")] * 9)
    script.then(plan(AGENT), *[asks(note("a"))] * 20)
    assert (await talk.say("find out")).one(Answer)
    assert len(rehearsal.calls) == 3
    assert len(script.requests) <= 1 + 6
    assert (await talk.task())["status"] == "SUCCEEDED"
    [agent] = await talk.rows("SELECT output FROM task_steps WHERE node_id = 'n1'")
    assert agent["output"]["ended"] == "looped"
