"""An agent on the board: a round follows the other, and its answer ends it."""

from typing import Any

from domain.flow.common.board import Board
from domain.flow.common.outcome import Began, Done, Failed, Opened
from domain.flow.execute.agent.hearing import listener, turn_to
from domain.tasks.states import StepStatus
from tests.factories.boards import NOW, tried_again
from tests.factories.specs import node, spec, tool

AGENT = node("n1", "agent", goal="find out why")


def begun(*nodes: dict[str, Any], edges: list[list[Any]] | None = None) -> Board:
    board = Board(spec(AGENT, *nodes, edges=edges), {}, NOW)
    begin(board, "n1")
    return board


def begin(board: Board, step_id: str) -> None:
    board.took(step_id, StepStatus.RUNNING, NOW)
    board.took(step_id, Began({"goal": "find out why", "past": 0}), NOW)


def ready(board: Board) -> list[str]:
    return [placed.id for placed in board.startable(NOW)]


def end(board: Board, step_id: str, output: dict[str, Any]) -> None:
    board.took(step_id, StepStatus.RUNNING, NOW)
    board.took(step_id, Done(output), NOW)


def call(name: str, number: int = 0, *, external: bool = False, **arguments: Any) -> dict[str, Any]:
    return {"id": f"c{number}", "name": name, "arguments": arguments, "external": external}


def thought(*calls: dict[str, Any], text: str = "") -> dict[str, Any]:
    return {"text": text, "calls": list(calls), "heard": [], "orders": []}


ANSWER = thought(text="Because.") | {"ended": "answered"}


def again(board: Board) -> Board:
    """As another worker lays it out."""
    return Board(board.spec, board.steps, NOW)


def test_a_thought_without_calls_ends_it() -> None:
    board = begun(tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]])
    assert ready(board) == ["n1[0].think"]
    end(board, "n1[0].think", ANSWER)
    assert board.steps["n1"].output == {"text": "Because.", "ended": "answered", "rounds": 1, "calls": 0}
    assert ready(board) == ["n2"]


def test_a_thought_that_asks_for_nothing_and_is_no_answer_is_followed_by_another() -> None:
    board = begun()
    end(board, "n1[0].think", thought())
    assert ready(again(board)) == ready(board) == ["n1[1].think"]


def test_an_answer_ends_it_though_it_asks_for_what_is_not_made() -> None:
    board = begun()
    told = call("note") | {"told": "No tools are left.", "why": "withheld"}
    end(board, "n1[0].think", thought(told, text="So far.") | {"ended": "looped"})
    assert board.steps["n1"].status is StepStatus.SUCCEEDED


def test_the_next_round_comes_when_all_calls_have_ended() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("note"), call("items", 1)))
    assert ready(board) == ["n1[0].c0", "n1[0].c1"]
    end(board, "n1[0].c0", {"text": "a"})
    assert ready(board) == ["n1[0].c1"]
    board.took("n1[0].c1", StepStatus.RUNNING, NOW)
    board.took("n1[0].c1", Failed("away", "It is away."), NOW)
    assert not board.failed, "its agent reads why"
    assert not board.caught
    assert ready(board) == ["n1[1].think"]
    assert ready(again(board)) == ["n1[1].think"]
    [first, second] = board.rounds("n1")
    assert [step and step.status for _, step in first.calls] == [StepStatus.SUCCEEDED, StepStatus.FAILED]
    assert second.think is board.steps["n1[1].think"]


def test_calls_that_are_told_at_once_are_no_steps() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("nonsense") | {"told": "There is no such tool.", "why": "unknown_tool"}))
    assert ready(board) == ["n1[1].think"]
    assert set(board.steps) == {"n1", "n1[0].think", "n1[1].think"}


def test_external_calls_keep_their_order_whatever_became_of_the_one_before() -> None:
    board = begun()
    end(
        board,
        "n1[0].think",
        thought(call("send", 0, external=True), call("note", 1), call("send", 2, external=True)),
    )
    assert ready(board) == ["n1[0].c0", "n1[0].c1"]
    board.took("n1[0].c0", StepStatus.SKIPPED, NOW)
    assert ready(board) == ["n1[0].c1", "n1[0].c2"]


def test_arguments_are_no_references() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("note", text="{{ context }}")))
    assert board.scope(board.placed("n1[0].c0"), lambda: {"context": "secret"}) == {}
    assert board.placed("n1[0].c0").node.literal


def test_a_thought_that_fails_fails_its_agent() -> None:
    board = begun()
    board.took("n1[0].think", StepStatus.RUNNING, NOW)
    board.took("n1[0].think", Failed("unusable", "Nothing can be made of it."), NOW)
    assert [step.node_id for step in board.failed] == ["n1", "n1[0].think"]
    assert board.steps["n1"].error == board.steps["n1[0].think"].error


