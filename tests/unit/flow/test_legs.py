"""Which agents that came to a limit may go on, and what is then to be done anew."""

from domain.flow.common.board import Board
from domain.flow.common.legs import let_go_on, may_go_on
from domain.flow.common.outcome import Opened
from domain.flow.conclude.early import outcome_of
from domain.flow.conclude.result import put_out
from domain.tasks.states import Outcome, StepStatus
from domain.workflows.spec import read_spec
from tests.factories.agents import agent, answer, as_stored, begin, begun, call, end, go_round, thought
from tests.factories.boards import NOW
from tests.factories.specs import Node, node, spec, tool

WORDS = node("n2", "llm", "answer", prompt="Say it.")


def ids(board: Board) -> list[str]:
    return [step.node_id for step in may_go_on(board)]


def limited(*behind: Node, edges: list[list[str]] | None = None, ended: str = "rounds") -> Board:
    """A plan whose agent stopped early, after one call."""
    board = begun(agent(), *behind, edges=edges, rounds=2, budget=0.25)
    go_round(board, 0, call("read_file", file="a.csv"))
    end(board, "n1[1].think", answer("Half of it.", ended=ended, open="the prices."))
    return board


def test_an_agent_that_answers_goes_on() -> None:
    board = limited()
    assert ids(board) == ["n1"]
    assert outcome_of(board) is Outcome.PARTIAL
    [step] = let_go_on(board)
    assert (step.status, step.output, step.finished_at) == (StepStatus.PENDING, {"begun": True}, None)
    assert step.input is not None
    assert (step.input["legs"], step.input["past"]) == (1, 2)
    board = as_stored(board)
    assert [placed.id for placed in board.startable(NOW)] == ["n1"]
    begin(board, "n1", **{name: step.input[name] for name in ("legs", "past", "rounds")})
    assert [placed.id for placed in board.startable(NOW)] == ["n1[2].think"]
    assert len(board.rounds("n1")) == 3


def test_one_that_came_to_an_answer_does_not() -> None:
    board = begun()
    end(board, "n1[0].think", answer())
    assert ids(board) == []
    assert let_go_on(board) == []
    assert outcome_of(board) is Outcome.ANSWER


def test_words_behind_it_are_said_anew_with_what_is_behind_them() -> None:
    post = node("n3", "post", text="{{ n2.output.text }}")
    board = limited(WORDS, post, edges=[["n1", "n2"], ["n2", "n3"]])
    for each in ("n2", "n3"):
        end(board, each, {"text": "x"})
    assert ids(board) == ["n1"]
    changed = {step.node_id: step for step in let_go_on(board)}
    assert set(changed) == {"n1", "n2", "n3"}
    assert all(changed[each].status is StepStatus.PENDING for each in ("n1", "n2", "n3"))
    assert [changed[each].attempt_group for each in ("n1", "n2", "n3")] == [0, 1, 1]
    assert changed["n2"].output is None


def test_where_something_was_done_behind_it_it_stays() -> None:
    board = limited(tool("n2", "send", to="ben"), edges=[["n1", "n2"]])
    end(board, "n2", {"text": "x"})
    assert ids(board) == []
    assert put_out(board)["text"].endswith("“Find it out” stopped early, after 2 rounds; still open: the prices.")


def test_what_was_left_out_behind_it_may_come_after_all() -> None:
    nodes = [node("n2", "condition", **{"if": "n1.output.data"}), tool("n3", "send", to="ben")]
    board = limited(*nodes, edges=[["n1", "n2"], ["n2", "n3"]])
    end(board, "n2", {"result": False})
    assert board.steps["n3"].status is StepStatus.SKIPPED
    assert ids(board) == ["n1"]
    assert {step.node_id for step in let_go_on(board)} == {"n1", "n2", "n3"}
    assert board.steps["n3"].status is StepStatus.PENDING


def test_what_a_person_refused_behind_it_is_not_asked_again() -> None:
    board = limited(tool("n2", "send", to="ben"), edges=[["n1", "n2"]])
    board.steps["n2"].output = {"rejected": True}
    board.took("n2", StepStatus.SKIPPED, NOW)
    assert ids(board) == []


def test_another_agent_behind_it_has_done_work() -> None:
    board = limited(agent("n2"), edges=[["n1", "n2"]])
    begin(board, "n2")
    end(board, "n2[0].think", answer())
    assert ids(board) == []


def test_agents_of_a_loop_go_on_in_their_places() -> None:
    loop = node("n1", "foreach", items=["x", "y"], do={"nodes": [agent("find")], "edges": []})
    board = Board(spec(loop, WORDS, edges=[["n1", "n2"]]), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Opened(["x", "y"]), NOW)
    for each, ended in enumerate(("answered", "minutes")):
        begin(board, f"n1[{each}].find")
        end(board, f"n1[{each}].find[0].think", answer(ended=ended))
    end(board, "n2", {"text": "x"})
    assert ids(board) == ["n1[1].find"]
    changed = {step.node_id: step.status.value for step in let_go_on(board)}
    assert changed == {"n1[1].find": "PENDING", "n1": "RUNNING", "n2": "PENDING"}
    board = as_stored(board)
    assert [placed.id for placed in board.startable(NOW)] == ["n1[1].find"]
    begin(board, "n1[1].find", past=1, legs=1)
    end(board, "n1[1].find[1].think", answer("And so."))
    assert [result["text"] for result in (board.steps["n1"].output or {})["results"]] == ["Because.", "And so."]
    assert [placed.id for placed in board.startable(NOW)] == ["n2"]


def test_a_limit_is_said_as_it_was_given() -> None:
    assert put_out(limited())["text"] == "Half of it.\n\nI stopped after 2 rounds; still open: the prices."
    assert put_out(limited(ended="budget"))["text"].endswith("I stopped at $0.25; still open: the prices.")
    assert put_out(limited(ended="minutes"))["text"].endswith("I stopped after 20 minutes; still open: the prices.")
    board = limited(ended="minutes")
    board.steps["n1"].input |= {"legs": 1}  # type: ignore[operator]
    assert put_out(board)["text"].endswith("I stopped after 40 minutes; still open: the prices.")


def test_a_model_that_may_read_stops_early_too() -> None:
    reads = read_spec({"nodes": [node("n1", "llm", prompt="Look.", tools=["read_file"])], "edges": []})
    board = Board(reads, {}, NOW)
    begin(board, "n1", rounds=1)
    end(board, "n1[0].think", thought(text="Half.", ended="rounds", open="the rest"))
    assert ids(board) == ["n1"]
    assert put_out(board)["text"] == "Half.\n\nI stopped after 1 round; still open: the rest."


def test_several_that_stopped_early_are_told_together() -> None:
    loop = node("n1", "foreach", items=list("abcd"), do={"nodes": [agent("find")], "edges": []})
    board = Board(spec(loop), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Opened(list("abcd")), NOW)
    for each in range(4):
        begin(board, f"n1[{each}].find")
        end(board, f"n1[{each}].find[0].think", answer(str(each), ended="rounds"))
    assert put_out(board)["text"].endswith("4 parts of this stopped early, before they were done.")
