"""What a message looks like, and that nothing in it is obeyed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.formatted import formatted
from bot.telegram.parts import split
from bot.telegram.render import render, render_caption, render_preview
from bot.telegram.runs import LIMIT, Run, html, text_of, units, unpinged
from bot.views import compose
from bot.views.blocks import Fields, File, Line, Table, Text
from domain.conversations.said import CardStep, StepState
from tests.factories.said import card
from tests.fakes.telegram.formatting import parse_html

MARKDOWN = """# Leads

Enquiries fell by **9 %** in *Hillside* (~~not~~ `W27`).

1. read
2. computed
   - twice
> so it is

| branch | leads |
|---|---|
| Hillside | 291 |

```python
if a < b: pass
```
[a page](https://example.com/x?a=1&b=2)"""

SHOWN = """<b>Leads</b>

Enquiries fell by <b>9 %</b> in <i>Hillside</i> (<s>not</s> <code>W27</code>).

1. read
2. computed
   • twice

<blockquote>so it is</blockquote>

<pre>branch    leads
--------  -----
Hillside    291</pre>

<pre>if a &lt; b: pass</pre>

a page (https://example.com/x?a=1&amp;b=2)"""


def test_markdown_becomes_the_few_styles_there_are() -> None:
    assert render((Text(MARKDOWN),)) == [SHOWN]


def test_a_plan_card() -> None:
    said = card(
        CardStep(label="read the file", state=StepState.DONE, note="1,204 rows"),
        CardStep(label="compute facts", state=StepState.RUNNING),
        CardStep(label="draw", state=StepState.WAITING),
        title="Look at <leads>",
        cost=None,
    )
    assert render(compose(said)) == [
        "<b>Look at &lt;leads&gt;</b>\n<i>Working · 1 min 05 s</i>\n✓ 1 read the file<i> - 1,204 rows</i>\n"
        "<b>◐ 2 compute facts</b>\n○ 3 draw"
    ]


def test_a_table_is_aligned_in_one_width() -> None:
    table = Table(("branch", "leads"), (("Hillside", "291"), ("North", "1,204")))
    assert render((table,)) == ["<pre>branch    leads\n--------  -----\nHillside    291\nNorth     1,204</pre>"]


def test_the_plainest_form_has_no_tags_and_keeps_every_sign() -> None:
    assert render((Line("a <b> & c", "title"), Fields((("x", "<i>"),))), plainly=True) == ["a <b> & c\nx: <i>"]


@pytest.mark.parametrize(
    "hostile", ["</pre><b>", "<a href='tg://user?id=1'>x</a>", "&lt;b&gt;", "&amp;", "a & b", "<", "]]>", "<!--"]
)
def test_no_tag_of_others_is_one(hostile: str) -> None:
    view = (Line(hostile, "title"), Fields(((hostile, hostile),)), Table((hostile,), ((hostile,),)))
    [shown] = render(view)
    parsed = parse_html(shown)
    assert parsed.text.count(hostile) == 5
    assert {entity["type"] for entity in parsed.entities} == {"bold", "pre"}
    assert not parsed.careless


def test_nobody_is_called_by_what_is_quoted() -> None:
    for plainly in (False, True):
        [shown] = render((Line("ask @ben_the_admin or ada@example.com, and (@carla)"),), plainly=plainly)
        assert "@ben" not in shown
        assert "@carla" not in shown
        assert "ada@example.com" in shown
        assert shown.replace("\u2060", "") == "ask @ben_the_admin or ada@example.com, and (@carla)"


def test_a_long_text_is_cut_between_words_and_no_tag_in_two() -> None:
    written = "**" + " ".join(f"word{number}" for number in range(1_500)) + "**"
    parts = render((Text(written),))
    parsed = [parse_html(part) for part in parts]
    assert len(parts) > 1
    assert all(units(part.text) <= LIMIT for part in parsed)
    assert all(part.entities == [{"type": "bold", "offset": 0, "length": units(part.text)}] for part in parsed)
    assert " ".join(part.text for part in parsed) == written.strip("*")


def test_letters_outside_of_the_first_plane_count_twice() -> None:
    parts = render((Line("🦊" * 3_000),))
    assert [units(part) for part in parts] == [4096, 1904]


def test_what_has_no_room_under_a_picture_follows_it() -> None:
    short = render_caption((Line("short"),))
    assert short == ("short", [])
    caption, messages = render_caption((Line("x " * 800),))
    assert caption == ""
    assert len(messages) == 1


def test_a_file_that_shows_its_own_name_is_not_named_below_it() -> None:
    file = File("key", "notes.md", "text/markdown", 1_234)
    assert render_caption((file,), named=True) == ("", [])
    assert render_caption((Line("From Monday"), file), named=True) == ("From Monday", [])
    assert render_caption((file,)) == ("<i>notes.md (1.2 KB)</i>", [])


def test_a_view_of_nothing_still_is_a_message() -> None:
    assert render(()) == ["…"]
    assert render((Line("  \n "),)) == ["…"]


def test_a_preview_shows_the_end_of_what_is_written() -> None:
    assert render_preview("") == ""
    assert render_preview("**half a mark") == "**half a mark"
    assert render_preview("word " * 3_000 + "the end").endswith("the end")


_marks = st.lists(st.sampled_from(["b", "i", "code", "pre", "blockquote", "s"]), max_size=3, unique=True).map(tuple)
_runs = st.lists(st.builds(Run, st.text(max_size=60), _marks), max_size=12)


@given(_runs, st.integers(min_value=80, max_value=300))
def test_any_runs_are_split_into_whole_messages(runs: list[Run], limit: int) -> None:
    parts = split(runs, limit)
    for part in parts:
        parsed = parse_html(html(part))
        assert units(parsed.text) <= limit
        assert parsed.text
    whole = text_of(Run(run.text if {"code", "pre"} & {*run.marks} else unpinged(run.text)) for run in runs)
    assert "".join("".join(text_of(part) for part in parts).split()) == "".join(whole.split())


@given(st.text(max_size=400))
def test_any_markdown_can_be_read_by_telegram(written: str) -> None:
    for part in split(formatted(written)):
        parse_html(html(part))
