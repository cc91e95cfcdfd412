"""An agent that comes to its limit says so, and goes on from there when it is let."""

from typing import Any

from domain.conversations.said import Answer, Details, Listing, Note, Problem
from domain.core import ids
from domain.core.errors import Invalid
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import Node, asks, node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

STOPPED = "It was dearer.\n\nI stopped after 2 rounds; still open: the prices of week 47."
PART = "It was dearer.\nStill open: the prices of week 47."


def agent(**config: Any) -> Node:
    return node("n1", "agent", "find out", goal="Find out why Hillside lost leads.", rounds=2, **config)


async def test_an_end_by_limit_says_what_was_found_and_what_is_open(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    replies = await talk.say("find out why")
    answer = replies.one(Answer)
    assert answer.text == STOPPED
    assert [button.label for button in answer.buttons][:2] == ["Go on", "Details"]
    assert "Run again" not in [button.label for button in answer.buttons]
    task = await talk.task()
    assert (task["status"], task["outcome"]) == ("SUCCEEDED", "partial")
    card = answer.card or talk.chat.card
    assert card.status == "PARTIAL"
    assert card.steps[0].note == "2 rounds, 1 call, stopped early"


async def test_it_goes_on_from_there_and_does_nothing_again(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    await talk.say("find out why")
    script.then(asks(("note", {"text": "b"})), "It was the price of week 47.\nStill open: nothing.")
    answer = (await talk.press("Go on")).one(Answer)
    assert answer.text == "It was the price of week 47."
    assert [call.arguments["text"] for call in rehearsal.calls] == ["a", "b"]
    task = await talk.task()
    assert (task["status"], task["outcome"]) == ("SUCCEEDED", "answer")
    again = ["n1", "n1[0].c0", "n1[0].think", "n1[1].think", "n1[2].c0", "n1[2].think", "n1[3].think"]
    assert sorted(await talk.steps()) == again


async def test_what_it_said_before_offers_it_no_more(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("a")
    script.then(plan(agent()), asks(("note", {"text": "a"})), "Hello.")
    await talk.begin("find out why")
    await eventually(lambda: rehearsal.calls)
    await talk.other("ben", talk.place, private=False).begin("hello")  # below which the answer is a post of its own
    await eventually(lambda: not script.answers)
    script.then(PART)
    gate.set()
    await talk.settle()
    script.then(asks(("note", {"text": "b"})), PART)
    await talk.press("Go on")
    said = list(talk.chat.shown.values())
    assert [words.text for words in said if isinstance(words, Answer)].count(STOPPED) == 1
    assert sum(button.action == "more" for words in said for button in getattr(words, "buttons", ())) == 1


async def test_each_leg_ends_by_its_own_limit(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    await talk.say("find out why")
    script.then(asks(("note", {"text": "b"})), PART)
    assert (
        (await talk.press("Go on"))
        .one(Answer)
        .text.endswith("I stopped after 4 rounds; still open: the prices of week 47.")
    )


async def test_go_on_is_also_a_word(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    await talk.say("find out why")
    script.then("It was the price.")
    replies = await talk.say("weiter")
    assert replies.of(Note)[0].text.startswith("Going on")
    assert replies.one(Answer).text == "It was the price."


async def test_said_to_its_answer_the_word_means_that_task(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    await talk.say("find out why")
    first = await talk.task()
    place = next(message_id for message_id, said in talk.chat.shown.items() if isinstance(said, Answer))
    script.then(plan(tool("n1", "note", text="b")))
    await talk.say("note b")
    script.then("It was the price.")
    await talk.say("go on", answers=place)
    [row] = await talk.rows("SELECT outcome, result ->> 'text' AS text FROM tasks WHERE id = :id", id=first["id"])
    assert tuple(row.values()) == ("answer", "It was the price.")


async def test_named_it_is_resumed_too(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    await talk.say("find out why")
    script.then("It was the price.")
    assert (await talk.say(f"/resume {ids.text('task', (await talk.task())['id'])}")).one(
        Answer
    ).text == "It was the price."


async def test_two_presses_are_one(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    button = (await talk.say("find out why")).one(Answer).buttons[0]
    script.then("It was the price.")
    await talk.tell_press(button.action, button.value)
    replies = await talk.send_press(button.action, button.value)
    assert replies.one(Answer).text == "It was the price."
    late = await talk.send_press(button.action, button.value)
    assert not late.of(Answer)
    assert "n1[3].think" not in await talk.steps()


async def test_what_only_puts_it_into_words_is_said_anew(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    words = node("n2", "llm", "answer", prompt="Say it.", inputs=["{{ n1.output }}"])
    script.then(plan(agent(), words, edges=[["n1", "n2"]]), asks(("note", {"text": "a"})), PART, "Dearer, it seems.")
    answer = (await talk.say("find out why")).one(Answer)
    assert answer.text == "Dearer, it seems.\n\nI stopped after 2 rounds; still open: the prices of week 47."
    script.then("It was the price.", "The price it was.")
    assert (await talk.press("Go on")).one(Answer).text == "The price it was."


async def test_where_more_hangs_on_it_that_part_is_said_to_have_stopped(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(agent(), tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]),
        asks(("note", {"text": "a"})),
        PART,
    )
    answer = (await talk.say("find out why")).one(Answer)
    assert answer.text.endswith("“find out” stopped early, after 2 rounds; still open: the prices of week 47.")
    assert "Go on" not in [button.label for button in answer.buttons]
    assert answer.card is not None
    assert answer.card.status == "PARTIAL"  # not done
    assert (await talk.task())["outcome"] == "answer"


async def test_only_the_person_it_works_for_and_admins_let_it_go_on(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    button = (await talk.say("find out why")).one(Answer).buttons[0]
    replies = await talk.other("ben").send_press(button.action, button.value)
    assert not replies.of(Answer)
    assert (await talk.task())["outcome"] == "partial"


async def test_what_was_not_partial_does_not_go_on(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), "Because.")
    again = (await talk.say("find out why")).one(Answer).buttons[0]
    assert again.action == "again"
    assert not (await talk.send_press("more", again.value)).of(Answer)
    script.then("You are welcome.")
    assert (await talk.say("go on")).one(Answer).text == "You are welcome."


async def test_a_list_of_tasks_says_which_stopped_early(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    await talk.say("find out why")
    [row] = (await talk.say("/tasks")).one(Listing).rows
    assert row[2] == "stopped early"
    details = (await talk.say("/tasks show")).one(Details)
    assert [button.label for button in details.buttons] == ["Go on"]


async def test_what_stopped_early_before_a_failure_is_not_called_done(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("bad", Invalid("It is no good."))
    script.then(
        plan(agent(), tool("n2", "note", text="bad"), edges=[["n1", "n2"]]), asks(("note", {"text": "a"})), PART
    )
    script.then(*[reply("There is no other way.")] * 2)
    problem = (await talk.say("find out why")).one(Problem)
    assert problem.done == ()
    assert problem.not_done == ("find out (stopped early)",)


async def test_a_new_plan_with_the_same_agent_goes_on_from_where_it_was(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(agent()), asks(("note", {"text": "a"})), PART)
    await talk.say("find out why")
    broken = node("n2", "llm", prompt="Say it.", inputs=["{{ n1.output }}"])
    script.then(Invalid("The answer was filtered."), plan(agent(), broken, edges=[["n1", "n2"]]))
    script.then(asks(("note", {"text": "b"})), "It was the price.\nStill open: nothing.", "The price.")
    assert (await talk.press("Go on")).one(Answer).text == "The price."
    assert [call.arguments["text"] for call in rehearsal.calls] == ["a", "b"]
    [row] = await talk.rows("SELECT input FROM task_steps WHERE node_id = 'n1'")
    assert (row["input"]["legs"], row["input"]["past"]) == (1, 2)
