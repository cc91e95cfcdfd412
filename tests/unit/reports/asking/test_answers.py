"""A survey: questions that are columns, words of one root, answers that are missing, texts as they were written."""

from pathlib import Path
from typing import Any

import pytest

from domain.reports.reading import Table
from tests.unit.reports.asking.tabled import query, sentence, tabled

HAPPY = "How satisfied are you with the canteen? (1-5)"


@pytest.fixture
def survey(tmp_path: Path) -> Table:
    rows = [
        ("2026-03-02", "IT", "18-29", 4, "Yes", "more salad please"),
        ("2026-03-02", "IT", "60+", 5, "No", ""),
        ("2026-03-03", "Law", "30-59", "", "Yes", "fine"),
        ("2026-03-04", "Law", "60+", 2, "Maybe", "too loud, and too late"),
        ("2026-03-05", "Law", "30-59", 3, "Yes", ""),
    ]
    header = ["Date", "Department", "Age group", HAPPY, "Would you recommend it?", "Comments"]
    return tabled(tmp_path, "survey.csv", header, rows)


@pytest.fixture
def umfrage(tmp_path: Path) -> Table:
    rows = [
        ("Nord", 2, "Ja", "gut"), ("Nord", 4, "Nein", ""), ("Süd", 5, "Ja", "sehr gut"), ("Süd", "", "Ja", ""),
    ]  # fmt: skip
    return tabled(
        tmp_path, "de_umfrage.csv", ["Standort", "Zufriedenheit (1-5)", "Weiterempfehlung", "Bemerkungen"], rows
    )


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("average satisfaction by department", {"select": [{"how": "mean", "column": HAPPY}], "by": ["Department"]}),
        ("Zufriedenheit im Schnitt", {"select": [{"how": "mean", "column": HAPPY}]}),
        ("median satisfaction", {"select": [{"how": "median", "column": HAPPY}]}),
        ("minimum of satisfaction", {"select": [{"how": "min", "column": HAPPY}]}),
        ("Maximum der Zufriedenheit", {"select": [{"how": "max", "column": HAPPY}]}),
        ("how many people are 60+?", {"select": [{"how": "count"}],
                                      "where": [{"column": "Age group", "value": "60+"}]}),
        ("how many said yes to recommend?", {"select": [{"how": "count"}],
                                             "where": [{"column": "Would you recommend it?", "value": "Yes"}]}),
        ("share of people who answered Yes", {"select": [{"how": "share"}],
                                              "where": [{"column": "Would you recommend it?", "value": "Yes"}]}),
        ("list the comments from Law", {"columns": ["Comments"], "where": [
            {"column": "Department", "value": "Law"}, {"column": "Comments", "is": "filled"}]}),
        ("distribution of departments", {"select": [{"how": "count"}], "by": ["Department"]}),
        ("distribution of satisfaction", {"columns": [HAPPY]}),
    ],
)  # fmt: skip
def test_a_survey_is_asked_in_words_of_its_own(survey: Table, question: str, wanted: dict[str, Any]) -> None:
    assert query(survey, question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Wie zufrieden sind die Leute in Süd?", {"select": [{"how": "mean", "column": "Zufriedenheit (1-5)"}],
                                                 "where": [{"column": "Standort", "value": "Süd"}]}),
        ("how satisfied are people in Nord?", {"select": [{"how": "mean", "column": "Zufriedenheit (1-5)"}],
                                               "where": [{"column": "Standort", "value": "Nord"}]}),
        ("zeig alle Bemerkungen", {"columns": ["Bemerkungen"], "where": [{"column": "Bemerkungen", "is": "filled"}]}),
    ],
)  # fmt: skip
def test_so_is_a_german_one(umfrage: Table, question: str, wanted: dict[str, Any]) -> None:
    assert query(umfrage, question) == wanted


@pytest.mark.parametrize("question", ["how many answers are missing?", "wie viele Antworten fehlen?"])
def test_missing_answers_are_told_by_column(survey: Table, question: str) -> None:
    told = sentence(survey, question)
    assert told == f"“{HAPPY}” is missing in 1 of 5 rows; Comments is missing in 2 of 5 rows."


def test_missing_answers_may_be_told_by_group(survey: Table) -> None:
    assert query(survey, "how many answers are missing by department?")["by"] == ["Department"]
