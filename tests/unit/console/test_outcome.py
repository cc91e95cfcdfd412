"""What scripts are told became of a message."""

from typing import Any

import pytest

from bot.console.conversation import outcome_of
from domain.core.ids import new_id

DETAILS = [["method", "POST"], ["url", "https://ops.example.com/alerts"], ["json", '{"low":"Hillside"}']]
APPROVAL: dict[str, Any] = {"type": "approval", "title": "HTTP request", "details": DETAILS}
QUESTION: dict[str, Any] = {"type": "question", "text": "Which branch?"}


def row(status: str) -> dict[str, Any]:
    return {
        "task_id": new_id(),
        "status": status,
        "outcome": None,
        "result": None,
        "error": None,
        "cost": None,
        "seconds": 0.5,
    }


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            APPROVAL,
            "Approval needed: HTTP request\nmethod: POST\nurl: https://ops.example.com/alerts\n"
            'json: {"low":"Hillside"}',
        ),
        (APPROVAL | {"title": "send", "details": [["to", "ben"]]}, "Approval needed: send\nto: ben"),
        (QUESTION, "Which branch?"),
    ],
)
@pytest.mark.parametrize("on_card", [True, False])
def test_what_waits_for_a_person_says_all_that_it_asks(asked: dict[str, Any], text: str, on_card: bool) -> None:
    body = {"type": "plan", "title": "The plan", "asks": [asked]} if on_card else asked
    outcome = outcome_of(row("PAUSED"), [body], [], [])
    assert (outcome.status, outcome.text) == ("paused", text)


def test_what_was_said_to_a_task_that_runs_is_not_called_done() -> None:
    said = {"outcome": "noted", "result": {"text": "Noted for “Hillside leads”: only 2025."}}
    outcome = outcome_of(row("SUCCEEDED") | said, [], [], [])
    assert (outcome.status, outcome.text) == ("noted", "Noted for “Hillside leads”: only 2025.")


@pytest.mark.parametrize(
    ("came_to", "cut", "status"),
    [
        ("answer", False, "succeeded"),
        ("partial", False, "partial"),
        ("not_understood", False, "not_understood"),
        ("partial", True, "cut"),
    ],
)
def test_what_was_not_done_whole_is_told_apart(came_to: str, cut: bool, status: str) -> None:
    ended = row("SUCCEEDED") | {"outcome": came_to, "result": {"text": "Half of it.", "cut": cut}}
    assert outcome_of(ended, [], [], []).status == status
