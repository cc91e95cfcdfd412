"""What is said, in Slack's form: within its limits, and never obeyed."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.render import FEATURES, Message, one, render, writing
from domain.conversations.said import (
    Answer,
    Button,
    CardStep,
    Details,
    FilePost,
    FileRef,
    Listing,
    Note,
    Said,
    StepState,
)
from tests.factories.said import TASK, card
from tests.fakes.slack import blocks as block_kit
from tests.fakes.slack import shown
from tests.fakes.slack.marks import Marks
from tests.fakes.slack.rules import Rules

RULES = Rules()


def checked(said: Said, **how: Any) -> list[Message]:
    """The messages, each of which Slack would take."""
    messages = render(said, **how)
    for message in messages:
        block_kit.check(list(message.blocks), RULES)
        assert 0 < len(message.text) <= 4_000
    return messages


def seen(messages: list[Message]) -> tuple[str, list[str]]:
    """What people read, and whom it would notify."""
    marks = Marks(lambda name: name)
    lines = [line for message in messages for line in shown.blocks(list(message.blocks), marks)]
    marks.mrkdwn("\n".join(message.text for message in messages))
    return "\n".join(lines), marks.pings


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]


def steps(*states: StepState, label: str = "read the file") -> list[CardStep]:
    return [CardStep(label=f"{label} {number}", state=state) for number, state in enumerate(states)]


STOP = (Button(label="Stop", action="stop", value="task_1", style="danger"),)
BUTTONS = (
    Button(label="Run again", action="again", value="task_1"),
    Button(label="👍", action="feedback", value="task_1/:up"),
    Button(label="👎", action="feedback", value="task_1/:down"),
)


def test_an_answer_has_its_text_what_was_checked_its_buttons_and_two_thumbs() -> None:
    [message] = checked(Answer(task_id=TASK, text="Down **9 %**.", numbers=1, facts=2, buttons=BUTTONS))
    assert kinds(message) == ["rich_text", "context", "actions", "context_actions"]
    assert message.text == "Down 9 %. checked: 1 number, 2 facts"
    bold = message.blocks[0]["elements"][0]["elements"][1]
    assert bold == {"type": "text", "text": "9 %", "style": {"bold": True}}
    assert message.blocks[2]["elements"] == [
        {
            "type": "button",
            "action_id": "again#0",
            "text": {"type": "plain_text", "text": "Run again", "emoji": False},
            "value": "task_1",
        }
    ]
    thumbs = message.blocks[3]["elements"][0]
    assert (thumbs["positive_button"]["value"], thumbs["negative_button"]["value"]) == ("task_1/:up", "task_1/:down")


def test_where_slack_has_no_thumbs_they_are_buttons() -> None:
    [message] = checked(Answer(task_id=TASK, text="Down.", buttons=BUTTONS), features=FEATURES - {"feedback"})
    assert kinds(message) == ["rich_text", "actions"]
    assert seen([message])[0] == "Down.\n[Run again] [👍] [👎]"


def test_a_plan_is_drawn_by_slack_and_says_what_it_has_no_sign_for() -> None:
    [message] = checked(
        card(*steps(StepState.DONE, StepState.ASKING, StepState.SKIPPED, StepState.FAILED), buttons=STOP)
    )
    assert kinds(message) == ["plan", "context", "actions"]
    tasks = message.blocks[0]["tasks"]
    assert [task["status"] for task in tasks] == ["complete", "in_progress", "pending", "error"]
    words, _ = seen([message])
    assert "waiting for you" in words
    assert "skipped" in words


def test_without_plans_the_steps_are_lines() -> None:
    [message] = checked(card(*steps(StepState.DONE, StepState.RUNNING), buttons=STOP), features=FEATURES - {"plan"})
    assert kinds(message) == ["header", "context", "rich_text", "actions"]
    assert "✓ 1 read the file 0\n◐ 2 read the file 1" in seen([message])[0]


def test_a_plan_too_long_for_slack_is_lines_and_still_one_message_when_edited() -> None:
    messages = checked(
        card(*steps(*[StepState.WAITING] * 300, label="a step with a rather long name " * 3), buttons=STOP)
    )
    assert len(messages) > 1
    edited = one(messages)
    block_kit.check(list(edited.blocks), RULES)
    assert "Shortened here" in seen([edited])[0]
    assert kinds(edited)[-1] == "actions"


def test_every_part_of_markdown_keeps_its_meaning() -> None:
    markdown = """# Leads & <b>

