from typing import Any

import pytest

from domain.llm.model import Request
from domain.llm.offline.extract import LABEL, summary
from domain.llm.offline.provider import OfflineModel
from domain.llm.offline.queried import ROWS_ARE_TOLD
from domain.llm.prompts import STEP
from tests.factories.llm import ask, step


def fact(kind: str, text: str, **segment: str) -> dict[str, Any]:
    return {"type": kind, "metric": "Enquiries", "segment": segment or None, "text": text, "value": 1.0}


FACTS = [
    fact("total", "Enquiries total 1,204."),
    fact("change", "Enquiries of Hillside have been 28 % lower since week 25.", Branch="Hillside"),
    fact("anomaly", "Enquiries of Lakeside were 91 on 3 July; about 40 were expected.", Branch="Lakeside"),
    fact("data_quality", "12 rows are written twice."),
    fact("share", "Phone makes up 41 % of enquiries.", Channel="Phone"),
    fact("share", "Web makes up 38 % of enquiries.", Channel="Web"),
    fact("trend", "Enquiries fall by 1.2 % a week."),
    fact("trend", "Cost rises by 0.4 % a week."),
    fact("ranking", "Hillside ranks third of five branches.", Branch="Hillside"),
    fact("data_quality", "4 dates are missing."),
    fact("data_quality", "Cost is empty in 3 rows."),
    fact("average", "A lead costs 17.13 on average."),
]
ANALYSIS = {"file": "leads-w27.csv", "rows": 1_204, "columns": [], "facts": FACTS}
ESSAY = (
    "# Solar power\n\nSolar panels turn light into electricity for a house. "
    "The panels on a roof of ordinary size give about four thousand kilowatt hours of electricity a year. "
    "Batteries keep the electricity of the panels for the evening. Click [here](https://evil.example/x) to buy now! "
    "Visit https://evil.example for more of this. My aunt likes tulips very much indeed. "
    "A battery costs as much as the panels and lasts about fifteen years. "
    "Whether a battery pays depends on the price of electricity and on the roof. "
    "The weather was fine on that day in early June."
)


async def answer(question: str, *inputs: Any) -> str:
    return (await ask(OfflineModel(), step(question, *inputs))).text


async def test_facts_become_a_short_answer_headline_first():
    text = await answer("what moved?", ANALYSIS)
    assert text.splitlines()[0] == "Enquiries total 1,204."
    assert text.index("What changed") < text.index("Worth a look") < text.index("Data quality")
    assert text.splitlines()[-1] == "12 facts computed from 1,204 rows of leads-w27.csv."
    assert 4 <= text.count("\n- ") <= 8


async def test_what_only_repeats_a_fact_is_not_said_beside_it():
    fall = fact("change", "Leads of Hillside have been 42 % lower since May; with it, sales (40 % lower).") | {
        "score": 92.0
    }
    again = fact("change", "Sales of Hillside have been 40 % lower since May.") | {"score": 34.0}
    text = await answer("what moved?", ANALYSIS | {"facts": [FACTS[0], fall, again]})
    assert fall["text"] in text
    assert again["text"] not in text


async def test_every_sentence_is_a_facts_own():
    text = await answer("what moved?", ANALYSIS)
    stated = {entry["text"] for entry in FACTS} | {"What changed", "Worth a look", "Data quality", ""}
    assert {line.removeprefix("- ") for line in text.splitlines()[:-1]} <= stated


async def test_a_value_the_question_names_is_answered_first():
    lines = (await answer("is Hillside still falling?", ANALYSIS)).splitlines()
    assert lines[:2] == [
        "Enquiries of Hillside have been 28 % lower since week 25.",
        "- Hillside ranks third of five branches.",
    ]


async def test_a_dimension_the_question_names_is_answered_first():
    twice = fact("ranking", "Phone ranks first of two channels.", Channel="Phone")
    lines = (await answer("and by channels?", ANALYSIS | {"facts": [*FACTS, twice]})).splitlines()
    assert lines[:3] == [
        "Enquiries total 1,204.",
        "- Phone makes up 41 % of enquiries.",
        "- Web makes up 38 % of enquiries.",
    ]


async def test_what_happened_goes_before_how_it_slowly_moves():
    trend, change = fact("trend", "It falls by 1 % a month."), fact("change", "It has been 28 % lower since May.")
    text = await answer("what moved?", {"file": "a.csv", "rows": 9, "facts": [FACTS[0], trend, change]})
    assert text.index("28 % lower") < text.index("falls by 1 %")


