"""What in a long text is pasted, and what the person says of it."""

import json

import pytest

from domain.flow.receive.excerpt import excerpt

TABLE = "date,branch,enquiries\n" + "".join(
    f"2026-01-{1 + row % 28:02d},Branch {row % 7},{row}\n" for row in range(300)
)
NAMES = "name,town\n" + "".join(
    f"{('Ann', 'Ben')[row % 2]},{('Rome', 'Oslo', 'Bern')[row % 3]}\n" for row in range(300)
)
NOTES = "name,note,n\n" + "".join(f'a{row},"line one\nline two, and",{row}\n' for row in range(300))
PIPES = "| a | b |\n|---|---|\n" + "".join(f"| x{row} | {row} |\n" for row in range(300))
OBJECTS = [{"a": number, "b": "x, y"} for number in range(300)]
JSON, LINES = json.dumps(OBJECTS, indent=1), "\n".join(map(json.dumps, OBJECTS))
LOG = "".join(
    f"2026-12-01 03:00:{row % 60:02d},{row:03d} INFO did {row}{', twice' * (row % 4 == 0)}\n" for row in range(300)
)
CODE = "".join(f"def f{row}(a, b):\n    return g(a, b, {row})\n\n" for row in range(200))
LETTER = "Dear all,\n\n" + "".join(f"On day {row} it was cold, bright and quiet.\n\n" for row in range(200))


@pytest.mark.parametrize("question", ["which has most?", "Which branch, over all, has most?", "leads by branch", ""])
@pytest.mark.parametrize("place", ["{0}\n{1}", "{0}\n\n{1}", "{1}\n\n{0}", "{0}\r\n{1}", "\n\n{0}\n{1}\n\n"])
@pytest.mark.parametrize(
    ("pasted", "suffix"),
    [
        (TABLE, ".csv"),
        (TABLE.replace(",", ";"), ".csv"),
        (TABLE.replace(",", "\t"), ".tsv"),
        (TABLE + "Total,,500\n", ".csv"),
        (NOTES, ".csv"),
        (PIPES, ".csv"),
        (JSON, ".json"),
        (LINES, ".jsonl"),
    ],
    ids=["commas", "semicolons", "tabs", "total", "lines in cells", "pipes", "json", "json lines"],
)
def test_a_table_is_told_from_the_words_around_it(question: str, place: str, pasted: str, suffix: str) -> None:
    found = excerpt(place.format(question, pasted.strip()))
    assert (found.words, found.block, found.suffix) == (question, pasted.strip(), suffix)


@pytest.mark.parametrize("pasted", [LOG, CODE, LETTER, "x" * 5_000], ids=["log", "code", "letter", "word"])
@pytest.mark.parametrize("question", ["What is wrong here?", "Please sum this up.", "Fasse das zusammen", ""])
@pytest.mark.parametrize("place", ["{0}\n\n{1}", "{1}\n\n{0}"])
def test_any_other_text_is_told_from_what_is_asked_of_it(pasted: str, question: str, place: str) -> None:
    found = excerpt(place.format(question, pasted.strip()))
    assert (found.words, found.block, found.suffix) == (question, pasted.strip(), ".txt")


def test_a_fence_says_what_is_pasted() -> None:
    found = excerpt(f"Compare these:\n```csv\n{NAMES}```\nand thank you")
    assert (found.words, found.block, found.suffix) == ("Compare these:\n\nand thank you", NAMES, ".csv")
    found = excerpt(f"Look:\n```{LOG}```")
    assert (found.words, found.block, found.suffix) == ("Look:", LOG, ".txt")


def test_words_before_and_after_are_both_the_persons() -> None:
    found = excerpt(f"Here are our numbers:\n{TABLE}\n\nthanks, and which has most?")
    assert found.words == "Here are our numbers:\n\nthanks, and which has most?"


def test_tabs_that_an_app_made_spaces_are_tabs_again() -> None:
    tabs = TABLE.replace(",", "\t").strip()
    found = excerpt("which has most?\n" + tabs.replace("\t", "  "))
    assert (found.words, found.block, found.suffix) == ("which has most?", tabs, ".tsv")


def test_a_table_whose_columns_have_no_names_is_one() -> None:
    rows = TABLE.partition("\n")[2].strip()
    found = excerpt(f"which has most?\n{rows}")
    assert (found.words, found.block, found.suffix) == ("which has most?", rows, ".csv")


@pytest.mark.parametrize("text", ["{", "[\n", '"', 'a,"\n', "{}\n", ",\n", "\n", " ", "|", "\r"])
def test_no_character_of_an_odd_text_is_lost(text: str) -> None:
    found = excerpt(f"{text * 9_001}x")
    assert sorted("".join((found.words + found.block).split())) == sorted("".join(f"{text * 9_001}x".split()))