One **bold *both*** ~~gone~~ `<!channel>` [here](https://example.com/a?b=1&c=2), https://x.example/y.

- one
  1. inner
- two

3. three

> quoted

```python
print("<!here>")
```

| branch | count |
|--------|------:|
| Hill   |   402 |
"""
    [message] = checked(Note(text=markdown))
    assert kinds(message) == ["rich_text"] * 6 + ["table"]
    words, pings = seen([message])
    assert pings == []
    for part in ("Leads & <b>", "gone", "<!channel>", "here (https://example.com/a?b=1&c=2)", "• one\n    1. inner",
                 "3. three", "quoted", 'print("<!here>")', "branch | count", "Hill | 402"):  # fmt: skip
        assert part in words
    links = [part["url"] for part in message.blocks[1]["elements"][0]["elements"] if part["type"] == "link"]
    assert links == ["https://example.com/a?b=1&c=2", "https://x.example/y"]
    assert message.blocks[3]["elements"][0]["offset"] == 2
    assert message.blocks[6]["column_settings"] == [{"is_wrapped": True}, {"align": "right"}]


@pytest.mark.parametrize("plain", [False, True], ids=["rich", "plain"])
@pytest.mark.parametrize(
    "hostile", ["<!channel>", "<@U123>", "<!subteam^S1|@all>", "<https://evil.example|safe>", "@here"]
)
def test_nothing_from_outside_pings_or_hides_an_address(hostile: str, plain: bool) -> None:
    for said in (
        Note(text=hostile, buttons=(Button(label=hostile, action="a", value=hostile),)),
        Details(title=hostile, fields=((hostile, hostile),), text=hostile),
        Listing(title=hostile, columns=(hostile,), rows=((hostile,),), footer=hostile),
        card(*steps(StepState.DONE, label=hostile), title=hostile),
    ):
        messages = checked(said, plain=plain)
        words, pings = seen(messages)
        assert pings == []
        assert hostile in words
        assert all("<" not in message.text for message in messages)


def test_a_preview_shows_half_marks_as_they_are() -> None:
    message = writing("**half a mark\n\n| a |\n|-")
    block_kit.check(list(message.blocks), RULES)
    assert "**half a mark" in seen([message])[0]


def test_a_table_is_split_where_slack_takes_no_more() -> None:
    rows = tuple((f"id{number}", "t" * 150) for number in range(250))
    messages = checked(Listing(title="Many", columns=("id", "text"), rows=rows, footer="250 of 250"))
    assert [kinds(message).count("table") for message in messages] == [1] * len(messages)
    assert re.findall(r"id\d+", seen(messages)[0]) == [row[0] for row in rows]


def test_a_table_too_wide_for_slack_is_aligned_text() -> None:
    columns = tuple(f"c{number}" for number in range(25))
    [message] = checked(Listing(title="Wide", columns=columns, rows=(columns,)))
    assert kinds(message) == ["header", "rich_text"]
    assert message.blocks[1]["elements"][0]["type"] == "rich_text_preformatted"


CHART = {"kind": "line", "title": "Enquiries", "x": ["W26", "W27"], "y_label": "enquiries", "unit": "",
         "series": [{"name": "Hill", "values": [402, 291]}]}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "drawn"),
    [
        ({}, True),
        ({"kind": "bar"}, True),
        ({"kind": "histogram"}, True),
        ({"kind": "pie"}, True),
        ({"kind": "pie", "series": [{"name": "Hill", "values": [402, 0]}]}, False),
        ({"kind": "pie", "x": list("abcdefg"), "series": [{"name": "Hill", "values": [1] * 7}]}, False),
        ({"kind": "scatter"}, False),
        ({"kind": "stacked"}, False),
        ({"x": ["W26", "W26"]}, False),
        ({"x": ["W26", "a label of more than twenty"]}, False),
        ({"series": [{"name": "Hill", "values": [402]}]}, False),
        ({"series": [{"name": "Hill", "values": [1, 2]}] * 2}, False),
        ({"series": [{"name": f"s{n}", "values": [1, 2]} for n in range(7)]}, False),
        ({"x": list(range(21)), "series": [{"name": "Hill", "values": list(range(21))}]}, False),
    ],
)
def test_a_chart_is_drawn_by_slack_where_its_numbers_fit(change: dict[str, Any], drawn: bool) -> None:
    file = FileRef(key="k", name="chart.png", mime_type="image/png", size=2_048)
    [message] = checked(FilePost(file=file, caption="By branch", chart=CHART | change))
    assert ("data_visualization" in kinds(message)) is drawn


def test_a_long_title_of_a_chart_says_that_it_goes_on() -> None:
    file = FileRef(key="k", name="chart.png", mime_type="image/png", size=2_048)
    change = {"title": "Average satisfaction with the work of the department, North"}
    [message] = checked(FilePost(file=file, caption="By branch", chart=CHART | change))
    [title] = [block["title"] for block in message.blocks if block["type"] == "data_visualization"]
    assert title == "Average satisfaction with the work of the departm…"


@given(st.text(max_size=4_000), st.booleans())
def test_any_text_is_taken(written: str, plain: bool) -> None:
    checked(Note(text=written), plain=plain)
    checked(Details(title=written, fields=((written, written),), text=written), plain=plain)
    checked(Listing(title="t", columns=(written, "b"), rows=((written, written), (written,))), plain=plain)


@pytest.mark.parametrize("lines", range(30, 60, 3))
def test_no_heading_and_no_announcement_ends_a_message(lines: int) -> None:
    table = "|a|b|\n|---|---|\n" + "|some words|5|\n" * 120
    filler = "\n\n".join(["Some words of text that fill a line and a bit of the next one. " * 4] * lines)
    text = f"{filler}\n\n# One\n\n## Two\n\n{table}\n\n## Three\n\nThese are the others:\n\n{table}\n\n{filler}"
    messages = checked(Note(text=text))
    for message in messages[:-1]:
        assert seen([message])[0].rsplit("\n", 1)[-1] not in ("One", "Two", "Three", "These are the others:")
    tables = [block for message in messages for block in message.blocks if block["type"] == "table"]
    assert len(tables) == 4
    assert all([cell["text"] for cell in one["rows"][0]] == ["a", "b"] for one in tables)
    assert all(one["column_settings"][1] == {"align": "right"} for one in tables)


def test_a_message_of_headings_alone_is_still_shown() -> None:
    messages = checked(Note(text="\n\n".join(f"# Heading {number}" for number in range(120))))
    assert seen(messages)[0].count("Heading") == 120


def test_lists_keep_their_numbers_where_slack_would_count_anew() -> None:
    words, _ = seen(checked(Note(text="7. a\n8. b\n10. c\n    1. d\n    2. e\n\n0. f\n1. g\n\n5) h")))
    assert words == "7. a\n8. b\n10. c\n    1. d\n    2. e\n0. f\n1. g\n5) h"
