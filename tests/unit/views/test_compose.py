"""What each thing Legwork says looks like as plain text: the wording and order every face starts from."""

from decimal import Decimal

import pytest

from bot.views import compose
from bot.views.plain import plain
from domain.conversations.said import (
    Answer,
    ApprovalCard,
    Button,
    Details,
    FilePost,
    FileRef,
    Listing,
    Note,
    Problem,
    Question,
)
from tests.factories.said import TASK, card, every_step

IMAGE = FileRef(key="files/1", name="enquiries.png", mime_type="image/png", size=20_480)


def test_a_plan_card_marks_each_step_with_its_state() -> None:
    buttons = (Button(label="Stop", action="stop"), Button(label="Details", action="details"))
    view = compose(card(*every_step(), buttons=buttons))
    assert plain(view) == (
        "Look at the leads\n"
        "Working · 1 min 05 s · $0.002 so far\n"
        "○ 1 waiting\n"
        "◐ 2 running\n"
        "↻ 3 retrying\n"
        "? 4 asking\n"
        "✓ 5 done - 1,204 rows\n"
        "✗ 6 failed\n"
        "– 7 skipped\n"
        "[Stop] [Details]"
    )


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("PENDING", "Waiting · $0.002 so far"),
        ("paused", "Paused · $0.002 so far"),
        ("SUCCEEDED", "Done · $0.002"),
        ("PARTIAL", "Stopped early · $0.002"),
        ("failed", "Failed · $0.002"),
        ("cancelled", "Stopped · $0.002"),
        ("moving house", "moving house · $0.002 so far"),
    ],
)
def test_the_cost_is_so_far_until_the_task_has_ended(status: str, line: str) -> None:
    assert plain(compose(card(status=status, elapsed_ms=0))) == f"Look at the leads\n{line}"


@pytest.mark.parametrize("cost", [None, Decimal(0), Decimal("0.000000")])
@pytest.mark.parametrize("status", ["running", "succeeded"])
def test_a_cost_that_is_none_or_not_known_is_not_shown(cost: Decimal | None, status: str) -> None:
    assert "$" not in plain(compose(card(status=status, cost=cost)))


@pytest.mark.parametrize(("elapsed", "line"), [(0, "Paused"), (49, "Paused"), (50, "Paused · 0.1 s")])
def test_no_time_is_shown_before_there_is_any(elapsed: int, line: str) -> None:
    assert plain(compose(card(status="paused", elapsed_ms=elapsed, cost=None))) == f"Look at the leads\n{line}"


@pytest.mark.parametrize(
    ("numbers", "facts", "last"),
    [
        (10, 12, "checked: 10 numbers, 12 facts"),
        (1, 1, "checked: 1 number, 1 fact"),
        (3, None, "checked: 3 numbers"),
        (0, 4, "Fell by **9 %**."),
        (None, None, "Fell by **9 %**."),
    ],
)
def test_an_answer_says_what_was_checked(numbers: int | None, facts: int | None, last: str) -> None:
    lines = plain(compose(Answer(task_id=TASK, text="Fell by **9 %**.", numbers=numbers, facts=facts))).split("\n")
    assert lines[0] == "Fell by 9 %."
    assert lines[-1] == last.replace("*", "")


def test_a_problem_says_what_failed_what_was_done_what_not_and_what_to_do() -> None:
    problem = Problem(
        sentence="The mail server did not answer.",
        remedy="Try again later.",
        done=("read the file", "drew the chart"),
        not_done=("send the mail",),
        buttons=(Button(label="Try again", action="retry"),),
    )
    assert plain(compose(problem)) == (
        "✗ The mail server did not answer.\n"
        "Done before that:\n"
        "- read the file\n"
        "- drew the chart\n"
        "Not done:\n"
        "- send the mail\n"
        "What you can do: Try again later.\n"
        "[Try again]"
    )


def test_a_problem_that_came_before_any_work_is_one_line() -> None:
    assert plain(compose(Problem(sentence="No such task."))) == "✗ No such task."


