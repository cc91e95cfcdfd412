"""A person says no to an agent's call: it is told so, nothing is asked twice, and no other wording gets around it."""

import pytest

from domain.conversations.said import Answer, ApprovalCard, Details
from domain.core.errors import Ambiguous, Invalid
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, node, plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "tell ben", goal="Tell Ben.")
SEND = ("send", {"to": "ben", "text": "hi"})


@pytest.mark.parametrize("how", ["button", "word"])
async def test_the_agent_is_told_and_does_something_else(
    talk: Talk, script: Script, rehearsal: Rehearsal, how: str
) -> None:
    script.then(plan(AGENT), asks(SEND), "Here is the text instead: hi")
    await talk.say("tell ben")
    replies = await (talk.press("Reject") if how == "button" else talk.say("no"))
    assert replies.one(Answer).text.startswith("Here is the text instead: hi")
    assert "The person said no to this call." in told(script.requests[2])[0]
    assert not rehearsal.calls
    assert (await talk.steps())["n1[0].c0"] == "SKIPPED"
    assert (await talk.task())["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "again",
    [{"to": "ben", "text": "hi"}, {"text": "hi", "to": "ben"}, {"to": "ben", "text": "hi", "authorization": None}],
)
async def test_the_same_call_is_not_asked_about_again_however_it_is_written(
    talk: Talk, script: Script, rehearsal: Rehearsal, again: dict[str, None]
) -> None:
    script.then(plan(AGENT), asks(SEND), asks(("send", {"text": "hi", "to": "ben"} | again)), "I leave it.")
    await talk.say("tell ben")
    replies = await talk.press("Reject")
    assert not replies.of(ApprovalCard)
    assert replies.one(Answer).text.startswith("I leave it.")
    assert "is not asked again" in told(script.requests[3])[1]
    assert not rehearsal.calls


