"""Where a plan stands: what may start, what is left out, how loops open and end. No I/O."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from domain.conversations.said import Question
from domain.flow.common.board import Board
from domain.flow.common.outcome import Asks, Done, Failed, Lost, Opened, Outcome, Sleeps
from domain.tasks.states import StepStatus
from domain.workflows.graph import last_nodes
from tests.factories.specs import node, spec, tool

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TASK = UUID(int=1)
LATER = NOW + timedelta(hours=1)


def a_board(*nodes: dict[str, Any], edges: list[list[Any]] | None = None) -> Board:
    return Board(spec(*nodes, edges=edges), {}, NOW)


def startable(board: Board, now: datetime = NOW) -> list[str]:
    return [placed.id for placed in board.startable(now)]


def end(board: Board, node_id: str, output: dict[str, Any] | None = None) -> set[str]:
    """A node is done. Returns which others changed with it."""
    return took(board, node_id, Done(output or {}))


def took(board: Board, node_id: str, outcome: Outcome) -> set[str]:
    board.changed.clear()
    board.took(node_id, outcome, NOW)
    return board.changed - {node_id}


def states(board: Board) -> dict[str, str]:
    return {node_id: step.status.value for node_id, step in board.steps.items()}


def tools(*ids: str) -> list[dict[str, Any]]:
    return [tool(node_id, "note") for node_id in ids]


def condition(node_id: str) -> dict[str, Any]:
    return node(node_id, "condition", **{"if": "`true`"})


LOOP = node("loop", "foreach", items="{{ n1.output.items }}", node=tool("each", "note", text="{{ item }}"))


def test_nodes_without_needs_start_side_by_side_and_a_join_waits_for_all() -> None:
    board = a_board(*tools("a", "b", "c"), edges=[["a", "c"], ["b", "c"]])
    assert startable(board) == ["a", "b"]
    end(board, "a")
    assert startable(board) == ["b"]
    end(board, "b")
    assert startable(board) == ["c"]


def test_the_branch_that_is_not_taken_is_skipped_with_all_that_hangs_on_it() -> None:
    board = a_board(
        condition("if"),
        *tools("yes", "no", "after_no"),
        edges=[["if", "yes"], ["if", "no", False], ["no", "after_no"]],
    )
    assert end(board, "if", {"result": True}) == {"no", "after_no"}
    assert startable(board) == ["yes"]
    assert states(board)["after_no"] == "SKIPPED"


def test_an_edge_for_false_is_taken_when_the_condition_does_not_hold() -> None:
    board = a_board(condition("if"), *tools("yes", "no"), edges=[["if", "yes", True], ["if", "no", False]])
    end(board, "if", {"result": False})
    assert startable(board) == ["no"]


def test_a_join_of_both_branches_runs_once_one_was_taken() -> None:
    board = a_board(
        condition("if"),
        *tools("yes", "no", "join"),
        edges=[["if", "yes"], ["if", "no", False], ["yes", "join"], ["no", "join"]],
    )
    end(board, "if", {"result": True})
    assert startable(board) == ["yes"]
    end(board, "yes")
    assert startable(board) == ["join"]


def test_a_foreach_opens_into_its_items_and_ends_with_their_results() -> None:
    board = a_board(tool("n1", "items"), LOOP, tool("after", "note"), edges=[["n1", "loop"], ["loop", "after"]])
    end(board, "n1", {"items": ["x", "y"]})
    assert startable(board) == ["loop"]
    took(board, "loop", Opened(["x", "y"]))
    assert startable(board) == ["loop[0].each", "loop[1].each"]
    end(board, "loop[1].each", {"text": "Y"})
    assert states(board)["loop"] == "RUNNING"
    assert end(board, "loop[0].each", {"text": "X"}) == {"loop"}
    assert board.steps["loop"].output == {"items": ["x", "y"], "results": [{"text": "X"}, {"text": "Y"}]}
    assert startable(board) == ["after"]


def test_an_empty_foreach_is_done_at_once() -> None:
    board = a_board(LOOP | {"config": LOOP["config"] | {"items": "{{ input.none }}"}})
    assert board.startable(NOW)
    took(board, "loop", Opened([]))
    assert states(board) == {"loop": "SUCCEEDED"}
    assert board.steps["loop"].output == {"items": [], "results": []}


def test_a_foreach_of_several_nodes_keeps_their_order_for_each_item() -> None:
    body = {"nodes": tools("a", "b"), "edges": [["a", "b"]]}
    board = a_board(node("loop", "foreach", items=["x", "y"], do=body))
    took(board, "loop", Opened(["x", "y"]))
    assert startable(board) == ["loop[0].a", "loop[1].a"]
    end(board, "loop[1].a", {"text": "first"})
    assert startable(board) == ["loop[0].a", "loop[1].b"]


def test_a_foreach_with_a_failed_item_has_failed_and_keeps_the_other_results() -> None:
    board = a_board(LOOP | {"config": LOOP["config"] | {"items": ["x", "y"]}})
    took(board, "loop", Opened(["x", "y"]))
    end(board, "loop[0].each", {"text": "X"})
    took(board, "loop[1].each", Failed("wrong", "It is wrong."))
    assert board.steps["loop"].status is StepStatus.FAILED
    assert (board.steps["loop"].output or {})["results"] == [{"text": "X"}, None]
    assert {step.node_id for step in board.failed} == {"loop", "loop[1].each"}


def test_inside_a_foreach_a_node_sees_its_item_its_siblings_and_what_came_before() -> None:
    words = "{{ item }} {{ index }} {{ a.output.text }} {{ n1.output.items }} {{ input.message }} {{ nothing }}"
    body = {"nodes": [*tools("a"), tool("b", "note", text=words)], "edges": [["a", "b"]]}
    board = a_board(
        tool("n1", "note"), node("loop", "foreach", items="{{ n1.output.items }}", do=body), edges=[["n1", "loop"]]
    )
    end(board, "n1", {"items": ["x", "y"]})
    took(board, "loop", Opened(["x", "y"]))
    end(board, "loop[0].a", {"text": "other"})
    end(board, "loop[1].a", {"text": "mine"})
    assert board.scope(board.placed("loop[1].b"), lambda: {"input": {"message": "hi"}, "context": {}}) == {
        "item": "y",
        "index": 1,
        "a": {"output": {"text": "mine"}},
        "n1": {"output": {"items": ["x", "y"]}},
        "input": {"message": "hi"},
    }


def test_a_wait_may_start_again_when_its_moment_has_come_and_not_before() -> None:
    board = a_board(node("wait", "delay", seconds=3600))
    took(board, "wait", Sleeps(LATER))
    assert startable(board) == []
    assert board.next_wake == LATER
    assert startable(board, LATER) == ["wait"]


def test_a_step_that_waits_for_a_person_never_starts_by_itself() -> None:
    board = a_board(node("ask", "ask", question="Which?"))
    took(board, "ask", Asks(Question(task_id=TASK, text="Which?"), {}))
    assert startable(board, LATER) == []
    assert [step.node_id for step in board.asking] == ["ask"]


def test_an_unknown_outcome_asks_and_lets_nothing_after_it_start() -> None:
    board = a_board(*tools("a", "b"), edges=[["a", "b"]])
    took(board, "a", Lost("Nobody knows."))
    assert startable(board) == []
    assert [step.node_id for step in board.asking] == ["a"]


def test_a_board_is_rebuilt_from_its_steps() -> None:
    plan = spec(LOOP | {"config": LOOP["config"] | {"items": ["x", "y"]}})
    first = Board(plan, {}, NOW)
    took(first, "loop", Opened(["x", "y"]))
    end(first, "loop[0].each", {"text": "X"})
    again = Board(plan, first.steps, NOW)
    assert not again.added
    assert startable(again) == ["loop[1].each"]


def test_the_result_is_what_the_last_nodes_put_out_and_posts_are_none() -> None:
    plan = spec(*tools("a", "b"), node("p", "post", text="hi"), edges=[["a", "b"], ["a", "p"]])
    assert [last.id for last in last_nodes(plan)] == ["b"]


def test_a_node_that_refers_to_all_there_is_sees_all_there_is() -> None:
    board = a_board(*tools("a"), tool("b", "note", text="{{ keys(@) }}"), edges=[["a", "b"]])
    end(board, "a", {"text": "A"})
    assert board.scope(board.placed("b"), lambda: {"input": {}}) == {"a": {"output": {"text": "A"}}, "input": {}}


def test_what_was_given_to_a_task_is_not_asked_for_by_a_node_that_names_none_of_it() -> None:
    board = a_board(*tools("a"), tool("b", "note", text="{{ a.output.text }}"), edges=[["a", "b"]])
    end(board, "a", {"text": "A"})
    assert board.scope(board.placed("b"), lambda: pytest.fail("it was asked for")) == {"a": {"output": {"text": "A"}}}


def test_a_loop_that_begins_again_goes_through_its_items_anew_and_keeps_what_is_done() -> None:
    board = a_board(LOOP | {"config": LOOP["config"] | {"items": ["x", "y"]}}, *tools("a"))
    took(board, "loop", Opened(["x", "y"]))
    end(board, "loop[0].each", {"text": "X"})
    stored = {name: replace(step) for name, step in board.steps.items()}
    stored["loop"].status = StepStatus.PENDING
    again = Board(board.spec, stored, NOW)
    assert startable(again) == ["loop", "a"]
    again.took("loop", StepStatus.RUNNING, NOW)
    assert startable(again) == ["a"], "its items are not known yet"
    took(again, "loop", Opened(["x", "y", "z"]))
    assert startable(again) == ["a", "loop[1].each", "loop[2].each"]
    assert again.added == {"loop[2].each"}


def test_a_failure_that_others_have_stored_is_told_to_who_deals_with_it() -> None:
    told = tool("sorry", "note", text="{{ a.output.error.sentence }}")
    board = a_board(*tools("a"), told, edges=[["a", "sorry", "error"]])
    failed = {"sentence": "It is gone.", "code": "gone", "remedy": None}
    state = {"node_id": "a", "status": StepStatus.FAILED, "error": failed, "output": None}
    stored = {name: replace(step) for name, step in board.steps.items()}
    for name, value in state.items():
        setattr(stored["a"], name, value)
    board.came_back([state], NOW)
    again = Board(board.spec, stored, NOW)
    for one in (board, again):
        assert one.changed == {"a"}
        assert startable(one) == ["sorry"]
        error = {"sentence": "It is gone.", "code": "gone"}
        assert one.scope(one.placed("sorry"), dict) == {"a": {"output": {"error": error}}}


def test_a_chain_of_many_is_left_out_at_once() -> None:
    names = [f"n{number}" for number in range(50)]
    chain = [["if", "n0"], *([before, after] for before, after in pairwise(names))]
    board = a_board(condition("if"), *tools(*names[:49]), edges=chain[:49])
    end(board, "if", {"result": False})
    assert set(states(board).values()) == {"SUCCEEDED", "SKIPPED"}
