"""How far a task is, told from its steps."""

from datetime import timedelta
from decimal import Decimal

from bot.views import compose
from bot.views.plain import plain
from domain.conversations.said import ApprovalCard, Note, Question
from domain.flow.common.board import Board
from domain.flow.common.outcome import Asks, Done, Failed, Lost, Opened, Sleeps
from domain.flow.show.standing import standing
from domain.tasks.states import StepStatus, TaskStatus
from tests.factories.agents import agent, as_stored, begin, begun, call, end, go_round, task, thought
from tests.factories.boards import NOW, TASK
from tests.factories.specs import node, spec, tool


def three_rounds() -> Board:
    board = begun()
    go_round(board, 0, call("read_file", file="leads-w47.csv"))
    go_round(
        board, 1, call("navigate_url", url="https://a.example/1"), call("navigate_url", 1, url="https://a.example/2")
    )
    go_round(board, 2, call("read_file", file="leads-w47.csv"))
    return board


def test_an_agent_says_its_round_what_it_did_and_what_it_does_now() -> None:
    board = three_rounds()
    end(board, "n1[3].think", thought(call("navigate_url", url="https://status.example.org/x?token=1")))
    assert standing(task(), as_stored(board), NOW) == (
        "Round 4 of 12. Read leads-w47.csv and two pages; now reading status.example.org. $0.03."
    )


def test_between_two_calls_it_thinks() -> None:
    assert standing(task(cost=None), three_rounds(), NOW).endswith("two pages; now thinking.")
    assert standing(task(cost=Decimal(0)), begun(), NOW) == "Round 1 of 12. Now thinking."


def test_what_went_wrong_and_what_was_refused_is_said() -> None:
    board = begun(legs=1)
    end(board, "n1[0].think", thought(call("navigate_url", url="https://a.example"), call("send", 1, external=True)))
    board.took("n1[0].c0", Failed("away", "It is away."), NOW)
    board.took("n1[0].c1", StepStatus.RUNNING, NOW)
    board.steps["n1[0].c1"].output = {"rejected": True}
    board.took("n1[0].c1", StepStatus.SKIPPED, NOW)
    assert standing(task(cost=None), board, NOW) == (
        "Round 2 of 24. One call failed; you said no to “send”; now thinking."
    )


def test_it_says_what_it_waits_for() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("http_request", method="post", url="https://crm.example/x", external=True)))
    board.took("n1[0].c0", StepStatus.RUNNING, NOW)
    card = ApprovalCard(task_id=TASK, title="HTTP request", details=())
    board.took("n1[0].c0", Asks(card, {"method": "post", "url": "https://crm.example/x"}, "digest"), NOW)
    waits = "It waits for your approval of “Send POST to crm.example”."
    assert standing(task(TaskStatus.PAUSED, waiting_for="approval", cost=None), board, NOW) == f"Round 1 of 12. {waits}"


def test_a_call_whose_outcome_is_lost_is_asked_about() -> None:
    board = begun()
    end(board, "n1[0].think", thought(call("http_request", url="https://crm.example/x", external=True)))
    board.took("n1[0].c0", StepStatus.RUNNING, NOW)
    board.took("n1[0].c0", Lost("The connection broke."), NOW)
    said = standing(task(TaskStatus.PAUSED, waiting_for="outcome", cost=None), board, NOW)
    assert said == "Round 1 of 12. It waits for you to say what became of “Send GET to crm.example”."


PLAN = [
    tool("n1", "read_file", file="leads.csv"),
    tool("n2", "analyse_table", file="leads.csv"),
    tool("n3", "draw_chart", file="leads.csv"),
    node("n4", "llm", "summarise_leads", prompt="x"),
    node("n5", "approval", text="Send it"),
]
EDGES = [["n1", "n2"], ["n2", "n3"], ["n2", "n4"], ["n2", "n5"]]


def test_a_plan_says_what_is_done_what_goes_on_and_what_it_waits_for() -> None:
    board = Board(spec(*PLAN, edges=EDGES), {}, NOW)
    assert standing(task(), board, NOW) == "0 of 5 steps done; now reading leads.csv. $0.03.".replace("No", "0")
    end(board, "n1", {"text": "x"})
    end(board, "n2", {"text": "x"})
    board.took("n5", StepStatus.RUNNING, NOW)
    board.took("n5", Asks(ApprovalCard(task_id=TASK, title="Send it", details=()), {}), NOW)
    assert standing(task(), board, NOW) == (
        "2 of 5 steps done: read leads.csv and computed the facts of leads.csv; now drawing a chart of leads.csv and "
        "“summarise leads”. It waits for your approval of “Send it”. $0.03."
    )


