import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.console.charts import draw
from bot.console.look import Look, look
from bot.console.render import render
from bot.views import compose
from bot.views.blocks import Chart, Line, Series, chart
from domain.conversations.said import Button, Details, Listing, Note

PLAIN = Look(60, 24, styled=False, coloured=False)
STYLED = Look(60, 24, styled=True, coloured=True)
COLOURLESS = Look(60, 24, styled=True, coloured=False)

COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3|4|9|10)[0-8](?:;[0-9;]*)?m")


def unstyled(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


EVERYTHING = Note(
    text="# A\n\n**b** `c` ~~d~~ [e](http://f.example)\n\n- g\n\n> h\n\n```python\nx = 1\n```\n\n| i |\n|---|\n| j |",
    buttons=(Button(label="Go", action="go", style="primary"),),
)


def test_plain_text_carries_no_styles_at_all() -> None:
    assert "\x1b" not in render(compose(EVERYTHING), PLAIN)


def test_a_terminal_gets_styles_and_colours() -> None:
    assert COLOUR.search(render(compose(EVERYTHING), STYLED))


def test_no_color_keeps_styles_and_drops_colours() -> None:
    text = render(compose(EVERYTHING), COLOURLESS)
    assert "\x1b[1m" in text
    assert not COLOUR.search(text)


@pytest.mark.parametrize(
    ("terminal", "environment", "styled", "coloured"),
    [
        (True, {"TERM": "xterm"}, True, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True, True),
        (True, {"TERM": "dumb"}, False, False),
        (False, {"TERM": "xterm"}, False, False),
    ],
)
def test_the_look_follows_the_terminal_and_the_environment(
    terminal: bool, environment: dict[str, str], styled: bool, coloured: bool
) -> None:
    seen = look(terminal=terminal, width=80, height=24, environment=environment)
    assert (seen.styled, seen.coloured) == (styled, coloured)


@pytest.mark.parametrize("look", [PLAIN, STYLED])
def test_buttons_are_numbered_where_a_number_presses_them(look: Look) -> None:
    view = compose(EVERYTHING)
    assert unstyled(render(view, look, numbered=True)).endswith("[1 Go]")
    assert unstyled(render(view, look)).endswith("[Go]")


def test_no_line_of_a_terminal_is_wider_than_it() -> None:
    long = "word " * 50 + "x" * 200
    said = Listing(title="T", columns=("A", "B"), rows=((long, long),))
    for view in (compose(said), compose(Note(text=f"{long}\n\n| a |\n|---|\n| {long} |"))):
        text = unstyled(render(view, STYLED))
        assert max(cell_len(line) for line in text.split("\n")) <= STYLED.width
        assert text.count("x") == 2 * 200


def test_hidden_link_targets_do_not_exist() -> None:
    text = render(compose(Note(text="[bank](http://evil.example/x)")), STYLED)
    assert "http://evil.example/x" in unstyled(text)
    assert "\x1b]8" not in text


def test_a_field_of_several_lines_stays_in_its_column() -> None:
    text = unstyled(render(compose(Details(title="Mail", fields=(("Text", "Hello,\nAda"),))), STYLED))
    assert [line.rstrip() for line in text.split("\n")] == ["Mail", "Text  Hello,", "      Ada"]


WEEKS = tuple(f"2026-W{week}" for week in range(16, 28))


def drawn(given: Chart | None, width: int = 72, *, coloured: bool = False) -> str:
    assert given is not None
    return draw(given, width=width, height=24, coloured=coloured)


def test_a_line_chart_shows_title_unit_legend_levels_and_the_first_label() -> None:
    text = drawn(
        Chart(
            "line",
            "Enquiries",
            "week",
            "enquiries",
            WEEKS,
            (
                Series("Hillside", tuple(float(at) for at in range(400, 280, -10))),
                Series("Centre", tuple(float(at) for at in range(300, 312))),
            ),
            "calls",
        )
    )
    for part in ("Enquiries (calls)", "● Hillside", "× Centre", "300┤", "2026-W16", "week"):
        assert part in text


def test_a_few_bars_are_written_out_with_their_values() -> None:
    text = drawn(Chart("bar", "Enquiries", "", "", ("Hillside", "Centre"), (Series("", (1204.0, 602.0)),)), width=30)
    assert text == "Enquiries\nHillside ███████████████ 1,204\nCentre   ████████ 602"


def test_the_parts_of_a_pie_are_written_out_with_their_share() -> None:
    text = drawn(Chart("pie", "Enquiries", "", "", ("Hillside", "Centre"), (Series("", (900.0, 300.0)),)), width=36)
    assert text == "Enquiries\nHillside ████████████████ 900 (75 %)\nCentre   █████ 300 (25 %)"


def test_the_parts_of_a_pie_of_shares_are_not_told_twice() -> None:
    text = drawn(Chart("pie", "", "", "", ("a", "b"), (Series("", (75.123456, 24.876544)),), "%"), width=30)
    assert [line.split("█")[-1] for line in text.split("\n")][1:] == [" 75.12", " 24.88"]


@pytest.mark.parametrize(
    ("title", "measure", "unit", "heading"),
    [
        ("Sales by Region", "Sales", "", "Sales by Region"),
        ("Sales by Region", "sales", "EUR", "Sales by Region (EUR)"),
        ("By region", "Sales", "EUR", "By region (Sales, EUR)"),
        ("", "Sales", "EUR", "Sales, EUR"),
    ],
)
def test_a_heading_says_its_measure_once(title: str, measure: str, unit: str, heading: str) -> None:
    text = drawn(Chart("bar", title, "", measure, ("a", "b"), (Series("", (2.0, 1.0)),), unit), width=60)
    assert text.split("\n")[0] == heading


def test_the_bins_of_a_histogram_are_bars() -> None:
    text = drawn(Chart("histogram", "", "", "", ("0 to 5", "5 to 10"), (Series("Rows", (4.0, 2.0)),)), width=30)
    assert text == "0 to 5  ████████████████████ 4\n5 to 10 ██████████ 2"


def test_bars_keep_their_proportions_whatever_the_width() -> None:
    for width in (30, 60, 100):
        text = drawn(Chart("bar", "", "", "", ("a", "b"), (Series("", (100.0, 50.0)),)), width=width)
        first, second = (line.count("█") for line in text.split("\n"))
        assert abs(first - 2 * second) <= 1


def test_negative_bars_reach_below_nought() -> None:
    text = drawn(Chart("bar", "", "", "", ("a", "b"), (Series("", (5.0, -5.0)),)))
    below = text.split("\n").index(next(line for line in text.split("\n") if " 0┤" in line)) + 1
    assert "-4┤" in text
    assert any("█" in line[40:] for line in text.split("\n")[below:])
    assert not any("█" in line[:30] for line in text.split("\n")[below:])


def test_a_small_negative_value_costs_little_room() -> None:
    text = drawn(Chart("line", "", "", "", WEEKS, (Series("", (-2.0, *(float(at) for at in range(89, 100)))),)))
    rows = text.split("\n")
    nought = next(at for at, row in enumerate(rows) if row.startswith("  0┤"))
    assert "-" not in text.replace("2026-", "")
    assert len(rows) - nought <= 5


def test_a_path_is_not_broken_apart() -> None:
    path = "/" + "x" * 100
    assert path in unstyled(render((Line(path, "quiet"),), STYLED))


def test_stacked_bars_add_up() -> None:
    text = drawn(Chart("stacked", "", "", "", ("x",), (Series("a", (6.0,)), Series("b", (4.0,)))))
    rows = text.split("\n")
    at = {level: next(number for number, row in enumerate(rows) if row.startswith(level)) for level in (" 0┤", "10┤")}
    lower, upper = sum("█" in row for row in rows[1:]), sum("▒" in row for row in rows[1:])
    assert at["10┤"] < at[" 0┤"]
    assert abs(lower / (lower + upper) - 0.6) < 0.1
    assert abs(lower + upper - (at[" 0┤"] - at["10┤"] + 1)) <= 1


def test_an_extreme_value_does_no_harm() -> None:
    for values in ((1e-79, 1e14), (-1e14, 1e14), (5e-324, 0.0), (1e14, 1e14), (float("inf"), 1.0), (1e300, 1.0)):
        for kind in ("line", "bar", "stacked", "scatter", "pie", "histogram"):
            assert drawn(chart({"kind": kind, "x": [0, 1e14], "series": [{"values": list(values)}]}))


def test_a_gap_in_a_series_is_no_nought() -> None:
    text = drawn(Chart("scatter", "", "", "", ("a", "b", "c"), (Series("", (5.0, None, 7.0)),)))
    assert text.count("●") == 2


def test_a_chart_without_colour_carries_no_escape() -> None:
    given = Chart("line", "", "", "", WEEKS, (Series("a", tuple(range(12))), Series("b", tuple(range(12)))))
    assert "\x1b" not in drawn(given)
    assert "\x1b[" in drawn(given, coloured=True)


VALUES = st.one_of(st.none(), st.floats(-1e12, 1e12, allow_nan=False), st.integers(-5, 5))
WRITTEN = st.text(st.characters(max_codepoint=0x24F), max_size=30)
LABELS = st.one_of(WRITTEN, st.floats(-1e6, 1e6), st.integers(-5, 5))


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["line", "bar", "stacked", "scatter"]),
    x=st.lists(LABELS, max_size=60),
    values=st.lists(st.lists(VALUES, max_size=60), max_size=4),
    name=WRITTEN,
    width=st.integers(20, 120),
    coloured=st.booleans(),
)
def test_any_chart_can_be_drawn(
    kind: str, x: list[object], values: list[list[object]], name: str, width: int, coloured: bool
) -> None:
    spec = {"kind": kind, "title": name, "x": x, "series": [{"name": name, "values": one} for one in values]}
    given_chart = chart(spec)
    if given_chart is None:
        return
    text = render((given_chart,), Look(width, 24, styled=True, coloured=coloured))
    assert max(cell_len(line) for line in unstyled(text).split("\n")) <= width


def test_a_table_too_wide_for_the_terminal_is_shown_row_by_row() -> None:
    names = ("branch", "leads", "calls", "meetings", "offers", "won", "lost", "revenue", "margin", "responsible")
    rows = (("Hillside", *(f"{at},204" for at in range(8)), "Ada"), ("Dockside", *"12345678", "Bob"))
    ruled = "\n".join("|" + "|".join(row) + "|" for row in (names, ("---",) * 10, *rows))
    for said in (Note(text=ruled), Listing(title="All", columns=names, rows=rows)):
        text = unstyled(render(compose(said), STYLED))
        assert max(cell_len(line) for line in text.split("\n")) <= STYLED.width
        assert "responsible  Ada" in text
        assert text.count("meetings") == 2
        wide = unstyled(render(compose(said), Look(140, 24, styled=True, coloured=False)))
        assert wide.count("meetings") == 1
        assert all(cell in wide for row in rows for cell in row)
