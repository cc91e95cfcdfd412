"""How a long text is cut into messages: each can be read from its beginning."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.render import render
from bot.telegram.runs import LIMIT
from bot.views.blocks import Line, Table, Text
from tests.fakes.telegram.formatting import Parsed, parse_html, units

FILLER = "Some words that fill a line of text. " * 4


def parts(markdown: str) -> list[Parsed]:
    parsed = [parse_html(part) for part in render((Text(markdown),))]
    assert all(0 < units(part.text) <= LIMIT for part in parsed)
    return parsed


def table(rows: int, *columns: str) -> str:
    ruled = "".join("|---" for _ in columns)
    return "\n".join([f"|{'|'.join(columns)}|", f"{ruled}|", *(f"|row {at}|{at * 7}|" for at in range(rows))])


def test_a_table_that_goes_on_has_its_head_again() -> None:
    found = parts(f"{FILLER}\n\n{table(600, 'name', 'count')}\n\nthe end")
    assert len(found) > 2
    for part in found[1:]:
        assert re.match(r"name +count\n-+ +-+\nrow \d+ +\d+\n", part.text)
        assert part.entities[0] == {"type": "pre", "offset": 0, "length": part.entities[0]["length"]}
    assert re.findall(r"row (\d+)", "".join(part.text for part in found)) == [str(at) for at in range(600)]


def test_a_listing_row_by_row_has_its_head_again() -> None:
    rows = tuple((f"task {at}", "w" * 60, f"{at} min") for at in range(120))
    found = [parse_html(part) for part in render((Line("Your tasks", "title"), Table(("task", "what", "since"), rows)))]
    assert len(found) > 1
    assert all(part.text.startswith("task · what · since\n\ntask ") for part in found[1:])
    assert all(units(part.text) <= LIMIT for part in found)


@pytest.mark.parametrize("lines", range(20, 60))
@pytest.mark.parametrize("lead", ["## Results\n\n", "**Intro**\n\n# One\n\n## Two\n\n", "These are the numbers:\n\n"])
def test_no_heading_and_no_announcement_ends_a_message(lines: int, lead: str) -> None:
    filler = "\n\n".join(["Some words of text that fill a line."] * lines)
    for body in ("Here they are. " * 30 + "\n\n" + FILLER * 30, table(200, "a", "b"), "- item of a list\n" * 200):
        for part in parts(f"{filler}\n\n{lead}{body}")[:-1]:
            assert part.text.rsplit("\n", 1)[-1] not in ("Results", "Two", "One", "These are the numbers:")


def test_a_text_of_headings_alone_is_still_shown() -> None:
    found = parts("\n\n".join(f"# Heading {at}" for at in range(600)))
    assert len(re.findall("Heading", "".join(part.text for part in found))) == 600


def test_code_that_goes_on_is_code_in_every_message() -> None:
    found = parts("```python\n" + "\n".join(f"x = {at}*{at}*2" for at in range(900)) + "\n```\n\nand **more**")
    assert all(part.entities[0]["type"] == "pre" for part in found)
    assert re.findall(r"x = (\d+)", "\n".join(part.text for part in found)) == [str(at) for at in range(900)]


def test_a_list_that_goes_on_keeps_its_numbers() -> None:
    found = parts("\n".join(f"{at}. entry of a list" for at in range(7, 400)))
    assert re.findall(r"^(\d+)\. entry", "\n".join(part.text for part in found), re.MULTILINE) == [
        str(at) for at in range(7, 400)
    ]


def test_many_that_are_named_but_not_called_fit_too() -> None:
    found = parts(" ".join(f"@person{at}" for at in range(900)))
    assert "".join(part.text for part in found).count("@\u2060person") == 900


def test_sixty_thousand_characters_are_shown_whole() -> None:
    text = "\n\n".join(f"## Part {at}\n\n{at}*2 = {at * 2} 🦊 „so“ **{at}** " + FILLER * 3 for at in range(110))
    assert len(text) > 50_000
    found = parts(text)
    shown = "\n".join(part.text for part in found)
    assert all(f"{at}*2 = {at * 2} 🦊 „so“ {at} " in shown for at in range(110))


blocks = st.sampled_from(
    [
        FILLER,
        "# Heading",
        table(40, "a", "b"),
        "- a\n- b\n- c",
        "```\n" + "x = 1\n" * 40 + "```",
        "> " + FILLER,
        "As here:",
    ]
)


@given(st.lists(blocks, min_size=1, max_size=30))
def test_no_part_of_any_text_is_lost_or_empty(written: list[str]) -> None:
    found = parts("\n\n".join(written))
    shown = "".join("".join(part.text for part in found).split())
    for words, count in (("Heading", "# Heading"), ("Ashere:", "As here:")):
        assert shown.count(words) == written.count(count)
    assert shown.count("row39") == written.count(table(40, "a", "b"))
    assert shown.count("x=1") == 40 * sum("x = 1" in one for one in written)