def test_a_long_plan_names_the_last_of_what_is_done() -> None:
    nodes = [tool(f"n{number}", "calculate", expression=str(number)) for number in range(1, 10)]
    board = Board(spec(*nodes), {}, NOW)
    for each in range(1, 9):
        end(board, f"n{each}", {"text": "x"})
    assert standing(task(cost=None), board, NOW) == (
        "8 of 9 steps done: three before, calculated 4, calculated 5, calculated 6, calculated 7 and calculated 8; now "
        "calculating 9."
    )


def test_an_agent_among_other_nodes_is_named() -> None:
    board = Board(spec(tool("n1", "read_file", file="leads.csv"), agent("n2"), edges=[["n1", "n2"]]), {}, NOW)
    end(board, "n1", {"text": "x"})
    begin(board, "n2")
    assert standing(task(cost=None), board, NOW) == (
        "1 of 2 steps done: read leads.csv. “Find it out”: round 1 of 12. Now thinking."
    )


def test_agents_in_a_loop_are_counted_with_it() -> None:
    loop = node("n1", "foreach", items=["x", "y"], node={"type": "agent", "config": {"goal": "{{ item }}"}})
    board = Board(spec(loop), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Opened(["x", "y"]), NOW)
    begin(board, "n1[0].each")
    assert standing(task(cost=None), board, NOW) == (
        "0 of 1 steps done; now “Go through the list” (2 items, 0 of 2 steps done, 1 agent at work). "
        "“Find it out”: round 1 of 12. Now thinking."
    )


def test_what_stands_still_says_so() -> None:
    board = Board(spec(node("n1", "delay", seconds=3600)), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Sleeps(NOW + timedelta(hours=1)), NOW)
    assert standing(task(cost=None), board, NOW) == "0 of 1 steps done. It goes on at 2026-11-20 13:00 UTC."
    paused = task(TaskStatus.PAUSED, waiting_for="person", cost=None)
    assert standing(paused, three_rounds(), NOW) == "Paused. Round 4 of 12. Read leads-w47.csv and two pages."


def test_before_there_is_a_plan_it_says_that() -> None:
    assert standing(task(TaskStatus.PENDING, started_at=None, cost=Decimal(0)), None, NOW) == "I am about to begin."
    assert standing(task(cost=Decimal(0)), None, NOW) == "I am finding out how to do it."
    assert standing(task(TaskStatus.PAUSED, waiting_for="answer", cost=None), None, NOW) == "It waits for your answer."
    assert standing(task(TaskStatus.SUCCEEDED), None, NOW) == "“Hillside leads” has ended (succeeded)."


def test_what_a_model_wrote_is_shown_as_it_stands() -> None:
    board = begun()
    go_round(board, 0, call("search_google", query="[press *here*](https://evil.example) _now_"))
    said = standing(task(cost=None), board, NOW)
    assert plain(compose(Note(text=said))) == (
        "Round 2 of 12. Searched the web for “[press *here*](https://evil.example) _now_”; now thinking."
    )


def test_a_question_is_repeated() -> None:
    board = Board(spec(node("n1", "ask", question="Which branch?")), {}, NOW)
    board.took("n1", StepStatus.RUNNING, NOW)
    board.took("n1", Asks(Question(task_id=TASK, text="Which branch?"), {}), NOW)
    waits = task(TaskStatus.PAUSED, waiting_for="answer", cost=None)
    assert standing(waits, board, NOW) == "0 of 1 steps done. It waits for your answer to “Which branch?”."


def test_what_is_done_of_an_agent_counts_as_one_step() -> None:
    board = begun(agent(), tool("n2", "read_file", file="x.csv"), edges=[["n1", "n2"]])
    end(board, "n1[0].think", thought(text="Because.", ended="answered"))
    assert standing(task(cost=None), board, NOW) == "1 of 2 steps done: “Find it out”; now reading x.csv."
    board.took("n2", StepStatus.RUNNING, NOW)
    board.took("n2", Done({"text": "x"}), NOW)
    assert standing(task(cost=None), board, NOW).startswith("2 of 2 steps done")


def test_what_stopped_early_is_not_counted_as_done() -> None:
    board = begun(agent(), tool("n2", "read_file", file="x.csv"), edges=[["n1", "n2"]])
    end(board, "n1[0].think", thought(text="Half.", ended="rounds", open="the rest"))
    assert standing(task(cost=None), board, NOW) == (
        "0 of 2 steps done; “Find it out” stopped early; now reading x.csv."
    )