async def test_a_fact_is_said_once():
    text = await answer("Hillside by branch", ANALYSIS)
    assert all(text.count(entry["text"]) <= 1 for entry in FACTS)


async def test_no_facts_are_no_answer():
    assert await answer("?", {"file": "a.csv", "rows": 3, "facts": []}) == (
        "No facts could be computed from a.csv.\n\n0 facts computed from 3 rows of a.csv."
    )


async def test_a_long_text_is_summed_up_by_its_own_sentences_and_labelled():
    text = await answer("is a battery worth it?", {"file": "solar.md", "kind": "md", "text": ESSAY, "truncated": False})
    lines = text.splitlines()
    assert lines[0] == "solar.md"
    assert lines[-1] == LABEL
    body = [line for line in lines[1:-1] if line]
    assert len(body) == 5
    plain = " ".join(ESSAY.split())
    assert [plain.index(line) for line in body] == sorted(plain.index(line) for line in body)
    assert "A battery costs as much as the panels and lasts about fifteen years." in body
    assert not any("tulips" in line for line in body)


async def test_links_of_a_page_are_not_passed_on():
    long = ESSAY + " Read [this](https://evil.example) at www.evil.example and ![](https://evil.example/pixel.png) now."
    page = {"url": "https://good.example", "title": "Solar [x](https://evil.example)", "text": long, "untrusted": True}
    text = await answer("buy visit read this now?", page)
    assert "evil.example" not in text


async def test_a_short_text_is_given_whole():
    assert await answer("?", {"text": "Paris."}) == "Paris."
    assert await answer("?", "Paris.") == "Paris."


async def test_search_results_are_a_list_with_links():
    found = {"query": "cats", "results": [
        {"title": "Cats", "url": "https://a.example", "snippet": "All  about\ncats."},
        {"title": "More", "url": "https://b.example", "snippet": ""}]}  # fmt: skip
    assert (await answer("cats", found)).splitlines() == [
        "Found for “cats”:",
        "1. Cats - All about cats.",
        "   https://a.example",
        "2. More",
        "   https://b.example",
    ]
    assert await answer("cats", {"query": "cats", "results": []}) == "The search for “cats” found nothing."


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ({"expression": "12% of 340", "value": "40.8", "text": "40.8"}, "12% of 340 = 40.8"),
        ({"expression": "1+1", "value": 2, "text": "1 + 1 = 2"}, "1 + 1 = 2"),
        ({"iso": "x", "text": "Friday, 09:00", "timezone": "Asia/Tokyo"}, "Asia/Tokyo: Friday, 09:00"),
        ({"file": "notes.md", "size": 1_200, "mime_type": "text/markdown"}, "notes.md is written (1,200 bytes)."),
        ({"file": "big.pdf", "size": 120_000, "mime_type": "application/pdf"}, "big.pdf is written (120 kB)."),
        ({"status": 201, "json": {"ok": True}}, 'The address answered with status 201: {"ok": true}'),
        ({"status": 200, "headers": {}, "text": "pong"}, "The address answered with status 200: pong"),
        ({"items": [1, 2], "results": [{"text": "one"}, None]}, "one"),
        ({"a": 1, "b": "two", "c": None}, "a: 1\nb: two"),
        ([{"text": "one"}, {"text": "two"}], "one\n\ntwo"),
        (7, "7"),
    ],
)
async def test_small_results_are_said_compactly(output: Any, text: str):
    assert await answer("?", output) == text


async def test_the_head_of_a_table_is_shown_as_it_is():
    rows = "\n".join(f"| 2024-{month:02} | {month} |" for month in range(1, 13))
    output = {"file": "a.csv", "kind": "csv", "text": f"| Month | Leads |\n| --- | --- |\n{rows}", "rows": 144,
              "columns": ["Month", "Leads"], "untrusted": True}  # fmt: skip
    lines = (await answer("show a.csv", output)).splitlines()
    assert lines[0] == "| Month | Leads |"
    assert lines[11] == "| 2024-10 | 10 |"
    assert lines[-1] == "10 of 144 rows of a.csv."


async def test_several_inputs_follow_one_another_and_the_label_stands_once():
    text = await answer("?", ANALYSIS, {"file": "a.md", "text": ESSAY}, {"file": "b.md", "text": ESSAY})
    assert text.index("leads-w27.csv") < text.index("a.md") < text.index("b.md")
    assert text.count(LABEL) == 1
    assert text.endswith(LABEL)


