"""What the double refuses, with the code the real one gives."""

import inspect
from collections.abc import Callable
from typing import Any, cast

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, FakeSlack, Person, Rules
from tests.fakes.slack.api import METHODS

Json = dict[str, Any]


async def refused(client: Any, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    return str(answered(caught)["error"])


def answered(caught: pytest.ExceptionInfo[SlackApiError]) -> Any:
    """The response that came with the error."""
    return cast(Any, caught.value).response


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

SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "a"}}
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Note"}, "blocks": [SECTION]}


@pytest.mark.parametrize("case", CASES)
async def test_calls_are_refused_by_name(slack: FakeSlack, client: Any, sales: Channel, case: str) -> None:
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


async def test_a_missing_scope_is_named(client: Any, slack: FakeSlack, sales: Channel) -> None:
    slack.workspace.scopes.discard("chat:write")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=sales.id, text="x")
    assert answered(caught)["error"] == "missing_scope"
    assert answered(caught)["needed"] == "chat:write"


async def test_places_that_are_closed_to_the_bot(slack: FakeSlack, client: Any, mara: Person) -> None:
    elsewhere = slack.channel("elsewhere", mara, bot=False)
    secret = slack.channel("secret", mara, kind="private", bot=False)
    old = slack.channel("old", mara)
    old.archived = True
    codes = [await refused(client, "chat.postMessage", channel=c.id, text="x") for c in (elsewhere, secret, old)]
    assert codes == ["not_in_channel", "channel_not_found", "is_archived"]


async def test_what_another_said_is_not_the_bots_to_change(client: Any, sales: Channel, mara: Person) -> None:
    said = mara.say(sales, "mine")
    assert await refused(client, "chat.update", channel=sales.id, ts=said.ts, text="x") == "cant_update_message"
    assert await refused(client, "chat.delete", channel=sales.id, ts=said.ts) == "cant_delete_message"


async def test_an_update_takes_less_text_than_a_post(client: Any, sales: Channel) -> None:
    posted = await client.chat_postMessage(channel=sales.id, text="x" * 40_000)
    place = {"channel": sales.id, "ts": posted["ts"]}
    for text in ("x" * 4_001, "é" * 2_001, "<" * 1_001, "&" * 801):  # bytes count, after escaping
        assert await refused(client, "chat.update", **place, text=text) == "msg_too_long"
    await client.chat_update(**place, text="&lt;" * 1_000)


async def test_a_trigger_is_good_once_and_for_three_seconds(
    slack: FakeSlack, client: Any, sales: Channel, mara: Person
) -> None:
    first = mara.slash(sales, "/legwork").payload["trigger_id"]
    second = mara.slash(sales, "/legwork").payload["trigger_id"]
    await client.views_open(trigger_id=first, view=MODAL)
    assert await refused(client, "views.open", trigger_id=first, view=MODAL) == "exchanged_trigger_id"
    slack.clock.advance(4)
    assert await refused(client, "views.open", trigger_id=second, view=MODAL) == "expired_trigger_id"


async def test_a_view_with_another_hash_is_not_overwritten(slack: FakeSlack, client: Any, mara: Person) -> None:
    home = {"type": "home", "blocks": [SECTION]}
    published = await client.views_publish(user_id=mara.id, view=home)
    await client.views_publish(user_id=mara.id, view=home, hash=published["view"]["hash"])
    stale = {"user_id": mara.id, "view": home, "hash": published["view"]["hash"]}
    assert await refused(client, "views.publish", **stale) == "hash_conflict"


async def test_a_channel_takes_a_short_burst_and_then_a_message_a_second() -> None:
    async with FakeSlack(rules=Rules()) as slack:
        sales, other = slack.channel("sales"), slack.channel("other")
        client: Any = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for _ in range(5):
            await client.chat_postMessage(channel=sales.id, text="x")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=sales.id, text="x")
        assert answered(caught).status_code == 429
        assert answered(caught).headers["Retry-After"] == "1"
        await client.chat_postMessage(channel=other.id, text="x")
        slack.clock.advance(1)
        await client.chat_postMessage(channel=sales.id, text="x")


async def test_a_method_has_its_tier() -> None:
    async with FakeSlack(rules=Rules(tiers={1: 1, 2: 20, 3: 2, 4: 100})) as slack:
        sales = slack.channel("sales")
        client: Any = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for _ in range(2):
            await client.conversations_history(channel=sales.id)
        assert await refused(client, "conversations.history", channel=sales.id) == "ratelimited"
        slack.clock.advance(30)
        await client.conversations_history(channel=sales.id)


@pytest.mark.parametrize("junk", [5, [{"a": [None]}], {"type": "modal", "blocks": [5]}, "junk"], ids=repr)
async def test_nonsense_is_refused_and_breaks_nothing(
    slack: FakeSlack, sales: Channel, mara: Person, junk: Any
) -> None:
    said = mara.say(sales, "hello")
    sound = {"channel": sales.id, "channel_id": sales.id, "ts": said.ts, "thread_ts": said.ts, "text": "x"}
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(slack.base_url, headers=headers) as session:
        for method in METHODS:
            names = inspect.signature(getattr(AsyncWebClient, method.replace(".", "_"))).parameters
            known = {name: value for name, value in sound.items() if name in names}
            for name in set(names) - {"self", "kwargs"}:
                async with session.post(method, json=known | {name: junk}) as answer:
                    assert answer.status == 200, (method, name)
