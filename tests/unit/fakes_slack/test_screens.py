"""What people see, and what the bot hears of what they do."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, FakeSlack, Person, Rules
from tests.fakes.slack.hands import CannotDo

Json = dict[str, Any]


def told(slack: FakeSlack) -> list[Json]:
    return [delivery.payload["event"] for delivery in slack.deliveries if delivery.kind == "events_api"]


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        ({"type": "section", "text": {"type": "mrkdwn", "text": "*a* _b_ ~c~ `*d*` e_f_g"}}, "a b c *d* e_f_g"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "&lt;!channel&gt; &amp;amp;"}}, "<!channel> &amp;"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "<https://e.example|here>"}}, "here"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": ":tada: 10:30:15"}}, "🎉 10:30:15"),
        ({"type": "section", "text": {"type": "plain_text", "text": "*a* :tada:", "emoji": False}}, "*a* :tada:"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "*\u200ba\u200b*"}}, "a"),
        ({"type": "markdown", "text": "# a\n\n**b** `c` [d](https://e.example) \\*e\\* :tada:"}, "a\nb c d *e* 🎉"),
        ({"type": "markdown", "text": "| a | b |\n|---|---|\n| 1 | 2 |"}, "a | b\n1 | 2"),
        ({"type": "markdown", "text": "\\:tada: &lt;b&gt;"}, ":tada: <b>"),
        ({"type": "header", "text": {"type": "plain_text", "text": "A &amp; B"}}, "A & B"),
        (
            {"type": "task_card", "task_id": "1", "title": "Read", "status": "in_progress"},
            "◐ Read",
        ),
        (
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "*a* &lt; <!channel> :tada:"}]}
                ],
            },
            "*a* &lt; <!channel> :tada:",
        ),
    ],
)
async def test_marks_are_taken_away(slack: FakeSlack, client: Any, sales: Channel, block: Json, shown: str) -> None:
    await client.chat_postMessage(channel=sales.id, text="never seen", blocks=[block])
    assert slack.shown(sales) == shown
    assert slack.pings == []


async def test_calls_for_attention_are_noted(slack: FakeSlack, client: Any, sales: Channel, mara: Person) -> None:
    await client.chat_postMessage(channel=sales.id, text=f"<!channel> <@{mara.id}>")
    await client.chat_postMessage(
        channel=sales.id, text="x", blocks=[{"type": "markdown", "text": "<!here> `<!here>`"}]
    )
    assert slack.pings == ["channel", mara.id, "here"]
    assert "@channel @Mara" in slack.shown(sales)


async def test_previews_of_links_are_noted(slack: FakeSlack, client: Any, sales: Channel) -> None:
    await client.chat_postMessage(channel=sales.id, text="https://a.example", unfurl_links=False)
    await client.chat_postMessage(channel=sales.id, text="https://b.example")
    assert slack.unfurled == ["https://b.example"]


async def test_what_a_person_types_arrives_escaped(slack: FakeSlack, mara: Person) -> None:
    said = mara.dm("a < b & <!channel>")
    assert told(slack)[-1]["text"] == "a &lt; b &amp; &lt;!channel&gt;"
    assert slack.shown(said) == "a < b & <!channel>"


async def test_edits_and_deletions_are_told(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    said = mara.say(sales, "helo")
    mara.edit(said, "hello")
    mara.delete(said)
    first, edited, deleted = told(slack)
    assert first["ts"] == edited["message"]["ts"] == deleted["deleted_ts"]
    assert (edited["subtype"], edited["message"]["text"]) == ("message_changed", "hello")
    assert edited["previous_message"]["text"] == "helo"
    assert deleted["subtype"] == "message_deleted"
    assert slack.shown(sales) == ""


async def test_a_parent_that_is_deleted_leaves_a_gravestone(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    parent = mara.say(sales, "above")
    mara.say(sales, "below", thread_ts=parent.ts)
    mara.delete(parent)
    assert told(slack)[-1]["message"]["subtype"] == "tombstone"
    assert slack.shown(sales) == "This message was deleted.\nbelow"


async def test_a_preview_changes_a_message_without_an_edit(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    slack.unfurls(mara.say(sales, "https://example.com"))
    event = told(slack)[-1]
    assert event["message"]["text"] == event["previous_message"]["text"]
    assert "edited" not in event["message"]


async def test_the_bot_hears_itself_and_other_bots(slack: FakeSlack, client: Any, sales: Channel, mara: Person) -> None:
    await client.chat_postMessage(channel=sales.id, text="me")
    slack.other_bot_says(sales, "it")
    mara.join(sales)
    own, other, joined, member = told(slack)
    assert (own["bot_id"], own["user"]) == (slack.workspace.bot_id, slack.workspace.bot_user)
    assert other["subtype"] == "bot_message"
    assert (joined["subtype"], member["type"]) == ("channel_join", "member_joined_channel")


async def test_the_bot_hears_nothing_it_has_no_scope_or_subscription_for(slack: FakeSlack, mara: Person) -> None:
    public, private = slack.channel("public", mara), slack.channel("private", mara, kind="private")
    slack.workspace.scopes.discard("groups:history")
    slack.rules.subscriptions.discard("message.channels")
    for channel in (public, private, slack.channel("elsewhere", mara, bot=False)):
        mara.mention(channel, "hello")
    assert [event["type"] for event in told(slack)] == ["app_mention", "app_mention"]


async def test_reactions_and_openings_are_told(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    said = mara.say(sales, "hello")
    mara.react(said, "+1")
    mara.open_home()
    mara.open_agent_view(looking_at=sales)
    mara.look_at(None)
    reaction, home, view, context = told(slack)[1:]
    assert (reaction["type"], reaction["reaction"], reaction["item"]["ts"]) == ("reaction_added", "+1", said.ts)
    assert (home["tab"], view["tab"]) == ("home", "messages")
    assert view["context"]["entities"][0]["value"] == sales.id
    assert (context["type"], context["context"]) == ("app_context_changed", {})


async def test_the_home_is_seen_by_its_person_alone(slack: FakeSlack, client: Any, mara: Person) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Stop"}, "action_id": "stop", "value": "1"}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await client.views_publish(user_id=mara.id, view=home)
    assert slack.shown(mara.home) == "[Stop]"
    pressed = mara.press(mara.home, "Stop").payload
    assert (pressed["container"]["type"], pressed["actions"][0]["value"]) == ("view", "1")
    with pytest.raises(CannotDo):
        mara.press(mara.home, "Go")


async def test_a_thread_is_read_page_by_page(client: Any, mara: Person, sales: Channel) -> None:
    parent = mara.say(sales, "0")
    for number in range(1, 5):
        mara.say(sales, str(number), thread_ts=parent.ts)
    found: list[str] = []
    cursor = None
    while cursor != "":
        page = await client.conversations_replies(channel=sales.id, ts=parent.ts, limit=2, cursor=cursor)
        found += [message["text"] for message in page["messages"]]
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
    assert found == ["0", "1", "2", "3", "4"]
    history = await client.conversations_history(channel=sales.id)
    assert [(m["text"], m["reply_count"]) for m in history["messages"]] == [("0", 4)]


async def test_workspaces_know_nothing_of_one_another(slack: FakeSlack, mara: Person, sales: Channel) -> None:
    other = slack.install("Other")
    client: Any = AsyncWebClient(token=other.bot_token, base_url=slack.base_url)
    ada = slack.person("Ada", workspace=other)
    ada.dm("hello")
    assert slack.deliveries[-1].payload["team_id"] == other.id
    assert (await client.auth_test())["team_id"] == other.id
    answer = await client.api_call("chat.postMessage", json={"channel": ada.dm_channel.id, "text": "hi"})
    assert answer["ok"]
    slack.uninstall(other)
    assert [event["type"] for event in told(slack)[-2:]] == ["tokens_revoked", "app_uninstalled"]


async def test_passing_lines_and_suggestions_are_seen(slack: FakeSlack, client: Any, mara: Person) -> None:
    asked = mara.dm("hello")
    where = {"channel_id": mara.dm_channel.id, "thread_ts": asked.ts}
    await client.assistant_threads_setStatus(**where, status="is thinking…")
    assert slack.status(mara.dm_channel, asked.ts) == "is thinking…"
    await client.chat_postMessage(channel=mara.dm_channel.id, thread_ts=asked.ts, text="Hi")
    assert slack.status(mara.dm_channel, asked.ts) == ""
    prompts = [{"title": "Leads", "message": "Look at the leads"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=mara.dm_channel.id, prompts=prompts)
    assert slack.prompts(mara.dm_channel) == prompts


async def test_history_is_scarce_for_apps_outside_the_marketplace() -> None:
    async with FakeSlack(rules=Rules(marketplace=False)) as slack:
        mara = slack.person("Mara")
        client: Any = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for number in range(20):
            mara.dm(str(number))
        page = await client.conversations_history(channel=mara.dm_channel.id, limit=100)
        assert len(page["messages"]) == 15
        with pytest.raises(Exception, match="ratelimited"):
            await client.conversations_history(channel=mara.dm_channel.id)
