"""The guard over worded insights: only numbers that facts state may stand."""

from typing import Any

import pytest

from domain.reports.numbers import check

FACTS: list[dict[str, Any]] = [
    {"type": "total", "metric": "Sales 2", "segment": {"Item": "Bolt 8 mm"}, "value": 1204.5, "unit": "EUR",
     "period": {"from": "2024-01", "to": "2024-06"}, "rows": ["2-145"], "text": "About 37.5 were to be expected."},
    {"type": "change", "metric": "Cost", "segment": None, "value": -0.2789, "unit": "ratio", "rows": [3], "text": ""},
    {"type": "change", "metric": "Rate", "segment": None, "value": 3.1, "unit": "pp", "rows": [3], "text": ""},
    {"type": "total", "metric": "Profit", "segment": None, "value": 5_036_240, "unit": "USD", "rows": [3], "text": ""},
]  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "They were 1,204.5 EUR.",
        "They were 1.204,5 EUR.",
        "They were 1,205 EUR.",
        "Cost fell by 28 %.",
        "Cost fell by 27.9 percent.",
        "Cost: -28%.",
        "The rate rose by 3.1 pp.",
        "The rate rose by 3.1 percentage points.",
        "Profit was 5.04 million USD.",
        "Profit was $5,036,240.",
        "All 144 rows were read.",
        "There were three reasons.",
        "It was so from 1 January 2024 to June 2024, at 05:00.",
        "It was so in 2024.",
        "Bolt 8 mm led in Sales 2.",
        "About 37.5 were to be expected.",
    ],
)
def test_what_facts_state_may_stand(sentence: str) -> None:
    checked = check(sentence, FACTS)
    assert checked.text == sentence
    assert not checked.unmatched


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("They were 1,304.5 EUR.", "1,304.5"),
        ("Cost fell by 29 %.", "29 %"),
        ("Cost fell by 28.", "28"),
        ("The rate rose by 3.1 %.", "3.1 %"),
        ("It was so in 2019.", "2019"),
        ("It was so in March 2019.", "March 2019"),
        ("Profit was 5.1 million USD.", "5.1 million"),
    ],
)
def test_what_no_fact_states_is_removed_with_its_sentence(sentence: str, wrong: str) -> None:
    checked = check(f"Cost fell by 28 %. {sentence} So it is.", FACTS)
    assert checked.text == "Cost fell by 28 %. So it is."
    assert checked.unmatched == (wrong,)
    assert checked.matched == ("28 %",)


def test_the_numbers_of_list_items_are_no_claims() -> None:
    checked = check("Findings:\n1. Cost fell by 28 %.\n2. There were 99 others.\n3) All is well.", FACTS)
    assert checked.text == "Findings:\n1. Cost fell by 28 %.\n3) All is well."
    assert checked.unmatched == ("99",)


def test_a_value_that_is_a_number_is_not_found_inside_other_numbers() -> None:
    facts = [{"metric": "sales", "segment": {"class": "3"}, "value": 0.333, "unit": "ratio", "rows": [2], "text": ""}]
    assert check("Class 3 makes up 33.3 %.", facts).unmatched == ()
    assert check("Class 3 makes up 33.5 %.", facts).unmatched == ("33.5 %",)


def test_a_date_that_a_fact_names_may_stand_outside_of_its_period() -> None:
    text = "There are 4 rows since 5 May 2021 in 2024."
    facts = [{"metric": "rows", "value": 4, "period": {"from": "2024", "to": "2024"}, "rows": [], "text": text}]
    assert check("Since 5 May 2021 there were 4 rows.", facts).unmatched == ()
    assert check("Since 6 May 2021 there were 4 rows.", facts).unmatched == ("6 May 2021",)


def test_a_line_that_was_computed_is_kept_word_for_word_and_not_otherwise():
    table = "| Order | Sales |\n| --- | --- |\n| CA-2016-152156 | 12 |"
    checked = check(f"One order.\n\n{table}\n\nThat is 13 more.", [{"text": "x"}], [table])
    assert checked.text == f"One order.\n\n{table}"
    changed = check(table.replace("12 |", "13 |"), [{"text": "x"}], [table])
    assert "13" not in changed.text
