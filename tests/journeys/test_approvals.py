"""Before anything leaves the house a person is asked; what they decide holds for exactly that."""

from typing import Any

import pytest

from bot.views import words
from domain.conversations.said import Answer, ApprovalCard, Details, Note, Problem
from domain.core.errors import Invalid, Unavailable
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.web import FakeWeb
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

SEND = tool("n1", "send", to="ben@example.org", text="hello", authorization="Bearer abcdefghijklmnop")
SENT = {"to": "ben@example.org", "text": "hello", "authorization": "Bearer abcdefghijklmnop"}


async def test_nothing_is_sent_before_it_is_approved_and_then_once(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND))
    card = (await talk.say("write to Ben")).one(ApprovalCard)
    assert dict(card.details) == {"to": "ben@example.org", "text": "hello", "authorization": "•••"}
    assert not rehearsal.calls
    task = await talk.task()
    assert (task["status"], task["waiting_for"]) == ("PAUSED", "approval")
    replies = await talk.press("Approve")
    assert replies.whisper == "Approved."
    assert replies.one(Answer).text == "send: hello"
    assert rehearsal.of("send") == [SENT]
    assert rehearsal.calls[0].idempotency_key == f"{task['id']}:n1:0"


async def test_what_is_approved_is_recorded_with_who_and_when(talk: Talk, script: Script) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    await talk.say("yes")
    [row] = await talk.rows("SELECT decision, decided_by, decided_at FROM approvals")
    assert row["decision"] == "approved"
    assert row["decided_by"] is not None
    assert row["decided_at"] is not None


async def test_a_rejected_call_is_not_made_and_what_hangs_on_it_is_left_out(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND, tool("n2", "note", text="sent"), edges=[["n1", "n2"]]))
    await talk.say("write to Ben")
    replies = await talk.press("Reject")
    assert "not done" in replies.whisper
    assert not rehearsal.calls
    assert await talk.steps() == {"n1": "SKIPPED", "n2": "SKIPPED"}
    assert replies.one(Answer).text == "Not done, as you decided: send."
    assert (await talk.task())["status"] == "CANCELLED"
    assert words.status(talk.card.status) == "Stopped"
    assert [(step.state.value, step.note) for step in talk.card.steps] == [
        ("skipped", "rejected by Mara"),
        ("skipped", ""),
    ]
    assert "- rejected: send" in (await talk.say("/tasks show")).one(Details).text


async def test_what_was_rejected_is_not_tried_again_but_may_be_asked_anew(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    rejected = await talk.press("Reject")
    problem = (await talk.say("/tasks retry")).one(Problem)
    assert (problem.sentence, problem.remedy) == ("“The plan” ended with a no to it.", "“Run again” asks anew.")
    assert rejected.one(Answer).buttons[0].label == "Run again"
    assert (await talk.press("Run again")).one(ApprovalCard)


async def test_what_was_rejected_beside_what_was_done_is_said_at_the_end(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND, tool("n2", "note", text="noted")))
    await talk.say("write to Ben and note it")
    assert (await talk.press("Reject")).one(Answer).text == "note: noted\n\nNot done, as you decided: send."
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_yes_and_no_may_be_typed(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND), plan(SEND))
    await talk.say("write to Ben")
    await talk.say("no")
    assert not rehearsal.calls
    await talk.say("write to Ben after all")
    await talk.say("go ahead!")
    assert len(rehearsal.calls) == 1