async def test_a_second_no_closes_the_tool_for_the_task(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    other, third = ("send", {"to": "ana", "text": "hi"}), ("send", {"to": "eve", "text": "hi"})
    script.then(plan(AGENT), asks(SEND), asks(other), asks(third), "I leave it.")
    await talk.say("tell somebody")
    await talk.press("Reject")
    replies = await talk.press("Reject")
    assert not replies.of(ApprovalCard)
    assert "said no to send 2 times" in told(script.requests[4])[2]
    assert not rehearsal.calls


async def test_another_tool_is_still_asked_about(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(SEND), asks(("send", {"to": "ana"})), asks(("publish", {"to": "ben"})), "Published.")
    await talk.say("tell somebody")
    await talk.press("Reject")
    assert (await talk.press("Reject")).one(ApprovalCard).title == "Publish"
    assert (await talk.press("Approve")).one(Answer).text.startswith("Published.")


async def test_one_no_does_not_refuse_the_others_of_its_round(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(SEND, ("send", {"to": "ana", "text": "hi"})), "Only Ana.")
    await talk.say("tell both")
    assert dict((await talk.press("Reject")).one(ApprovalCard).details)["to"] == "ana"
    await talk.press("Approve")
    assert [call["to"] for call in rehearsal.of("send")] == ["ana"]


async def test_a_tool_that_is_closed_in_mid_round_asks_no_more(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    """The third call of the round was judged before either no."""
    letters = [("send", {"to": name, "text": "hi"}) for name in ("ana", "ben", "eve")]
    script.then(plan(AGENT), asks(*letters), "I leave it.")
    await talk.say("tell all")
    await talk.press("Reject")
    replies = await talk.press("Reject")
    assert not replies.of(ApprovalCard)
    assert replies.one(Answer).text.startswith("I leave it.")
    assert not rehearsal.calls


async def test_two_agents_share_what_was_said_no_to(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    other = node("n2", "agent", "tell ben too", goal="Tell Ben.")
    script.then(plan(AGENT, other, edges=[["n1", "n2"]]), asks(SEND), "First.", asks(SEND), "Second.")
    await talk.say("tell ben")
    replies = await talk.press("Reject")
    assert not replies.of(ApprovalCard)
    assert replies.one(Answer).text.startswith("Second.")


async def test_a_replayed_press_counts_once(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(SEND), asks(("send", {"to": "ana", "text": "hi"})), "Sent.")
    await talk.say("tell ben")
    button = talk.chat.button("Reject")
    await talk.press("Reject")
    for _ in range(2):
        assert (await talk.send_press("reject", button.value)).whisper == "That was decided already."
    assert (await talk.press("Approve")).one(Answer)
    assert [call["to"] for call in rehearsal.of("send")] == ["ana"]


async def test_somebody_else_may_not_decide(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    where = {"organization": "T1", "private": False}
    mara, ben = talk.other("mara", "C1", **where), talk.other("ben", "C1", **where)
    script.then(plan(AGENT), asks(SEND), "Sent.")
    await mara.say("tell ben")
    assert "Only the person it works for" in (await ben.press("Approve")).whisper
    assert not rehearsal.calls


async def test_a_call_of_which_nobody_knows_is_decided_by_a_person(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Ambiguous("The connection broke after the request was sent."))
    script.then(plan(AGENT), asks(SEND), "It was sent.")
    await talk.say("tell ben")
    assert (await talk.press("Approve")).one(ApprovalCard).title.startswith("This may have happened")
    assert len(script.requests) == 2
    assert (await talk.press("It is done")).one(Answer).text == "It was sent."
    assert len(rehearsal.of("send")) == 1


async def test_what_is_done_again_has_another_key(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("send", Ambiguous("The connection broke after the request was sent."))
    script.then(plan(AGENT), asks(SEND), "It was sent.")
    await talk.say("tell ben")
    await talk.press("Approve")
    assert (await talk.press("Do it again")).one(Answer).text == "It was sent."
    assert [call.idempotency_key.rpartition(":")[2] for call in rehearsal.calls] == ["0", "1"]


async def test_a_call_that_was_cut_off_is_asked_about(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("hi")
    script.then(plan(AGENT), asks(SEND), "It was sent.")
    await talk.say("tell ben")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("send"))
    await talk.worker.lose_leases()
    replies = await talk.settle()
    gate.set()
    assert replies.one(ApprovalCard).title == "This may have happened: send"
    assert (await talk.press("It is done")).one(Answer).text == "It was sent."
    assert len(rehearsal.of("send")) == 1


async def test_a_call_that_can_not_be_made_is_not_asked_about(talk: Talk, script: Script) -> None:
    where = {"method": "POST", "url": "http://169.254.169.254/x"}
    script.then(plan(AGENT), asks(("http_request", where)), "It leads nowhere.")
    replies = await talk.say("post it")
    assert not replies.of(ApprovalCard)
    assert "leads to" in told(script.requests[2])[0]


async def test_what_is_too_long_for_a_card_is_asked_about_whole(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    """A platform cuts what it cannot show in one message."""
    letter = "word " * 6_000 + "and transfer all of it to Eve"
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": letter})), "Sent.")
    await talk.say("tell ben")
    [asked] = [said for said in talk.chat.posts() if isinstance(said, ApprovalCard)]
    assert dict(asked.details)["text"] == letter
    await talk.press("Approve")
    assert rehearsal.of("send")[0]["text"] == letter


# -- where the plan is made anew --------------------------------------------------------------------------

FAILS = tool("n2", "note", text="x")


async def test_a_yes_is_for_one_call_though_the_new_plan_has_the_same_in_its_place(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    anew = node("n1", "agent", "tell ben", goal="Tell Ben again.")
    script.then(plan(AGENT, FAILS, edges=[["n1", "n2"]]), asks(SEND), "Sent.", plan(anew), asks(SEND), "Sent again.")
    await talk.say("tell ben")
    await talk.press("Approve")
    assert [ask.title for ask in talk.card.asks if isinstance(ask, ApprovalCard)] == ["Send"]
    assert len(rehearsal.of("send")) == 1
    await talk.press("Approve")
    assert len(rehearsal.of("send")) == 2


async def test_a_yes_to_a_step_is_none_to_another_that_says_the_same(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    step, anew = tool("n1", "send", to="ben"), tool("n1", "send", to="ben", authorization=None)
    script.then(plan(step, FAILS, edges=[["n1", "n2"]]), plan(anew))
    await talk.say("tell ben")
    await talk.press("Approve")
    assert [ask.title for ask in talk.card.asks if isinstance(ask, ApprovalCard)] == ["Send"]
    assert len(rehearsal.of("send")) == 1


async def test_what_was_said_no_to_is_not_forgotten_with_the_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    other, third = ("send", {"to": "ana"}), ("send", {"to": "eve"})
    anew = node("n3", "agent", "tell somebody", goal="Tell somebody.")
    script.then(plan(AGENT, FAILS, edges=[["n1", "n2"]]), asks(SEND), asks(other), "Not sent.")
    script.then(plan(anew), asks(SEND, third), "I leave it.")
    await talk.say("tell ben")
    await talk.press("Reject")
    replies = await talk.press("Reject")
    assert not replies.of(ApprovalCard)
    assert "exactly this call" in told(script.requests[-1])[0]
    assert "said no to send 2 times" in told(script.requests[-1])[1]
    assert not rehearsal.of("send")
    assert (await talk.say("/tasks show")).one(Details).text.count("rejected: send") == 2
