"""A failure that the plan deals with is no failure of the task; it is told, and whatever else fails still is one."""

from typing import Any

from domain.conversations.said import Answer, ApprovalCard, Problem, StepState
from domain.core import ids
from domain.core.errors import Ambiguous, Invalid
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import Node, node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

FIRST = tool("n1", "note", text="first")
NEXT = tool("n2", "note", text="after {{ n1.output.text }}")
INSTEAD = tool("n3", "note", text="instead: {{ n1.output.error.sentence }} ({{ n1.output.error.code }})")
DEALT_WITH: list[list[Any]] = [["n1", "n2"], ["n1", "n3", "error"]]


async def test_where_a_step_fails_the_error_edge_is_taken_and_the_others_are_not(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("first", Invalid("The notebook is full."))
    script.then(plan(FIRST, NEXT, INSTEAD, edges=DEALT_WITH))
    answer = (await talk.say("note it")).one(Answer)
    assert answer.text == ("note: instead: The notebook is full. (invalid)\n\n1 step failed and was dealt with.")
    assert await talk.steps() == {"n1": "FAILED", "n2": "SKIPPED", "n3": "SUCCEEDED"}
    assert (await talk.task())["status"] == "SUCCEEDED"
    assert len(script.requests) == 1, "nothing has to be planned anew"
    assert [(step.state, step.note) for step in talk.card.steps] == [
        (StepState.FAILED, "The notebook is full. (dealt with)"),
        (StepState.SKIPPED, ""),
        (StepState.DONE, ""),
    ]


async def test_where_nothing_fails_the_error_edge_is_not_taken(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(FIRST, NEXT, INSTEAD, edges=DEALT_WITH))
    assert (await talk.say("note it")).one(Answer).text == "note: after note: first"
    assert await talk.steps() == {"n1": "SUCCEEDED", "n2": "SUCCEEDED", "n3": "SKIPPED"}


async def test_the_answer_is_that_of_the_step_whose_failure_would_have_been_dealt_with(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(FIRST, INSTEAD, edges=[["n1", "n3", "error"]]))
    assert (await talk.say("note it")).one(Answer).text == "note: first"


async def test_both_ways_may_come_together_again(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("first", Invalid("No."))
    last = tool("n4", "note", text="last")
    script.then(plan(FIRST, NEXT, INSTEAD, last, edges=[*DEALT_WITH, ["n2", "n4"], ["n3", "n4"]]))
    assert (await talk.say("note it")).one(Answer).text == "note: last\n\n1 step failed and was dealt with."


def loop(*body: Node, edges: list[list[Any]] | None = None) -> Node:
    return node("l", "foreach", "note all", items=["a", "b", "c"], do={"nodes": list(body), "edges": edges or []})


async def test_a_failure_inside_a_loop_is_dealt_with_for_its_item(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("b", Invalid("b is broken."))
    body = tool("try", "note", text="{{ item }}"), tool("skip", "note", text="no {{ item }}")
    script.then(plan(loop(*body, edges=[["try", "skip", "error"]])))
    answer = (await talk.say("note all")).one(Answer)
    assert answer.text == "note: a\n\nnote: no b\n\nnote: c\n\n1 step failed and was dealt with."
    [step] = talk.card.steps
    assert (step.state, step.note) == (StepState.DONE, "1 step failed and was dealt with")


async def test_a_loop_whose_failure_is_dealt_with_goes_through_all_its_items_first(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("a", Invalid("a is broken."))
    told = tool("n2", "note", text="{{ l.output.error.sentence }} {{ length(l.output.results[?text]) }} are done")
    body = tool("try", "note", text="{{ item }}"), tool("then", "note", text="then {{ item }}")
    script.then(plan(loop(*body, edges=[["try", "then"]]), told, edges=[["l", "n2", "error"]]))
    answer = (await talk.say("note all")).one(Answer)
    assert answer.text == (
        "note: 1 of 3 items could not be done: a is broken. 2 are done\n\n1 step failed and was dealt with."
    )
    assert (await talk.steps())["l[0].then"] == "SKIPPED"


async def test_what_failed_and_was_dealt_with_is_not_tried_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("first", Invalid("No."))
    rehearsal.fail("other", Invalid("This neither."))
    script.then(plan(FIRST, INSTEAD, tool("n4", "note", text="other"), edges=[["n1", "n3", "error"]]), reply("No way."))
    problem = (await talk.say("note all")).one(Problem)
    assert problem.sentence == "This neither."
    await talk.press("Retry")
    texts = [call["text"] for call in rehearsal.of("note")]
    assert (texts.count("first"), texts.count("other")) == (1, 2)
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_what_failed_and_was_dealt_with_is_kept_by_another_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("first", Invalid("No."))
    rehearsal.fail("other", Invalid("This neither."))
    kept = FIRST, NEXT, INSTEAD
    script.then(
        plan(*kept, tool("n4", "note", text="other"), edges=[*DEALT_WITH, ["n3", "n4"]]),
        plan(*kept, tool("n5", "note", text="another way"), edges=[*DEALT_WITH, ["n3", "n5"]]),
    )
    assert "note: another way" in (await talk.say("note all")).one(Answer).text
    assert [call["text"] for call in rehearsal.of("note")].count("first") == 1
    assert await talk.steps() == {"n1": "FAILED", "n2": "SKIPPED", "n3": "SUCCEEDED", "n5": "SUCCEEDED"}


async def test_a_call_of_which_nobody_knows_is_asked_about_before_it_counts_as_failed(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Ambiguous("The connection broke after the request was sent."))
    script.then(plan(tool("n1", "send", to="ben"), INSTEAD, edges=[["n1", "n3", "error"]]))
    await talk.say("write to Ben")
    assert (await talk.press("Approve")).one(ApprovalCard).title.startswith("This may have happened")
    assert not rehearsal.of("note")
    await talk.press("It is done")
    assert await talk.steps() == {"n1": "SUCCEEDED", "n3": "SKIPPED"}


async def test_a_plan_that_is_kept_deals_with_failures_too(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(FIRST, NEXT, INSTEAD, edges=DEALT_WITH))
    await talk.say("note it")
    await talk.say(f"/tasks save {ids.short('task', (await talk.task())['id'])} Mondays")
    rehearsal.fail("first", Invalid("Full."))
    assert "instead: Full." in (await talk.say("/workflows run Mondays")).one(Answer).text


async def test_a_plan_that_deals_with_a_failure_in_the_past_goes_back(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(FIRST, NEXT, edges=[["n1", "n2"], ["n2", "n1", "error"]]), plan(FIRST))
    await talk.say("note it")
    assert script.requests[1].variables["errors"] == [
        "The error edge from n2 leads back to n1, which runs before it; lead it to a node that comes after n2."
    ]