async def test_a_yes_that_was_written_before_anything_was_asked_allows_nothing(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("first")
    script.then(plan(tool("n0", "note", text="first"), SEND, edges=[["n0", SEND["id"]]]))
    await talk.begin("note it, then write to Ben")
    await eventually(lambda: rehearsal.of("note"))
    with talk.worker.away():
        await talk.tell("yes")
        gate.set()
        await eventually(lambda: talk.rows("SELECT 1 FROM approvals"))
    replies = await talk.settle()
    assert "before you could see what I ask" in replies.one(Note).text
    assert replies.of(ApprovalCard)
    assert not rehearsal.of("send")
    await talk.say("yes")
    assert len(rehearsal.of("send")) == 1


async def test_a_replayed_press_is_refused(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    button = talk.chat.button("Approve")
    await talk.press("Approve")
    for action in ("approve", "reject"):
        assert (await talk.send_press(action, button.value)).whisper == "That was decided already."
    assert len(rehearsal.calls) == 1


async def test_two_presses_at_once_count_as_one(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    await talk.touch("Approve")
    await talk.touch("Approve")
    await talk.settle()
    assert len(rehearsal.calls) == 1


async def test_another_member_may_not_approve_what_is_done_for_somebody_else(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    where: dict[str, Any] = {"organization": "T1", "private": False}
    mara, ben = talk.other("mara", "C1", **where), talk.other("ben", "C1", **where)
    script.then(plan(SEND))
    await mara.say("write to Ben")
    assert "Only the person it works for" in (await ben.press("Approve")).whisper
    assert not rehearsal.calls
    await mara.press("Approve")
    assert len(rehearsal.calls) == 1


async def test_an_admin_may_decide_for_a_member_where_the_organization_says_so(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    where: dict[str, Any] = {"organization": "T1", "private": False}
    owner, ben = talk.other("mara", "C1", **where), talk.other("ben", "C1", **where)
    script.then(reply("Hello."), plan(SEND))
    await owner.say("hello")
    await talk.rows("""UPDATE organizations SET settings = '{"approvals": "admins"}' RETURNING id""")
    await ben.say("write to Ben")
    await owner.press("Approve")
    assert len(rehearsal.calls) == 1


async def test_an_approval_that_came_too_late_is_refused_and_may_be_asked_for_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    await talk.travel(days=8)
    assert "too long ago" in (await talk.press("Approve")).whisper
    assert not rehearsal.calls
    await talk.say("stop")
    await talk.press("Retry")
    await talk.press("Approve")
    assert len(rehearsal.calls) == 1


@pytest.mark.parametrize("decided_first", [True, False])
async def test_what_was_rejected_stays_rejected_in_another_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal, decided_first: bool
) -> None:
    rehearsal.fail("note", Invalid("The notebook is full."))
    script.then(
        plan(SEND, tool("n2", "note", text="go")),
        plan(SEND, tool("n3", "note", text="b")),
    )
    gate = rehearsal.gate("go")
    await talk.begin("write to Ben and note it")
    await eventually(lambda: talk.chat.told())
    await talk.touch("Reject")
    if decided_first:
        await eventually(lambda: talk.chat.whispers())
    gate.set()
    replies = await talk.settle()
    assert replies.one(Answer).text == "note: b\n\nNot done, as you decided: send."
    assert not rehearsal.of("send")
    assert await talk.steps() == {"n1": "SKIPPED", "n3": "SUCCEEDED"}


async def test_an_approved_call_that_is_not_accepted_is_tried_again_under_the_same_key(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Unavailable("Too many requests."))
    script.then(plan(SEND))
    await talk.say("write to Ben")
    await talk.press("Approve")
    assert (await talk.travel(seconds=10)).one(Answer)
    assert len({call.idempotency_key for call in rehearsal.calls}) == 1
    assert len(rehearsal.calls) == 2


async def test_a_real_request_carries_its_idempotency_key(talk: Talk, script: Script, loopback_web: FakeWeb) -> None:
    request = tool("n1", "http_request", method="POST", url=loopback_web.url("/echo"), json={"to": "ben"})
    script.then(plan(request))
    await talk.say("post it")
    assert not loopback_web.ledger
    await talk.press("Approve")
    [seen] = loopback_web.ledger
    assert (seen.method, seen.body) == ("POST", b'{"to": "ben"}')
    assert seen.headers["idempotency-key"] == f"{(await talk.task())['id']}:n1:0"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://169.254.169.254/x", "leads to"),
        ("http://me@127.0.0.1/", "user name"),
        ("ftp://a.example/", "not a web"),
    ],
)
async def test_nobody_is_asked_to_approve_what_cannot_be_done(talk: Talk, script: Script, url: str, why: str) -> None:
    script.then(plan(tool("n1", "http_request", method="POST", url=url)), reply("There is no other way."))
    replies = await talk.say("post it")
    assert not replies.of(ApprovalCard)
    problem = replies.one(Problem)
    assert why in f"{problem.sentence} {problem.remedy}"


async def test_an_approval_node_lets_what_follows_run_or_leaves_it_out(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    steps = (node("n1", "approval", "may I", text="May I note it?"), tool("n2", "note", text="noted"))
    script.then(plan(*steps, edges=[["n1", "n2"]]), plan(*steps, edges=[["n1", "n2"]]))
    assert (await talk.say("note it")).one(ApprovalCard).title == "May I note it?"
    await talk.press("Reject")
    assert not rehearsal.calls
    await talk.say("note it after all")
    assert (await talk.press("Approve")).one(Answer).text == "note: noted"


async def test_each_item_of_a_loop_is_asked_about_by_itself(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    body = tool("each", "send", to="{{ item }}", text="hello")
    script.then(plan(node("n1", "foreach", "write to all", items=["ana", "ben"], node=body)))
    cards = (await talk.say("write to both")).of(ApprovalCard)
    assert [dict(card.details)["to"] for card in cards] == ["ana", "ben"]
    await talk.press("Reject 1")
    await talk.press("Approve")
    assert [call["to"] for call in rehearsal.of("send")] == ["ben"]
    assert (await talk.task())["status"] == "SUCCEEDED"
    assert any(
        "Not done, as you decided: write to all (1 of 2)" in said.text
        for said in talk.chat.posts()
        if isinstance(said, Answer)
    )


@pytest.mark.parametrize("command", ["/tasks resume", "/tasks show"])
async def test_what_waits_for_consent_can_be_asked_for_again(
    talk: Talk, script: Script, rehearsal: Rehearsal, command: str
) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("tell ben")
    assert (await talk.say(command)).one(ApprovalCard).title == "Send"
    await talk.press("Approve")
    assert [sent["to"] for sent in rehearsal.of("send")] == ["ben"]
