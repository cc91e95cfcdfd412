"""What the double refuses, with the code the real one gives."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, FakeSlack, Person, Rules

Json = dict[str, Any]


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    return str(caught.value.response["error"])


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
async def test_sound_blocks_are_taken(client: AsyncWebClient, sales: Channel, case: str) -> None:
    posted = await client.chat_postMessage(channel=sales.id, text="x", blocks=SOUND[case])
    assert len(posted["message"]["blocks"]) == len(SOUND[case])


@pytest.mark.parametrize("case", UNSOUND)
async def test_unsound_blocks_are_refused(client: AsyncWebClient, sales: Channel, case: str) -> None:
    arguments = {"channel": sales.id, "text": "x", "blocks": UNSOUND[case]}
    with pytest.raises(SlackApiError) as caught:
        await client.api_call("chat.postMessage", json=arguments)
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["errors"]
    assert sales.messages == []


Case = tuple[str, Callable[[FakeSlack, Channel], Json], str]

CASES: dict[str, Case] = {
    "no text": ("chat.postMessage", lambda _, c: {"channel": c.id}, "no_text"),
    "blank text": ("chat.postMessage", lambda _, c: {"channel": c.id, "text": "  "}, "no_text"),
    "no channel": ("chat.postMessage", lambda _s, _c: {"text": "x"}, "channel_not_found"),
    "unknown channel": ("chat.postMessage", lambda _s, _c: {"channel": "C0", "text": "x"}, "channel_not_found"),
    "long text": ("chat.postMessage", lambda _, c: {"channel": c.id, "text": "x" * 40_001}, "msg_too_long"),
    "101 attachments": (
        "chat.postMessage",
        lambda _, c: {"channel": c.id, "attachments": [{"text": "x"}] * 101},
        "too_many_attachments",
    ),
    "unknown argument": (
        "chat.postMessage",
        lambda _, c: {"channel": c.id, "text": "x", "colour": "red"},
        "invalid_arguments",
    ),
    "unknown thread": (
        "chat.postMessage",
        lambda _, c: {"channel": c.id, "text": "x", "thread_ts": "1.000001"},
        "thread_not_found",
    ),
    "thread of nonsense": (
        "chat.postMessage",
        lambda _, c: {"channel": c.id, "text": "x", "thread_ts": "above"},
        "invalid_thread_ts",
    ),
    "blocks in pieces": ("chat.postMessage", lambda _, c: {"channel": c.id, "blocks": "[{"}, "invalid_blocks_format"),
    "two tables": (
        "chat.postMessage",
        lambda _, c: {"channel": c.id, "text": "x", "blocks": [table(1, 1), table(1, 1)]},
        "invalid_attachments",
    ),
    "too much text in blocks": (
        "chat.postMessage",
        lambda _, c: {"channel": c.id, "text": "x", "blocks": [section("x" * 2900)] * 5},
        "msg_blocks_too_long",
    ),
    "metadata without a type": (
        "chat.postMessage",
        lambda _, c: {"channel": c.id, "text": "x", "metadata": {"event_payload": {}}},
        "invalid_metadata_schema",
    ),
    "nothing to update": (
        "chat.update",
        lambda _, c: {"channel": c.id, "ts": "1.000001", "text": "x"},
        "message_not_found",
    ),
    "nothing to delete": ("chat.delete", lambda _, c: {"channel": c.id, "ts": "1.000001"}, "message_not_found"),
    "no permalink": ("chat.getPermalink", lambda _, c: {"channel": c.id, "message_ts": "1.1"}, "message_not_found"),
    "a stream without a thread": ("chat.startStream", lambda _, c: {"channel": c.id}, "invalid_arguments"),
    "no such stream": (
        "chat.appendStream",
        lambda _, c: {"channel": c.id, "ts": "1.000001", "markdown_text": "x"},
        "message_not_found",
    ),
    "unknown person": ("users.info", lambda _s, _c: {"user": "U0"}, "user_not_found"),
    "unknown file": ("files.info", lambda _s, _c: {"file": "F0"}, "file_not_found"),
    "no thread to read": ("conversations.replies", lambda _, c: {"channel": c.id, "ts": "1.1"}, "thread_not_found"),
    "no trigger": (
        "views.open",
        lambda _s, _c: {"trigger_id": "1.2.3", "view": MODAL},
        "invalid_trigger_id",
    ),
    "no view": ("views.update", lambda _s, _c: {"view_id": "V0", "view": MODAL}, "not_found"),
    "a modal without a title": (
        "views.open",
        lambda _s, _c: {"trigger_id": "1", "view": {"type": "modal", "blocks": []}},
        "invalid_arguments",
    ),
    "an unknown method": ("chat.shout", lambda _s, _c: {}, "unknown_method"),
    "unfurling": ("chat.unfurl", lambda _s, _c: {"unfurls": {}}, "missing_scope"),
    "a session of no thread": (
        "agents.sessions.setStatus",
        lambda _, c: {"channel_id": c.id, "status": "active"},
        "invalid_arguments",
    ),
}

MODAL: Json = {"type": "modal", "title": words("plain_text", "Note"), "blocks": [section("a")]}


@pytest.mark.parametrize("case", CASES)
async def test_calls_are_refused_by_name(slack: FakeSlack, client: AsyncWebClient, sales: Channel, case: str) -> None:
    method, arguments, code = CASES[case]
    assert await refused(client, method, **arguments(slack, sales)) == code
    assert not slack.requests[-1].accepted


async def test_tokens_are_checked(slack: FakeSlack, sales: Channel) -> None:
    says = {"channel": sales.id, "text": "x"}
    for token, code in {
        None: "not_authed",
        "xoxb-no": "invalid_auth",
        slack.app_token: "not_allowed_token_type",
    }.items():
        assert await refused(AsyncWebClient(token=token, base_url=slack.base_url), "chat.postMessage", **says) == code
    good = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
    for code in ("token_revoked", "account_inactive"):
        slack.workspace.token_error = code
        assert await refused(good, "chat.postMessage", **says) == code


async def test_a_missing_scope_is_named(client: AsyncWebClient, slack: FakeSlack, sales: Channel) -> None:
    slack.workspace.scopes.discard("chat:write")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=sales.id, text="x")
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "chat:write"


async def test_places_that_are_closed_to_the_bot(slack: FakeSlack, client: AsyncWebClient, mara: Person) -> None:
    elsewhere = slack.channel("elsewhere", mara, bot=False)
    secret = slack.channel("secret", mara, kind="private", bot=False)
    old = slack.channel("old", mara)
    old.archived = True
    codes = [await refused(client, "chat.postMessage", channel=c.id, text="x") for c in (elsewhere, secret, old)]
    assert codes == ["not_in_channel", "channel_not_found", "is_archived"]


async def test_what_another_said_is_not_the_bots_to_change(
    client: AsyncWebClient, sales: Channel, mara: Person
) -> None:
    said = mara.say(sales, "mine")
    assert await refused(client, "chat.update", channel=sales.id, ts=said.ts, text="x") == "cant_update_message"
    assert await refused(client, "chat.delete", channel=sales.id, ts=said.ts) == "cant_delete_message"


async def test_an_update_takes_less_text_than_a_post(client: AsyncWebClient, sales: Channel) -> None:
    posted = await client.chat_postMessage(channel=sales.id, text="x" * 40_000)
    long = {"channel": sales.id, "ts": posted["ts"], "text": "x" * 4_001}
    assert await refused(client, "chat.update", **long) == "msg_too_long"


async def test_charts_can_be_lacking(slack: FakeSlack, client: AsyncWebClient, sales: Channel) -> None:
    slack.rules.charts = False
    assert await refused(client, "chat.postMessage", channel=sales.id, blocks=[chart()]) == "invalid_blocks"


async def test_a_trigger_is_good_once_and_for_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, sales: Channel, mara: Person
) -> None:
    first = mara.slash(sales, "/legwork").payload["trigger_id"]
    second = mara.slash(sales, "/legwork").payload["trigger_id"]
    await client.views_open(trigger_id=first, view=MODAL)
    assert await refused(client, "views.open", trigger_id=first, view=MODAL) == "exchanged_trigger_id"
    slack.clock.advance(4)
    assert await refused(client, "views.open", trigger_id=second, view=MODAL) == "expired_trigger_id"


async def test_a_view_with_another_hash_is_not_overwritten(
    slack: FakeSlack, client: AsyncWebClient, mara: Person
) -> None:
    home = {"type": "home", "blocks": [section("a")]}
    published = await client.views_publish(user_id=mara.id, view=home)
    await client.views_publish(user_id=mara.id, view=home, hash=published["view"]["hash"])
    stale = {"user_id": mara.id, "view": home, "hash": published["view"]["hash"]}
    assert await refused(client, "views.publish", **stale) == "hash_conflict"


async def test_a_channel_takes_a_short_burst_and_then_a_message_a_second() -> None:
    async with FakeSlack(rules=Rules()) as slack:
        sales, other = slack.channel("sales"), slack.channel("other")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for _ in range(5):
            await client.chat_postMessage(channel=sales.id, text="x")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=sales.id, text="x")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel=other.id, text="x")
        slack.clock.advance(1)
        await client.chat_postMessage(channel=sales.id, text="x")


async def test_a_method_has_its_tier() -> None:
    async with FakeSlack(rules=Rules(tiers={1: 1, 2: 20, 3: 2, 4: 100})) as slack:
        sales = slack.channel("sales")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for _ in range(2):
            await client.conversations_history(channel=sales.id)
        assert await refused(client, "conversations.history", channel=sales.id) == "ratelimited"
        slack.clock.advance(30)
        await client.conversations_history(channel=sales.id)