def test_a_retry_runs_the_unfinished_round_again() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("note")))
    end(board, "n1[0].c0", {"text": "a"})
    board.took("n1[1].think", StepStatus.RUNNING, NOW)
    board.took("n1[1].think", Failed("unusable", "Nothing can be made of it."), NOW)
    for step in board.failed:
        step.status, step.error = StepStatus.PENDING, None
    board = again(board)
    assert ready(board) == ["n1"]
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Began({"goal": "find out why", "past": 0}), NOW)
    assert ready(board) == ["n1[1].think"]


def test_an_answer_after_which_more_was_said_ends_nothing() -> None:
    board = begun(tool("n2", "note", text="x"), edges=[["n1", "n2"]])
    end(board, "n1[0].think", ANSWER)
    board.reopen("n1", NOW)
    assert ready(board) == ["n1[1].think"]
    assert ready(again(board)) == ["n1[1].think"]
    end(board, "n1[1].think", ANSWER)
    assert ready(board) == ["n2"]
    assert len(again(board).rounds("n1")) == 2


def test_an_agent_in_a_loop_has_rounds_of_its_own() -> None:
    loop = node("n1", "foreach", items=["x", "y"], node={"type": "agent", "config": {"goal": "{{ item }}"}})
    board = Board(spec(loop), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Opened(["x", "y"]), NOW)
    for index in (0, 1):
        board.took(f"n1[{index}].each", StepStatus.RUNNING, NOW)
        board.took(f"n1[{index}].each", Began({"goal": "x", "past": 0}), NOW)
        end(board, f"n1[{index}].each[0].think", ANSWER)
    assert board.steps["n1"].status is StepStatus.SUCCEEDED
    assert [result["text"] for result in board.steps["n1"].output["results"]] == ["Because.", "Because."]  # type: ignore[index]


def test_what_is_said_opens_an_answer_again_unless_it_stands_in_a_loop_that_is_over() -> None:
    loop = node("n1", "foreach", items=["x", "y"], node={"type": "agent", "config": {"goal": "{{ item }}"}})
    board = Board(spec(loop, tool("n2", "note", text="x"), edges=[["n1", "n2"]]), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Opened(["x", "y"]), NOW)
    begin(board, "n1[0].each")
    end(board, "n1[0].each[0].think", ANSWER)
    assert listener(board) == "n1[0].each"
    turn_to(board, "n1[0].each", NOW)
    assert "n1[0].each[1].think" in ready(board)
    end(board, "n1[0].each[1].think", ANSWER)
    begin(board, "n1[1].each")
    end(board, "n1[1].each[0].think", ANSWER)
    assert listener(board) is None
    assert ready(board) == ["n2"]


def test_a_model_with_tools_is_an_agent() -> None:
    board = Board(spec(node("n1", "llm", prompt="Look it up.", tools=["note"])), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Began({"goal": "Look it up.", "past": 0}), NOW)
    assert ready(board) == ["n1[0].think"]


def test_a_stop_ends_it_with_its_round() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("note"), call("note", 1)))
    board.took("n1[0].c0", StepStatus.RUNNING, NOW)
    cancelled = {step.node_id for step in board.cancel(NOW)}
    assert cancelled == {"n1", "n1[0].c0", "n1[0].c1"}
    assert not board.agents()
    assert not ready(board)


def test_a_stop_leaves_a_call_that_may_be_under_way() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("send", external=True)))
    board.took("n1[0].c0", StepStatus.RUNNING, NOW)
    board.steps["n1[0].c0"].idempotency_key = "key"
    assert {step.node_id for step in board.cancel(NOW)} == {"n1"}
    board.took("n1[0].c0", Done({"text": "sent"}), NOW)
    assert board.steps["n1"].status is StepStatus.CANCELLED
    assert "n1[1].think" not in board.steps


def test_what_was_stopped_goes_on_with_its_round() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("note"), call("note", 1)))
    end(board, "n1[0].c0", {"text": "a"})
    board.cancel(NOW)
    board = Board(board.spec, tried_again(board.steps), NOW)
    assert ready(board) == ["n1"]
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Began({"goal": "find out why", "past": 0}), NOW)
    assert ready(board) == ["n1[0].c1"]


def test_calls_that_were_refused_are_named_also_in_a_loop() -> None:
    each = {"type": "agent", "config": {"goal": "{{ item }}"}}
    board = Board(spec(node("n1", "foreach", "all of them", items=["x"], node=each)), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Opened(["x"]), NOW)
    board.took("n1[0].each", StepStatus.RUNNING, NOW)
    board.took("n1[0].each", Began({"goal": "x", "past": 0}), NOW)
    asked = call("http_request", external=True, method="post", url="https://crm.example/x")
    end(board, "n1[0].each[0].think", thought(asked, call("crm_note", 1, external=True)))
    for step_id in ("n1[0].each[0].c0", "n1[0].each[0].c1"):
        board.steps[step_id].output = {"rejected": True}
        board.took(step_id, StepStatus.SKIPPED, NOW)
    assert board.declined == ["Send POST to crm.example", "crm note"]
