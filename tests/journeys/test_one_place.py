"""One task, one place: its card shows the steps, asks, takes what is decided, and becomes the answer."""

from typing import Any

from domain.conversations.said import Answer, ApprovalCard, FilePost, PlanCard, Problem, Said
from domain.core.errors import Ambiguous, Invalid
from tests.factories.incoming import file
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

SEND = tool("n1", "send", to="ben@example.org", text="hello")
SLOW = tool("n1", "note", text="go")


def shown(talk: Talk) -> list[Said]:
    """What stands in the chats now."""
    return list(talk.chat.shown.values())


async def begun(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    """A task is at work, and its card is shown."""
    rehearsal.gate("go")
    script.then(plan(SLOW, title="Slow work"))
    await talk.begin("do it slowly")
    await eventually(lambda: any(isinstance(said, PlanCard) for said in shown(talk)))


async def test_a_question_with_an_approval_is_one_message_that_changes(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    ask = node("n0", "ask", question="To whom?", choices=["ben", "ana"])
    send = tool("n1", "send", to="{{ n0.output.text }}", text="hello")
    script.then(plan(ask, send, edges=[["n0", "n1"]]))
    await talk.say("write to somebody")
    [card] = shown(talk)
    assert isinstance(card, PlanCard)
    assert [each.type for each in card.asks] == ["question"]
    await talk.press("ben")
    [card] = shown(talk)
    assert isinstance(card, PlanCard)
    [asked] = card.asks
    assert isinstance(asked, ApprovalCard)
    assert dict(asked.details)["to"] == "ben"
    assert [button.label for button in card.buttons] == ["Approve", "Reject", "Stop", "Details"]
    assert (await talk.press("Approve")).whispers == ["Approved."]
    [answer] = shown(talk)
    assert isinstance(answer, Answer)
    assert answer.text == "send: hello"
    assert answer.card is not None
    assert [(step.state, step.note) for step in answer.card.steps] == [
        ("done", "answered “ben” by Mara"),
        ("done", "approved by Mara"),
    ]


async def test_a_plain_reply_never_has_a_card(talk: Talk, script: Script) -> None:
    script.then(reply("It is noon."))
    await talk.say("what time is it?")
    assert [call.kind for call in talk.chat.calls] == ["post"]
    [answer] = shown(talk)
    assert isinstance(answer, Answer)
    assert answer.card is None


async def test_what_ends_before_its_card_is_shown_is_shown_as_its_answer_alone(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    with talk.worker.away():
        await talk.tell("note it")
    await talk.settle()
    [answer] = shown(talk)
    assert isinstance(answer, Answer)
    assert len(talk.chat.calls) <= 2


async def test_a_quick_answer_takes_the_place_of_its_card(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await begun(talk, script, rehearsal)
    rehearsal.gate("go").set()
    await talk.settle()
    [answer] = shown(talk)
    assert isinstance(answer, Answer)


async def test_a_late_answer_is_a_post_of_its_own_and_one_line_of_the_card_is_left(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await begun(talk, script, rehearsal)
    await talk.travel(seconds=31, settle=False)
    rehearsal.gate("go").set()
    await talk.settle()
    card, answer = shown(talk)
    assert isinstance(answer, Answer)
    assert answer.card is None
    assert isinstance(card, PlanCard)
    assert card.brief
    assert [button.label for button in card.buttons] == ["Details"]


async def test_an_answer_below_what_somebody_wrote_is_a_post_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await begun(talk, script, rehearsal)
    await talk.begin("/whoami")
    await eventually(lambda: len(shown(talk)) == 2)
    rehearsal.gate("go").set()
    await talk.settle()
    card, _, answer = shown(talk)
    assert isinstance(card, PlanCard)
    assert card.brief
    assert isinstance(answer, Answer)
    assert answer.text == "note: go"


async def test_what_is_written_in_another_thread_of_the_platform_is_not_below(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    where: dict[str, Any] = {"organization": "T1", "private": False}
    here, there = talk.other("mara", "C1", thread="t1", **where), talk.other("mara", "C1", thread="t2", **where)
    await begun(here, script, rehearsal)
    script.then(reply("Hello there."))
    await there.begin("hello")
    await eventually(lambda: any(isinstance(said, Answer) for said in shown(talk)))
    rehearsal.gate("go").set()
    await here.settle()
    assert not [said for said in shown(talk) if isinstance(said, PlanCard)]


async def test_a_press_is_no_word_below(talk: Talk, script: Script) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    await talk.press("Approve")
    [answer] = shown(talk)
    assert isinstance(answer, Answer)


async def test_two_tasks_at_once_keep_to_their_places(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND, title="First"), plan(tool("n1", "send", to="ana", text="hi"), title="Second"))
    await talk.say("write to Ben")
    await talk.say("write to Ana")
    first, second = shown(talk)
    assert isinstance(first, PlanCard)
    assert isinstance(second, PlanCard)
    await talk.send_press("approve", first.buttons[0].value)
    await talk.send_press("approve", second.buttons[0].value)
    cards, answers = shown(talk)[:2], shown(talk)[2:]
    assert [(card.title, card.brief) for card in cards if isinstance(card, PlanCard)] == [
        ("First", True),
        ("Second", True),
    ]
    assert [answer.text for answer in answers if isinstance(answer, Answer)] == ["send: hello", "send: hi"]


async def test_a_failure_takes_the_place_too_and_the_card_comes_back_when_it_is_tried_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Invalid("No such address."))
    script.then(plan(SEND), reply("There is no other way."))
    await talk.say("write to Ben")
    await talk.press("Approve")
    [problem] = shown(talk)
    assert isinstance(problem, Problem)
    assert problem.card is not None
    assert (await talk.press("Retry")).whispers == ["Trying again: The plan."]
    [answer] = shown(talk)
    assert isinstance(answer, Answer)


async def test_what_is_asked_late_is_posted_below_and_names_what_the_card_shows(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("go")
    script.then(plan(SLOW, tool("n2", "send", to="ben", text="hello"), edges=[["n1", "n2"]]))
    await talk.begin("note it, then write to Ben")
    await eventually(lambda: any(isinstance(said, PlanCard) for said in shown(talk)))
    await talk.travel(seconds=31, settle=False)
    rehearsal.gate("go").set()
    await talk.settle()
    card, below = shown(talk)
    assert isinstance(card, PlanCard)
    assert [dict(ask.details)["to"] for ask in card.asks if isinstance(ask, ApprovalCard)] == ["ben"]
    assert isinstance(below, ApprovalCard)
    assert below.details == ()
    assert [button.label for button in below.buttons] == ["Approve", "Reject"]
    await talk.send_press("approve", card.buttons[0].value)
    card, below, answer = shown(talk)
    assert isinstance(card, PlanCard)
    assert card.brief
    assert isinstance(below, ApprovalCard)
    assert (below.details, below.buttons) == ((("Decision", "Approved by Mara."),), ())
    assert isinstance(answer, Answer)


async def test_where_nobody_knows_whether_the_card_was_shown_the_answer_is_a_post(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND))
    talk.chat.fail(Ambiguous("The line broke."))
    asked = (await talk.say("write to Ben")).one(ApprovalCard)
    assert dict(asked.details)["to"] == "ben@example.org"
    await talk.press("Approve")
    assert [said for said in shown(talk) if isinstance(said, Answer)]


async def test_where_the_card_was_deleted_the_answer_is_a_post(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await begun(talk, script, rehearsal)
    talk.chat.shown.clear()
    rehearsal.gate("go").set()
    await talk.settle()
    [answer] = shown(talk)
    assert isinstance(answer, Answer)


async def test_what_was_stopped_while_it_asked_asks_no_more(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    approve = talk.chat.button("Approve")
    await talk.press("Stop")
    [card] = shown(talk)
    assert isinstance(card, PlanCard)
    assert card.asks == ()
    assert [button.label for button in card.buttons] == ["Retry", "Details"]
    assert "decided already" in (await talk.send_press(approve.action, approve.value)).whisper
    assert not rehearsal.calls


async def test_run_again_pressed_twice_runs_once(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    again = talk.chat.button("Run again")
    await talk.touch("Run again")
    replies = await talk.send_press(again.action, again.value)
    assert len(rehearsal.calls) == 2
    assert sorted(replies.whispers)[0] == "It is running again already."
    await talk.rows("UPDATE messages SET created_at = created_at - interval '11 seconds' RETURNING id")
    await talk.send_press(again.action, again.value)
    assert len(rehearsal.calls) == 3


async def test_details_unfold_and_fold_in_their_place(talk: Talk, script: Script) -> None:
    script.then(plan(SEND))
    await talk.say("write to Ben")
    await talk.press("Approve")
    assert not await talk.press("Details")
    [answer] = shown(talk)
    assert isinstance(answer, Answer)
    assert answer.unfolded
    assert answer.card is not None
    assert [step.note for step in answer.card.steps] == ["approved by Mara"]
    assert not await talk.press("Fewer details")
    [answer] = shown(talk)
    assert isinstance(answer, Answer)
    assert not answer.unfolded
    assert [button.label for button in answer.buttons] == ["Run again", "Details", "👍", "👎"]


async def test_the_line_that_is_left_of_a_card_unfolds_too(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await begun(talk, script, rehearsal)
    await talk.travel(seconds=31, settle=False)
    rehearsal.gate("go").set()
    await talk.settle()
    unfold = next(iter(button for said in shown(talk) if isinstance(said, PlanCard) for button in said.buttons))
    assert not await talk.send_press(unfold.action, unfold.value)
    card, answer = shown(talk)
    assert isinstance(card, PlanCard)
    assert not card.brief
    assert [button.label for button in card.buttons] == ["Fewer details"]
    assert isinstance(answer, Answer)
    assert not answer.unfolded


async def test_a_thumb_is_noted_by_its_button(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    for pressed, labels in (("👍", ["👍 noted", "👎"]), ("👎", ["👍", "👎 noted"])):
        replies = await talk.press(pressed)
        assert (list(replies), replies.whisper) == ([], "Thank you, noted.")
        [answer] = shown(talk)
        assert isinstance(answer, Answer)
        assert [button.label for button in answer.buttons][2:] == labels


async def test_the_same_chart_is_not_sent_twice_in_a_thread(talk: Talk, script: Script) -> None:
    rows = "".join(f"2026-{1 + week // 4:02d}-{1 + week % 4 * 7:02d},{90 + week}\n" for week in range(12))
    draw = plan(tool("n1", "draw_chart", file="leads.csv"))
    script.then(draw, draw)
    table = file("leads.csv", f"date,enquiries\n{rows}".encode())
    first = await talk.say("draw it", [table])
    [picture] = first.of(FilePost)
    again = await talk.press("Run again")
    assert not again.of(FilePost)
    assert again.one(Answer).text.endswith(f"The same chart as above: {picture.file.name}.")
    elsewhere = await talk.say("draw it", [table], new_thread=True)
    assert len(elsewhere.of(FilePost)) == 1, "in another thread it is not above"
