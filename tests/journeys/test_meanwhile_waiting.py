"""What waits for a yes, a moment or another place while something is said to its task; a no that says what instead."""

import pytest

from domain.conversations.said import Note
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import change, node, plan, reply, tool
from tests.fixtures.heard import card, noted, texts, work
from tests.fixtures.legwork import Script
from tests.fixtures.meanwhile import SEND, goes_on, told_at_its_card, under_way
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


async def test_what_a_waiting_step_asked_is_withdrawn_where_the_new_plan_has_no_such_step(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(SEND)
    await talk.say("write to Ben")
    script.then(change("as a note instead"), plan(tool("n2", "note", text="the leads"), title="Hillside leads"))
    replies = await talk.say("make it a note")
    assert replies.last.text == "note: the leads"
    assert not talk.card.asks
    assert rehearsal.of("send") == []
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted")]


async def test_what_changes_something_outside_is_not_begun_before_the_plan_has_heard(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    send = tool("n2", "send", to="ben", text="the leads")
    await under_way(talk, script, rehearsal, plan(tool("n1", "note", text="go"), send, title="Hillside leads"))
    await eventually(lambda: talk.card.asks)
    await told_at_its_card(talk)
    await talk.touch("Approve")
    await eventually(lambda: talk.rows("SELECT 1 FROM approvals WHERE decision = 'approved'"))
    assert rehearsal.of("send") == []
    script.then(plan(tool("n1", "note", text="go"), send, tool("n3", "note", text="2025"), title="Hillside leads"))
    await goes_on(talk, rehearsal)
    assert noted(rehearsal) == ["go", "2025"]
    assert len(rehearsal.of("send")) == 1  # it stands in the new plan as it was allowed


async def test_what_was_handed_over_and_has_not_begun_outside_is_not_done_before_the_plan_has_heard(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "publish", to="ben", text="the leads"), title="Hillside leads"))
    await talk.say("publish the leads")
    media = talk.worker.runners.pop("MEDIA")  # nobody works there for now
    await talk.press("Approve")
    assert (await talk.steps()) == {"n1": "HANDED"}
    await talk.say("to Anna instead", answers=await card(talk))
    talk.worker.runners["MEDIA"] = media
    script.then(plan(tool("n2", "note", text="to Anna"), title="Hillside leads"))
    await talk.settle()
    assert await work(talk) == [("SUCCEEDED", "answer")]
    assert (rehearsal.of("publish"), noted(rehearsal)) == ([], ["to Anna"])


async def test_what_waits_for_a_moment_goes_on_waiting_for_it_in_the_new_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    wait = node("n1", "delay", "wait an hour", seconds=3_600)
    script.then(plan(wait, tool("n2", "note", text="then"), edges=[["n1", "n2"]], title="Hillside leads"))
    await talk.say("note it in an hour")
    [before] = await talk.rows("SELECT wake_at FROM task_steps WHERE node_id = 'n1'")
    later = [["n1", "n2"], ["n1", "n3"]]
    script.then(
        plan(
            wait, tool("n2", "note", text="then"), tool("n3", "note", text="2025"), edges=later, title="Hillside leads"
        )
    )
    await talk.say("and 2025", answers=await card(talk))
    [after] = await talk.rows("SELECT wake_at FROM task_steps WHERE node_id = 'n1'")
    assert after == before
    await talk.travel(hours=2)
    assert sorted(noted(rehearsal)) == ["2025", "then"]


async def test_what_waits_for_a_yes_goes_on_waiting_where_the_plan_has_nothing_to_change(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(SEND)
    await talk.say("write to Ben")
    script.then(change("be quick"), reply("It is quick."))
    await talk.say("be quick about it")
    assert any("It is quick." in text for text in texts(talk))
    assert talk.card.asks
    await talk.say("yes")
    assert len(rehearsal.of("send")) == 1
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted")]


@pytest.mark.parametrize("words", ["no, to Anna instead", "nein, lieber an Anna", "to Anna instead"])
async def test_a_no_with_words_changes_the_plan_and_counts_as_no_no(
    talk: Talk, script: Script, rehearsal: Rehearsal, words: str
) -> None:
    script.then(SEND)
    await talk.say("write to Ben")
    script.then(plan(tool("n2", "send", to="anna", text="the leads"), title="Hillside leads"))
    replies = await talk.say(words)
    assert str(replies.of(Note)[0].text).startswith("Not done. Noted for “Hillside leads”: ")
    await talk.press("Approve")
    assert [call["to"] for call in rehearsal.of("send")] == ["anna"]
    [task] = await talk.rows("SELECT status, replans FROM tasks")
    assert (task["status"], task["replans"]) == ("SUCCEEDED", 0)
    assert "as you decided" not in str(talk.chat.posts()[-1])


async def test_a_no_with_a_reason_is_a_no(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(SEND)
    await talk.say("write to Ben")
    script.then(reply("Then it is not sent."))
    await talk.say("no, because he has left")
    [step] = await talk.rows("SELECT status, output FROM task_steps")
    assert (step["status"], step["output"]) == ("SKIPPED", {"rejected": True, "words": "because he has left"})
    assert rehearsal.of("send") == []


async def test_where_two_things_wait_for_a_yes_a_no_with_words_is_decided_on(talk: Talk, script: Script) -> None:
    for who in ("ben", "eve"):
        script.then(plan(tool("n1", "send", to=who, text="the leads"), title=f"To {who}"))
        await talk.say(f"write to {who}")
    script.then(reply("Which of the two?"))
    assert (await talk.say("no, to Anna instead")).last.text == "Which of the two?"
