"""Block Kit: what is taken, and what is refused as Slack refuses it."""

from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Channel, FakeSlack

Json = dict[str, Any]


def words(kind: str, text: str) -> Json:
    return {"type": kind, "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": words("mrkdwn", text)}


def button(label: str = "Go", **more: Any) -> Json:
    return {"type": "button", "text": words("plain_text", label), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[words("raw_text", "x")] * columns] * rows}


def chart(**more: Any) -> Json:
    pie = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
    return {"type": "data_visualization", "title": "Leads", "chart": pie} | more


def bars(points: list[str], categories: list[str]) -> Json:
    data = [{"label": label, "value": 1} for label in points]
    axis = {"categories": categories}
    return chart(chart={"type": "bar", "series": [{"name": "a", "data": data}], "axis_config": axis})


def menu(options: int) -> Json:
    choices = [{"text": words("plain_text", str(number)), "value": str(number)} for number in range(options)]
    return {"type": "static_select", "action_id": "menu", "options": choices}


def task(**more: Any) -> Json:
    return {"type": "task_card", "task_id": "1", "title": "Read", "status": "complete"} | more


SOUND: dict[str, list[Json]] = {
    "section": [section("*hello*")],
    "fields": [{"type": "section", "fields": [words("mrkdwn", "a"), words("plain_text", "b")]}],
    "header": [{"type": "header", "text": words("plain_text", "x" * 150)}],
    "markdown": [words("markdown", "# hello")],
    "context": [{"type": "context", "elements": [words("mrkdwn", "a")]}],
    "button": [actions(button("x" * 75, action_id="a" * 255, value="v" * 2000, style="primary"))],
    "same action_id in two blocks": [actions(button(action_id="a")), actions(button(action_id="a"))],
    "menu": [actions(menu(100))],
    "overflow": [section("a") | {"accessory": menu(5) | {"type": "overflow"}}],
    "table": [table(100, 20)],
    "data table": [{"type": "data_table", "caption": "c", "rows": [[words("raw_text", "x")]] * 2}],
    "two charts": [chart(), bars(["a", "b"], ["a", "b"])],
    "plan": [{"type": "plan", "title": "Plan", "tasks": [task(), task(task_id="2", status="pending")]}],
    "task": [task()],
    "rich text": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [words("text", "a")]}]}],
    "feedback": [
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": {"text": words("plain_text", "Good"), "value": "up"},
                    "negative_button": {"text": words("plain_text", "Bad"), "value": "down"},
                }
            ],
        }
    ],
    "card": [{"type": "card", "title": words("mrkdwn", "a"), "actions": [button()]}],
    "container": [{"type": "container", "title": words("plain_text", "a"), "child_blocks": [section("a")]}],
    "image": [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}],
    "divider": [{"type": "divider", "block_id": "a"}],
}

UNSOUND: dict[str, list[Any]] = {
    "unknown type": [{"type": "sektion"}],
    "no type": [{"text": "a"}],
    "not an object": ["section"],
    "unknown field": [section("a") | {"colour": "red"}],
    "empty text": [section("")],
    "long section": [section("x" * 3001)],
    "section without anything": [{"type": "section"}],
    "eleven fields": [{"type": "section", "fields": [words("mrkdwn", "a")] * 11}],
    "long field": [{"type": "section", "fields": [words("mrkdwn", "x" * 2001)]}],
    "text of an unknown type": [{"type": "section", "text": words("markdown", "a")}],
    "text as a string": [{"type": "section", "text": "a"}],
    "long header": [{"type": "header", "text": words("plain_text", "x" * 151)}],
    "header in mrkdwn": [{"type": "header", "text": words("mrkdwn", "x")}],
    "long button": [actions(button("x" * 76))],
    "long value": [actions(button(value="x" * 2001))],
    "long action_id": [actions(button(action_id="x" * 256))],
    "unknown style": [actions(button(style="loud"))],
    "same action_id in one block": [actions(button(action_id="a"), button(action_id="a"))],
    "same block_id": [section("a") | {"block_id": "a"}, section("b") | {"block_id": "a"}],
    "no buttons": [actions()],
    "26 buttons": [actions(*[button(action_id=str(number)) for number in range(26)])],
    "101 options": [actions(menu(101))],
    "no options": [actions(menu(0))],
    "six options in an overflow": [section("a") | {"accessory": menu(6) | {"type": "overflow"}}],
    "a field among buttons": [{"type": "actions", "elements": [{"type": "file_input", "action_id": "a"}]}],
    "51 blocks": [section("a")] * 51,
    "eleven things in a context": [{"type": "context", "elements": [words("mrkdwn", "a")] * 11}],
    "101 rows": [table(101, 1)],
    "21 columns": [table(1, 21)],
    "uneven rows": [{"type": "table", "rows": [[words("raw_text", "x")], [words("raw_text", "x")] * 2]}],
    "empty cell": [{"type": "table", "rows": [[words("raw_text", "")]]}],
    "empty markdown": [words("markdown", "")],
    "long markdown together": [words("markdown", "x" * 7000), words("markdown", "x" * 7000)],
    "three charts": [chart(), chart(), chart()],
    "long chart title": [chart(title="x" * 51)],
    "points without a category": [bars(["a", "b"], ["a"])],
    "21 categories": [bars([str(n) for n in range(21)], [str(n) for n in range(21)])],
    "pie of seven": [chart(chart={"type": "pie", "segments": [{"label": str(n), "value": 1} for n in range(7)]})],
    "status of no task": [task(status="done")],
    "task title": [task(title="")],
    "same task twice": [{"type": "plan", "title": "Plan", "tasks": [task(), task()]}],
    "image without address": [{"type": "image", "alt_text": "a"}],
}


@pytest.mark.parametrize("case", SOUND)
async def test_sound_blocks_are_taken(client: Any, sales: Channel, case: str) -> None:
    posted = await client.chat_postMessage(channel=sales.id, text="x", blocks=SOUND[case])
    assert len(posted["message"]["blocks"]) == len(SOUND[case])


@pytest.mark.parametrize("case", UNSOUND)
async def test_unsound_blocks_are_refused(client: Any, sales: Channel, case: str) -> None:
    arguments = {"channel": sales.id, "text": "x", "blocks": UNSOUND[case]}
    with pytest.raises(SlackApiError) as caught:
        await client.api_call("chat.postMessage", json=arguments)
    answer = cast(Any, caught.value).response
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"]
    assert sales.messages == []


TOGETHER: dict[str, tuple[list[Json], str]] = {
    "two tables": ([table(1, 1), table(1, 1)], "only_one_table_allowed"),
    "too much text": ([section("x" * 2_900)] * 5, "msg_blocks_too_long"),
    "too much Markdown and text": ([words("markdown", "x" * 11_000), section("x" * 2_900)], "msg_blocks_too_long"),
}


@pytest.mark.parametrize("case", TOGETHER)
async def test_blocks_that_are_too_much_together_are_refused(client: Any, sales: Channel, case: str) -> None:
    blocks, says = TOGETHER[case]
    with pytest.raises(SlackApiError, match=says):
        await client.chat_postMessage(channel=sales.id, text="x", blocks=blocks)


async def test_charts_can_be_lacking(slack: FakeSlack, client: Any, sales: Channel) -> None:
    slack.rules.charts = False
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(channel=sales.id, text="x", blocks=[chart()])
