"""Loops inside of loops: every item of every item is gone through, shown, counted, asked about and taken up again."""

from typing import Any

from domain.conversations.said import Answer, ApprovalCard, Problem, StepState
from domain.core import ids
from domain.core.errors import Invalid
from domain.workflows.spec import SAVED
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import Node, node, plan, reply, spec, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

TEAMS = [{"team": "north", "people": ["ana", "ben"]}, {"team": "south", "people": ["cleo"]}]


def each(name: str, items: Any, *body: Node, edges: list[list[Any]] | None = None) -> Node:
    return node(name, "foreach", f"go through {name}", items=items, do={"nodes": list(body), "edges": edges or []})


def in_teams(inner: Node, teams: Any = TEAMS) -> Node:
    """For every person of every team."""
    return each("teams", teams, each("people", "{{ item.people }}", inner))


def shown(talk: Talk) -> list[str]:
    """What the card notes of its steps, if there is one yet."""
    return [step.note for step in talk.card.steps] if talk.chat.shown else []


async def test_a_loop_in_a_loop_goes_through_every_item_and_sees_the_one_around_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    note = tool("note", "note", text="{{ outer.item.team }} {{ item }} {{ outer.index }}{{ index }}")
    script.then(plan(in_teams(note)))
    answer = (await talk.say("note all")).one(Answer)
    assert [call["text"] for call in rehearsal.of("note")] == ["north ana 00", "north ben 01", "south cleo 10"]
    assert answer.text == "note: north ana 00\n\nnote: north ben 01\n\nnote: south cleo 10"
    assert await talk.steps() == dict.fromkeys(
        [
            *("teams", "teams[0].people", "teams[1].people"),
            *("teams[0].people[0].note", "teams[0].people[1].note", "teams[1].people[0].note"),
        ],
        "SUCCEEDED",
    )
    assert [(step.label, step.state) for step in talk.card.steps] == [("go through teams", StepState.DONE)]


async def test_three_loops_in_one_another_hand_on_what_their_items_came_to(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    cells = each("cells", "{{ item }}", tool("n", "note", text="{{ outer.outer.index }}{{ outer.index }}{{ item }}"))
    table = each("tables", [[["a", "b"]], [["c"], ["d"]]], each("rows", "{{ item }}", cells))
    last = tool("n9", "note", text="{{ tables.output.results[].results[].results[].text | join(' ', @) }}")
    script.then(plan(table, last, edges=[["tables", "n9"]]))
    assert (await talk.say("note all")).one(Answer).text == "note: note: 00a note: 00b note: 10c note: 11d"
    assert (await talk.task())["current_step"] == 2


async def test_the_card_counts_what_is_done_inside_however_deep(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("cleo")
    script.then(plan(in_teams(tool("note", "note", text="{{ item }}"))))
    await talk.begin("note all")
    await eventually(lambda: "2 items, 3 of 5 steps done" in shown(talk))
    gate.set()
    await talk.settle()
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_a_loop_that_was_stopped_counts_nothing_as_done_that_was_not(talk: Talk, script: Script) -> None:
    script.then(plan(in_teams(node("wait", "delay", seconds=3_600))))
    await talk.say("wait for all")
    await talk.say("stop")
    [step] = talk.card.steps
    assert (step.state, step.note) == (StepState.SKIPPED, "2 items, 0 of 5 steps done")
    await talk.press("Retry")
    [step] = talk.card.steps
    assert (step.state, step.note) == (StepState.RUNNING, "2 items, 0 of 5 steps done")


async def test_what_is_asked_inside_can_be_answered_for_each(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(in_teams(tool("write", "send", to="{{ item }}", text="hello"))))
    cards = (await talk.say("write to all")).of(ApprovalCard)
    assert [dict(card.details)["to"] for card in cards] == ["ana", "ben", "cleo"]
    await talk.press("Reject 2")
    await talk.press("Approve 1")
    replies = await talk.press("Approve")
    assert sorted(call["to"] for call in rehearsal.of("send")) == ["ana", "cleo"]
    assert "Not done, as you decided: go through teams (1 of 5)." in replies.one(Answer).text


async def test_what_failed_inside_is_tried_again_alone(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("ben", Invalid("Ben has left."))
    script.then(plan(in_teams(tool("note", "note", text="{{ item }}"))), reply("No."))
    problem = (await talk.say("note all")).one(Problem)
    assert problem.sentence == "1 of 2 items could not be done: Ben has left."
    await talk.press("Retry")
    assert sorted(call["text"] for call in rehearsal.of("note")) == ["ana", "ben", "ben", "cleo"]
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_what_a_dead_worker_left_inside_is_taken_up(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("cleo")
    script.then(plan(in_teams(tool("note", "note", text="{{ item }}"))))

    async def stored() -> bool:
        states = (await talk.steps()).values() if rehearsal.calls else ()
        return list(states).count("SUCCEEDED") == 3  # ana, ben, and with them their team

    await talk.begin("note all")
    await eventually(stored)
    await talk.worker.lose_leases()
    await eventually(lambda: len(rehearsal.calls) == 4)
    gate.set()
    assert "cleo" in (await talk.settle()).one(Answer).text
    assert [call["text"] for call in rehearsal.of("note")] == ["ana", "ben", "cleo", "cleo"]


async def test_a_loop_that_comes_to_more_steps_than_a_task_may_have_is_refused(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "note", text="x")), reply("No."))
    await talk.say("note it")
    await talk.say(f"/tasks save {ids.short('task', (await talk.task())['id'])} all of them")
    body = [tool(f"n{number}", "note", text="x") for number in range(SAVED)]
    kept = spec(each("everything", list(range(200)), *body)).model_dump_json()
    await talk.rows("UPDATE workflows SET spec_json = CAST(:kept AS jsonb) RETURNING id", kept=kept)
    problem = (await talk.say("/workflows run all of them")).one(Problem)
    assert problem.sentence == "go through everything would come to 40,001 steps; at most 20,000 are possible."
    assert problem.remedy
    assert len(rehearsal.calls) == 1