def test_an_approval_shows_what_exactly_will_be_done() -> None:
    approval = ApprovalCard(
        task_id=TASK,
        title="Send a mail to 3 people",
        details=(("To", "ada@example.com"), ("Text", "Hello,\nhere are the leads.")),
        buttons=(Button(label="Approve", action="approve"), Button(label="Reject", action="reject")),
    )
    assert plain(compose(approval)) == (
        "Approval needed: Send a mail to 3 people\n"
        "To: ada@example.com\n"
        "Text: Hello,\n"
        "  here are the leads.\n"
        "[Approve] [Reject]"
    )


def test_a_question_says_that_it_waits() -> None:
    assert plain(compose(Question(task_id=TASK, text="Which branch?"))) == "Which branch?\nWaiting for your answer."


def test_a_listing_aligns_its_columns_and_numbers_to_the_right() -> None:
    listing = Listing(
        title="Tasks",
        columns=("Id", "Title", "Cost"),
        rows=(("task_a", "Leads", "$0.002"), ("task_b", "表格", "$1,204.00")),
        footer="2 of 2",
    )
    assert plain(compose(listing)) == (
        "Tasks\n"
        "Id      Title       Cost\n"
        "------  -----  ---------\n"
        "task_a  Leads     $0.002\n"
        "task_b  表格   $1,204.00\n"
        "2 of 2"
    )


def test_an_empty_listing_says_so() -> None:
    assert plain(compose(Listing(title="Tasks", columns=("Id",), rows=()))) == "Tasks\nNothing here yet."


def test_details_come_field_by_field_then_their_text() -> None:
    details = Details(title="Task", fields=(("Status", "done"), ("Cost", "$0.002")), text="Read and drawn.")
    assert plain(compose(details)) == "Task\nStatus: done\nCost: $0.002\nRead and drawn."


def test_a_chart_is_told_in_numbers_where_it_cannot_be_drawn() -> None:
    chart = {
        "kind": "bar",
        "title": "Enquiries",
        "x_label": "week",
        "x": ["W26", "W27"],
        "series": [{"name": "Hillside", "values": [1402, 291.5]}, {"name": "Centre", "values": [None, 7]}],
        "unit": "calls",
    }
    assert plain(compose(FilePost(file=IMAGE, caption="By branch", chart=chart))) == (
        "By branch\n"
        "Enquiries (calls)\n"
        "week  Hillside  Centre\n"
        "----  --------  ------\n"
        "W26      1,402\n"
        "W27      291.5       7\n"
        "enquiries.png (20 KB)"
    )


@pytest.mark.parametrize(
    "chart",
    [
        {},
        {"kind": "radar", "x": ["a"], "series": [{"name": "b", "values": [1]}]},
        {"kind": "bar", "x": [], "series": []},
        {"kind": "bar", "x": ["a"], "series": [{"name": "b", "values": [None]}]},
        {"kind": "bar", "x": ["a"], "series": [{"name": "b", "values": [float("nan")]}]},
        {"kind": "bar", "x": "a", "series": 5},
        {"kind": "line", "x": ["a"], "series": ["b"]},
    ],
)
def test_a_chart_that_cannot_be_drawn_leaves_its_file(chart: dict[str, object]) -> None:
    assert plain(compose(FilePost(file=IMAGE, chart=chart))) == "enquiries.png (20 KB)"


def test_markdown_keeps_its_structure_without_its_marks() -> None:
    text = (
        "# Leads\n\nDown **9 %** on `W26`, see [the file](https://example.com/f).\n\n"
        "- Hillside\n  - Annexe\n- Centre\n\n3. three\n4. four\n\n> quoted\n\n"
        "| branch | n |\n|---|--:|\n| Hillside | 291 |\n\n```\nx = 1\n```\n\n<b>2 * 3</b> ~~gone~~ ![pic](http://e.example/p)"
    )
    assert plain(compose(Note(text=text))) == (
        "Leads\n\nDown 9 % on W26, see the file (https://example.com/f).\n\n"
        "- Hillside\n  - Annexe\n- Centre\n\n3. three\n4. four\n\n> quoted\n\n"
        "branch      n\n--------  ---\nHillside  291\n\nx = 1\n\n<b>2 * 3</b> ~~gone~~ pic (http://e.example/p)"
    )


def test_of_a_task_that_stopped_early_the_line_that_is_left_says_so() -> None:
    assert plain(compose(card(*every_step(), status="PARTIAL", elapsed_ms=42_000, brief=True))) == (
        "– Look at the leads · stopped early · 7 steps · 42 s"
    )
