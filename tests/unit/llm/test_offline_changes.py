"""Without a model: what is said to running work is a change only where that is sure."""

from typing import Any

import pytest

from domain.llm.offline.decide import decide
from domain.llm.offline.situation import read_situation
from tests.factories.llm import decide_variables
from tests.unit.llm.test_said_meanwhile import HILLSIDE, SUPPLIERS


def hear(message: str, *running: dict[str, Any], **more: Any) -> dict[str, Any]:
    return decide(read_situation(decide_variables(message, open=list(running), **more), ()))


def test_a_change_says_its_task_and_the_words_without_greeting_or_name() -> None:
    heard = hear("Hi, for the Hillside leads: only 2025", HILLSIDE, SUPPLIERS)
    assert (heard["kind"], heard["task"], heard["reply"], heard["plan"]) == ("change", 1, "only 2025", None)


def test_where_nothing_runs_the_same_words_are_what_they_were() -> None:
    assert hear("only 2025")["kind"] == "reply"


def test_of_two_tasks_a_change_has_to_name_one() -> None:
    assert hear("only 2025", HILLSIDE, SUPPLIERS)["kind"] == "reply"
    assert hear("in the supplier prices only Germany", HILLSIDE, SUPPLIERS)["task"] == 2
    assert hear("only Germany for the supplier prices", HILLSIDE, SUPPLIERS)["task"] == 2


def test_a_name_that_fits_both_is_none() -> None:
    other = {"number": 2, "title": "Hillside contracts", "doing": "count them"}
    assert hear("Hillside: only 2025", HILLSIDE, other)["kind"] == "reply"
    assert hear("Hillside contracts: only 2025", HILLSIDE, other)["task"] == 2


def test_after_another_task_a_few_words_go_on_with_that_one() -> None:
    last = {"question": "what is 15% of 3,244?", "plan": {"nodes": [], "edges": []}}
    assert hear("only 2025", HILLSIDE, last=last)["kind"] == "reply"
    assert hear("Hillside: only 2025", HILLSIDE, last=last)["kind"] == "change"
    own = {"question": f"{HILLSIDE['doing']}, and then some", "plan": {"nodes": [], "edges": []}}
    assert hear("only 2025", HILLSIDE, last=own)["kind"] == "change"


def test_a_message_with_a_file_or_with_others_words_is_work_of_its_own() -> None:
    assert hear("only 2025", HILLSIDE, attachments=[{"name": "a.csv", "mime_type": "text/csv"}])["kind"] != "change"
    assert hear("only 2025", HILLSIDE, quoted=[{"kind": "quote", "text": "x", "who": "Ben"}])["kind"] != "change"


@pytest.mark.parametrize(
    "message",
    [
        "only you can help me", "just do it", "just a moment", "just in time for lunch", "Just got an email from Ben",
        "nur Mut!", "Nur Geduld", "ohne Worte", "auch das noch!", "without me!", "except that it's raining", "auch gut",
        "make it so", "add a reminder for Friday", "add a meeting to my calendar", "also the weather in Rome please",
        "ignore my last message", "skip lunch today", "Without Ben we are lost", "only if you have time", "und jetzt?",
        "only 5 minutes left", "nur noch 5 Minuten", "Only Ben knows that", "skip the Hillside leads", "I meant well",
        "leave out the Hillside leads", "not bad at all, Ben", "not sure, maybe", "instead of coffee we'll have tea",
        "ich meine ja nur", "and the winner is Ben", "don't worry", "don't be silly", "mach es gut",
        "as I said, thanks",
        "only 2025? or 2024?", "Ben said “only 2025”", "only https://example.com", "only " + "very " * 60 + "much",
        "only what is in leads.csv",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_change_is_none(message: str) -> None:
    assert hear(message, HILLSIDE)["kind"] != "change"
