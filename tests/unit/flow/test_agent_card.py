"""An agent on the plan card: its round and money, and the last that it did."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.views import compose
from bot.views.plain import plain
from domain.conversations.said import ApprovalCard, CardLine, CardStep, StepState
from domain.flow.common.board import Board
from domain.flow.common.outcome import Asks, Failed, Lost, Opened
from domain.flow.show.cards import plan_card
from domain.tasks.states import StepStatus, TaskStatus
from tests.factories.agents import agent, answer, begin, begun, call, end, go_round, task, thought
from tests.factories.boards import NOW, TASK
from tests.factories.specs import node, spec


def step(board: Board, *running: str, **of_task: Any) -> CardStep:
    """The first line of its card."""
    given = task(**of_task)
    card = plan_card(given, board, status=given.status, now=NOW, spent=Decimal(0), running=running)
    return card.steps[0]


def test_an_agent_shows_its_round_its_money_and_its_last_three_calls() -> None:
    board = begun(budget=0.5)
    for each, cost in enumerate(("0.01", "0.012", "0.008")):
        end(board, f"n1[{each}].think", thought(call("read_file", file=f"{each}.csv"), cost=cost))
        end(board, f"n1[{each}].c0", {"text": "x"})
    end(board, "n1[3].think", thought(call("navigate_url", url="https://status.example.org/?token=1"), cost="0"))
    shown = step(board, "n1[3].c0")
    assert (shown.state, shown.note) == (StepState.RUNNING, "Round 4 of 12 · $0.03 of $0.50")
    assert shown.lines == (
        CardLine(label="Read 1.csv", state=StepState.DONE),
        CardLine(label="Read 2.csv", state=StepState.DONE),
        CardLine(label="Fetch status.example.org", state=StepState.RUNNING),
    )


def test_what_it_costs_is_left_out_where_nobody_knows_or_it_costs_nothing() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("read_file"), cost="0.03"))
    assert step(board).note == "Round 1 of 12 · $0.03"
    board.steps["n1[0].think"].output |= {"cost": None}  # type: ignore[operator]
    assert step(board).note == "Round 1 of 12"
    assert step(begun(budget=0.5)).note == "Round 1 of 12"


def test_each_leg_gives_the_allowance_again() -> None:
    board = begun(budget=0.5, legs=1, past=1)
    end(board, "n1[0].think", answer(ended="budget", cost="0.49"))
    assert step(board).note == "Round 2 of 24 · $0.49 of $1.00"


def test_what_became_of_a_call_is_said() -> None:
    board = begun()
    sent = call("http_request", 1, method="post", url="https://crm.example/x", external=True)
    end(
        board,
        "n1[0].think",
        thought(call("navigate_url", url="https://a.example"), sent, call("crm", 2, external=True)),
    )
    board.took("n1[0].c0", StepStatus.RUNNING, NOW)
    board.took("n1[0].c0", Failed("away", "It is\naway. " + "x" * 300), NOW)
    board.took("n1[0].c1", StepStatus.RUNNING, NOW)
    board.took("n1[0].c1", Asks(ApprovalCard(task_id=TASK, title="Send", details=()), {}, "digest"), NOW)
    failed, asked = step(board).lines
    assert failed.note.startswith("It is away. xxx")
    assert failed.note.endswith("x…")
    assert asked == CardLine(label="Send POST to crm.example", state=StepState.ASKING, note="waits for your yes")
    board.steps["n1[0].c1"].output = {"rejected": True, "words": "only to Anna"}
    board.took("n1[0].c1", StepStatus.SKIPPED, NOW)
    board.took("n1[0].c2", StepStatus.RUNNING, NOW)
    board.took("n1[0].c2", Lost("The connection broke."), NOW)
    _, refused, lost = step(board).lines
    assert (refused.state, refused.note) == (StepState.SKIPPED, "you said no: only to Anna")
    assert (lost.state, lost.note) == (StepState.ASKING, "nobody knows whether it happened")


def test_a_call_that_fails_for_now_is_tried_again() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("read_file", file="a.csv")))
    board.took("n1[0].c0", StepStatus.RUNNING, NOW)
    board.took("n1[0].c0", Failed("away", "It is away.", again=NOW + timedelta(seconds=30)), NOW)
    [line] = step(board).lines
    assert (line.state, line.note) == (StepState.RETRYING, "will be tried again")


def test_what_it_asks_stands_on_the_card() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("crm", external=True)))
    board.took("n1[0].c0", StepStatus.RUNNING, NOW)
    board.took("n1[0].c0", Asks(ApprovalCard(task_id=TASK, title="Send", details=()), {}, "digest"), NOW)
    waits = task(TaskStatus.PAUSED, waiting_for="approval")
    card = plan_card(waits, board, status=waits.status, now=NOW, spent=Decimal(0))
    assert [ask.title for ask in card.asks if isinstance(ask, ApprovalCard)] == ["Send"]


def test_one_that_has_ended_says_how_far_it_went() -> None:
    board = begun()
    go_round(board, 0, call("read_file", file="a.csv"), call("read_file", 1, file="b.csv"))
    end(board, "n1[1].think", answer())
    shown = step(board)
    assert (shown.state, shown.note, shown.lines) == (StepState.DONE, "2 rounds, 2 calls", ())


def test_one_that_came_to_its_limit_says_so() -> None:
    board = begun(rounds=1)
    end(board, "n1[0].think", answer("Half of it.", ended="rounds", open="the other half"))
    assert step(board).note == "1 round, 0 calls, stopped early"


def test_one_whose_task_has_ended_otherwise_is_at_work_no_more() -> None:
    assert step(begun(), status=TaskStatus.FAILED).state is StepState.SKIPPED


def test_agents_in_a_loop_are_counted_on_its_line() -> None:
    board = Board(spec(node("n1", "foreach", items=["x", "y"], node={**agent("each"), "id": "each"})), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Opened(["x", "y"]), NOW)
    for each in range(2):
        begin(board, f"n1[{each}].each")
    go_round(board, 0, call("read_file"), at="n1[0].each")
    assert step(board).note == "2 items, 0 of 2 steps done, 2 agents at work"
    assert step(board).lines == ()


def test_the_calls_stand_below_its_line() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("search_google", query="<b>*a*</b>"), call("read_file", 1, file="a.csv")))
    end(board, "n1[0].c1", {"text": "x"})
    given = task()
    card = plan_card(given, board, status=given.status, now=NOW, spent=Decimal(0), running=["n1[0].c0"])
    assert plain(compose(card)).splitlines()[2:5] == [
        "◐ 1 Find it out - Round 1 of 12",
        "    ◐ Search the web for “<b>*a*</b>”",
        "    ✓ Read a.csv",
    ]