@pytest.mark.parametrize("inputs", [(), (None,), ("",), ({}, [])])
async def test_nothing_to_answer_from_is_said(inputs: tuple[Any, ...]):
    assert "nothing to answer from" in await answer("?", *inputs)


@pytest.mark.parametrize("text", ["", "x", "no end", "a" * 5_000, "….!?", "\n\n\n", "# \n* \n> "])
def test_any_text_can_be_summed_up(text: str):
    assert len(summary(text)) <= 2_500


RESULT: dict[str, Any] = {
    "file": "leads.csv", "sentence": "Leads add up to 90.", "columns": [], "rows": [["West", 60], ["East", 30]],
    "text": "| Region | Leads |\n| --- | --- |\n| West | 60 |\n| East | 30 |", "count": 2, "matched": 9,
    "facts": [{"text": "x", "type": "total"}], "notes": [], "left": [], "untrusted": True,
    "query": {"file": "leads.csv", "by": ["Region"]}, "chart": None, "export": None,
}  # fmt: skip


async def test_a_result_is_its_sentence_and_its_rows_and_nothing_else():
    assert await answer("leads by region", RESULT) == f"Leads add up to 90.\n\n{RESULT['text']}"


async def test_a_result_of_one_row_is_its_sentence():
    one = RESULT | {"text": "| Leads |\n| --- |\n| 90 |", "count": 1, "notes": ["3 cells are no numbers."]}
    assert await answer("leads", one) == "Leads add up to 90.\n\n3 cells are no numbers."


async def test_words_that_were_left_out_of_a_result_are_named_below_its_sentence():
    text = await answer("leads by weekday", RESULT | {"left": ["by weekday", "please"]})
    assert text.split("\n\n")[1] == "I did not understand “by weekday” and “please” and left it out."


async def test_of_a_long_result_the_first_rows_are_shown_and_the_rest_is_offered():
    rows = "\n".join(f"| {number} |" for number in range(1, 51))
    text = await answer(
        "all",
        RESULT
        | {
            "text": f"| No |\n| --- |\n{rows}",
            "count": 365,
            "notes": ["a", "The first 50 of 365 are shown here.", "b"],
        },
    )
    assert "| 30 |\n\n30 of 365 rows; “export this as Excel” gives all of them.\n\n- a\n- b" in text
    assert "| 31 |" not in text


async def test_rows_that_are_written_to_a_file_are_not_said_again():
    export = {"file": "leads.xlsx", "size": 9_000, "rows": 365, "mime_type": "application/x"}
    assert await answer("as Excel", RESULT, export) == "Leads add up to 90.\n\nleads.xlsx is written, with 365 rows."


async def test_a_single_row_of_the_table_is_shown_since_no_sentence_says_it():
    row = RESULT | {"text": "| Name | Age |\n| --- | --- |\n| Ada | 62 |", "count": 1, "query": {"file": "staff.csv"}}
    assert "| Ada | 62 |" in await answer("who is the oldest?", row)


async def test_why_there_is_no_chart_is_said_below_the_rows():
    none = {"file": None, "reason": "A pie of 40 parts cannot be read; ask for bars."}
    text = await answer("as a pie", RESULT, none)
    assert text == f"Leads add up to 90.\n\n{RESULT['text']}\n\n{none['reason']}"


async def test_what_a_chart_leaves_out_is_noted_once():
    chart = {"file": "a.png", "chart": {"title": "Leads"}, "notes": ["I took Leads.", "Two are added up."]}
    text = await answer("draw it", RESULT | {"notes": ["I took Leads."]}, chart)
    assert text.endswith("- I took Leads.\n- Two are added up.")


async def test_rows_beyond_those_that_were_asked_for_are_not_offered():
    five = RESULT | {"count": 935, "query": {"file": "bank.csv", "limit": 2}}
    assert "export" not in await answer("first 2 rows", five)


async def test_a_chart_of_rows_that_were_told_comes_with_their_sentence_alone():
    variables = step("as a pie", RESULT, {"file": "a.png", "chart": {"kind": "pie"}}).variables
    told = Request(STEP, {**variables, "instruction": f"Answer. {ROWS_ARE_TOLD}"})
    assert (await ask(OfflineModel(), told)).text == RESULT["sentence"]


async def test_results_of_several_files_are_told_apart():
    text = await answer("leads", RESULT, RESULT | {"file": "old.csv", "sentence": "Leads add up to 7."})
    assert text.startswith("**leads.csv**\n\nLeads add up to 90.")
    assert "**old.csv**\n\nLeads add up to 7." in text
