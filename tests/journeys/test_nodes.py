"""Every kind of node, in a plan that runs."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.conversations.said import Answer, Note, Problem, StepState
from domain.core.clock import FixedClock
from domain.core.errors import Invalid
from domain.flow.common.legwork import Legwork
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import Node, node, plan, reply, tool
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk


def condition(expression: str) -> Node:
    return node("if", "condition", "is it much", **{"if": expression})


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ("n1.output.value > `3`", "much"),
        ("{{ n1.output.value > `3` }}", "much"),
        ("n1.output.value < `3`", "little"),
        ("{{ n1.output.nothing }}", "little"),
        ("n1.output.text", "much"),
        ("length(n1.output.text) == `0`", "little"),
    ],
)
async def test_a_condition_takes_one_branch_and_the_other_is_skipped(
    talk: Talk, script: Script, rehearsal: Rehearsal, expression: str, taken: str
) -> None:
    script.then(
        plan(
            tool("n1", "calculate", expression="2+2"),
            condition(expression),
            tool("yes", "note", text="much"),
            tool("no", "note", text="little"),
            edges=[["n1", "if"], ["if", "yes", True], ["if", "no", False]],
        )
    )
    assert (await talk.say("is it much?")).one(Answer).text == f"note: {taken}"
    assert sorted(step.state.value for step in talk.card.steps) == ["done", "done", "done", "skipped"]


async def test_a_foreach_runs_its_node_for_every_item_and_hands_on_the_results(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(
            tool("n1", "items", items=[{"name": "a"}, {"name": "b"}, {"name": "c"}]),
            node("n2", "foreach", items="{{ n1.output.items }}", node=tool("each", "note", text="{{ item.name }}")),
            tool("n3", "note", text="{{ n2.output.results[].text | join(', ', @) }}"),
            edges=[["n1", "n2"], ["n2", "n3"]],
        )
    )
    assert (await talk.say("note each")).one(Answer).text == "note: note: a, note: b, note: c"
    assert [call["text"] for call in rehearsal.of("note")][:3] == ["a", "b", "c"]
    assert [step.state for step in talk.card.steps] == [StepState.DONE] * 3


async def test_an_empty_foreach_is_done_and_what_follows_runs(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(
        plan(
            tool("n1", "items", items=[]),
            node("n2", "foreach", items="{{ n1.output.items }}", node=tool("each", "note", text="{{ item }}")),
            tool("n3", "note", text="{{ length(n2.output.results) }} of them"),
            edges=[["n1", "n2"], ["n2", "n3"]],
        )
    )
    assert (await talk.say("note each")).one(Answer).text == "note: 0 of them"


@pytest.mark.parametrize(("items", "expected"), [({"a": 1}, "given a dict"), (list(range(201)), "at most 200")])
async def test_a_foreach_refuses_what_is_no_list_or_too_long(
    talk: Talk, script: Script, rehearsal: Rehearsal, items: Any, expected: str
) -> None:
    script.then(
        plan(
            tool("n1", "note", text="a"),
            node("n2", "foreach", items="{{ n1.output.given || `" + json.dumps(items) + "` }}", node=tool("e", "note")),
            edges=[["n1", "n2"]],
        ),
        reply("No."),
    )
    assert expected in (await talk.say("note each")).one(Problem).sentence


async def test_a_foreach_whose_item_failed_is_tried_again_for_that_item_only(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", None, Invalid("b is broken."))
    script.then(
        plan(node("n1", "foreach", "note all", items=["a", "b", "c"], node=tool("each", "note", text="{{ item }}"))),
        reply("No."),
    )
    assert (await talk.say("note each")).one(Problem).sentence == "1 of 3 items could not be done: b is broken."
    await talk.press("Retry")
    assert (await talk.task())["status"] == "SUCCEEDED"
    assert sorted(call["text"] for call in rehearsal.of("note")) == ["a", "b", "b", "c"]


async def test_a_delay_waits_without_holding_a_worker(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(node("n1", "delay", seconds=3600), tool("n2", "note", text="later"), edges=[["n1", "n2"]]))
    assert not await talk.say("note it in an hour")
    assert talk.worker.idle
    assert not await talk.travel(minutes=59)
    assert (await talk.travel(minutes=2)).one(Answer).text == "note: later"


async def test_a_delay_until_a_moment_means_the_persons_own_clock(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    moment = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=2)
    script.then(plan(node("n1", "delay", until=moment.isoformat()), tool("n2", "note", text="x"), edges=[["n1", "n2"]]))
    await talk.say("note it the day after tomorrow")
    [step] = await talk.rows("SELECT wake_at FROM task_steps WHERE node_id = 'n1'")
    assert step["wake_at"] in (moment.replace(tzinfo=UTC) - timedelta(hours=shift) for shift in (1, 2)), "Warsaw"


@pytest.mark.parametrize("hours", [-2, 2])
async def test_a_clock_that_differs_from_the_databases_neither_hurries_nor_puts_off_a_delay(
    legwork: Legwork, chat: FakeChat, script: Script, hours: int
) -> None:
    wrong = FixedClock(datetime.now(UTC) + timedelta(hours=hours))
    talk = Talk(replace(legwork, clock=wrong), chat)
    script.then(plan(node("n1", "delay", seconds=3600)))
    await talk.say("wait an hour")
    [job] = await talk.rows("SELECT run_at - now() AS left, status FROM queue_jobs WHERE status = 'scheduled'")
    assert timedelta(minutes=59) < job["left"] <= timedelta(hours=1)
    await talk.worker.stop()


@pytest.mark.parametrize("config", [{"until": "tomorrow"}, {"seconds": "soon"}, {"seconds": -1}, {"seconds": 1e9}])
async def test_a_delay_that_is_none_is_told(talk: Talk, script: Script, config: dict[str, Any]) -> None:
    script.then(plan(node("n1", "delay", **config)), reply("No."))
    assert (await talk.say("wait a while")).one(Problem).sentence


async def test_what_steers_a_plan_is_no_answer_where_it_ends_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    note = tool("n0", "note", text="a")
    for last in (node("n1", "approval", text="Shall I?"), node("n1", "condition", **{"if": "`true`"})):
        script.then(plan(note, last, edges=[["n0", "n1"]]), plan(last))
        await talk.say("note it")
        await talk.say("yes") if last["type"] == "approval" else None
        assert (await talk.task())["result"]["text"] == "Done."
        await talk.say("and that alone")
        await talk.say("yes") if last["type"] == "approval" else None
        assert (await talk.task())["result"]["text"] == "Done."
    assert len(rehearsal.of("note")) == 2


async def test_a_post_is_said_meanwhile_and_is_not_the_answer(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(
        plan(
            node("n1", "post", text="I begin, {{ context.person }}."),
            tool("n2", "note", text="a"),
            edges=[["n1", "n2"]],
        )
    )
    replies = await talk.say("note it")
    assert replies.one(Note).text == "I begin, Mara."
    assert replies.one(Answer).text == "note: a"


async def test_an_argument_that_comes_out_wrong_at_run_time_fails_the_step_in_one_sentence(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(tool("n1", "items", items=[1]), tool("n2", "note", text="{{ n1.output.items }}"), edges=[["n1", "n2"]]),
        reply("No."),
    )
    problem = (await talk.say("note it")).one(Problem)
    assert "note cannot be called like this" in problem.sentence
    assert len(rehearsal.calls) == 1


async def test_text_from_outside_that_looks_like_a_reference_is_only_text(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(
            tool("n1", "items", items=["{{ input.message }}"]),
            tool("n2", "note", text="{{ n1.output.items[0] }}"),
            edges=[["n1", "n2"]],
        )
    )
    await talk.say("a secret")
    # what the plan itself holds is resolved once
    assert rehearsal.of("note") == [{"text": "a secret"}]
    script.then(
        plan(
            tool("n1", "items", items="{{ [join('', ['{', '{ input.message }', '}'])] }}"),
            tool("n2", "note", text="{{ n1.output.items[0] }}"),
            edges=[["n1", "n2"]],
        )
    )
    await talk.say("a secret")
    assert rehearsal.of("note")[1] == {"text": "{{ input.message }}"}
