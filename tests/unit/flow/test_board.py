"""Where a plan stands: what may start, what is left out, how loops open and end. No I/O."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.flow.common.board import Board
from domain.tasks.states import StepStatus
from domain.workflows.graph import last_nodes
from tests.factories.specs import node, spec, tool

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def a_board(*nodes: dict[str, Any], edges: list[list[Any]] | None = None) -> Board:
    return Board(spec(*nodes, edges=edges), {})


def startable(board: Board, now: datetime = NOW) -> list[str]:
    return [placed.id for placed in board.startable(now)]


def end(board: Board, node_id: str, output: dict[str, Any] | None = None, status: str = "SUCCEEDED") -> set[str]:
    """A node came back."""
    board.steps[node_id].status = StepStatus(status)
    board.steps[node_id].output = output
    return board.settle(NOW)


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
    end(board, "loop", {"items": ["x", "y"]}, "RUNNING")
    assert startable(board) == ["loop[0].each", "loop[1].each"]
    end(board, "loop[1].each", {"text": "Y"})
    assert states(board)["loop"] == "RUNNING"
    assert end(board, "loop[0].each", {"text": "X"}) == {"loop"}
    assert board.steps["loop"].output == {"items": ["x", "y"], "results": [{"text": "X"}, {"text": "Y"}]}
    assert startable(board) == ["after"]


def test_an_empty_foreach_is_done_at_once() -> None:
    board = a_board(LOOP | {"config": LOOP["config"] | {"items": "{{ input.none }}"}})
    assert end(board, "loop", {"items": []}, "RUNNING") == {"loop"}
    assert board.steps["loop"].output == {"items": [], "results": []}


def test_a_foreach_of_several_nodes_keeps_their_order_for_each_item() -> None:
    body = {"nodes": tools("a", "b"), "edges": [["a", "b"]]}
    board = a_board(node("loop", "foreach", items=["x", "y"], do=body))
    end(board, "loop", {"items": ["x", "y"]}, "RUNNING")
    assert startable(board) == ["loop[0].a", "loop[1].a"]
    end(board, "loop[1].a", {"text": "first"})
    assert startable(board) == ["loop[0].a", "loop[1].b"]


def test_a_foreach_with_a_failed_item_has_failed_and_keeps_the_other_results() -> None:
    board = a_board(LOOP | {"config": LOOP["config"] | {"items": ["x", "y"]}})
    end(board, "loop", {"items": ["x", "y"]}, "RUNNING")
    end(board, "loop[0].each", {"text": "X"})
    end(board, "loop[1].each", None, "FAILED")
    assert board.steps["loop"].status is StepStatus.FAILED
    assert (board.steps["loop"].output or {})["results"] == [{"text": "X"}, None]
    assert {step.node_id for step in board.failed} == {"loop", "loop[1].each"}


def test_inside_a_foreach_a_node_sees_its_item_its_siblings_and_what_came_before() -> None:
    body = {"nodes": tools("a", "b"), "edges": [["a", "b"]]}
    board = a_board(
        tool("n1", "note"), node("loop", "foreach", items="{{ n1.output.items }}", do=body), edges=[["n1", "loop"]]
    )
    end(board, "n1", {"items": ["x", "y"]})
    end(board, "loop", {"items": ["x", "y"]}, "RUNNING")
    end(board, "loop[0].a", {"text": "other"})
    end(board, "loop[1].a", {"text": "mine"})
    seen = board.scope(board.placed["loop[1].b"], {"input": {"message": "hi"}})
    assert seen["item"] == "y"
    assert seen["index"] == 1
    assert seen["a"] == {"output": {"text": "mine"}}
    assert seen["n1"] == {"output": {"items": ["x", "y"]}}
    assert seen["input"] == {"message": "hi"}
    assert not [name for name in seen if "[" in name]


def test_a_wait_may_start_again_when_its_moment_has_come_and_not_before() -> None:
    board = a_board(node("wait", "delay", seconds=3600))
    board.steps["wait"].status, board.steps["wait"].wake_at = StepStatus.WAITING, LATER
    assert startable(board) == []
    assert board.next_wake == LATER
    assert startable(board, LATER) == ["wait"]


def test_a_step_that_waits_for_a_person_never_starts_by_itself() -> None:
    board = a_board(node("ask", "ask", question="Which?"))
    board.steps["ask"].status = StepStatus.WAITING
    assert startable(board, LATER) == []
    assert [step.node_id for step in board.asking] == ["ask"]


def test_an_unknown_outcome_asks_and_lets_nothing_after_it_start() -> None:
    board = a_board(*tools("a", "b"), edges=[["a", "b"]])
    end(board, "a", None, "UNKNOWN")
    assert startable(board) == []
    assert [step.node_id for step in board.asking] == ["a"]


def test_a_board_is_rebuilt_from_its_steps() -> None:
    plan = spec(LOOP | {"config": LOOP["config"] | {"items": ["x", "y"]}})
    first = Board(plan, {})
    end(first, "loop", {"items": ["x", "y"]}, "RUNNING")
    end(first, "loop[0].each", {"text": "X"})
    again = Board(plan, first.steps)
    assert not again.added
    assert startable(again) == ["loop[1].each"]


def test_the_result_is_what_the_last_nodes_put_out_and_posts_are_none() -> None:
    plan = spec(*tools("a", "b"), node("p", "post", text="hi"), edges=[["a", "b"], ["a", "p"]])
    assert [last.id for last in last_nodes(plan)] == ["b"]
