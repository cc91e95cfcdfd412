"""Messages that are written while one watches."""

from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import MarkdownTextChunk, PlanUpdateChunk, TaskUpdateChunk

from tests.fakes.slack import Channel, FakeSlack, Message, Person


@pytest.fixture
async def asked(mara: Person, sales: Channel) -> Message:
    return mara.mention(sales, "look")


@pytest.fixture
def where(slack: FakeSlack, sales: Channel, mara: Person, asked: Message) -> dict[str, Any]:
    """What a stream in a channel has to be told."""
    return {
        "channel": sales.id,
        "thread_ts": asked.ts,
        "recipient_team_id": slack.workspace.id,
        "recipient_user_id": mara.id,
    }


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(cast(Any, caught.value).response["error"])


async def test_the_sdks_stream_is_seen_growing_and_ends_with_blocks(
    slack: FakeSlack, client: Any, sales: Channel, asked: Message, where: dict[str, Any]
) -> None:
    stream = await client.chat_stream(buffer_size=1, task_display_mode="plan", **where)
    await stream.append(chunks=[PlanUpdateChunk(title="Plan"), TaskUpdateChunk(id="1", title="Read", status="pending")])
    await stream.append(chunks=[TaskUpdateChunk(id="1", title="Read", status="complete", output="3 rows")])
    await stream.append(chunks=[MarkdownTextChunk(text="It **fe")])
    await stream.append(chunks=[MarkdownTextChunk(text="ll**.")])
    await stream.stop(blocks=[{"type": "context", "elements": [{"type": "mrkdwn", "text": "_12 facts_"}]}])
    said = slack.said(sales, asked.ts)[0]
    assert slack.shown(said) == "Plan\n✓ Read — 3 rows\nIt fell.\n12 facts"
    assert [s.text for s in slack.seen if s.ts == said.ts][:2] == ["Plan\n○ Read", "Plan\n✓ Read — 3 rows"]


async def test_a_channel_has_to_be_told_for_whom_it_is(client: Any, where: dict[str, Any]) -> None:
    for name in ("recipient_team_id", "recipient_user_id"):
        lacking = {key: value for key, value in where.items() if key != name}
        assert await refused(client.chat_startStream(**lacking)) == f"missing_{name}"


async def test_direct_messages_need_not_be_told(client: Any, mara: Person) -> None:
    asked = mara.dm("look")
    await client.chat_startStream(channel=mara.dm_channel.id, thread_ts=asked.ts)


async def test_an_open_stream_is_not_to_be_edited(client: Any, sales: Channel, where: dict[str, Any]) -> None:
    ts = (await client.chat_startStream(**where, markdown_text="It"))["ts"]
    assert await refused(client.chat_update(channel=sales.id, ts=ts, text="x")) == "streaming_state_conflict"
    assert await refused(client.chat_delete(channel=sales.id, ts=ts)) == "cant_delete_message"
    await client.chat_stopStream(channel=sales.id, ts=ts)
    assert await refused(client.chat_stopStream(channel=sales.id, ts=ts)) == "message_not_in_streaming_state"
    await client.chat_update(channel=sales.id, ts=ts, text="x")


async def test_a_stream_keeps_to_the_form_it_began_with(client: Any, sales: Channel, where: dict[str, Any]) -> None:
    both = {"markdown_text": "a", "chunks": [{"type": "markdown_text", "text": "b"}]}
    code = await refused(client.chat_startStream(**where, **both))
    assert code == "cannot_provide_both_markdown_text_and_chunks"
    ts = (await client.chat_startStream(**where, markdown_text="It"))["ts"]
    chunks = [{"type": "markdown_text", "text": "fell"}]
    assert await refused(client.chat_appendStream(channel=sales.id, ts=ts, chunks=chunks)) == "streaming_mode_mismatch"


async def test_a_stream_dies_of_age_and_can_still_be_updated(
    slack: FakeSlack, client: Any, sales: Channel, where: dict[str, Any]
) -> None:
    ts = (await client.chat_startStream(**where, markdown_text="It"))["ts"]
    slack.clock.advance(299)
    await client.chat_appendStream(channel=sales.id, ts=ts, markdown_text=" fell")
    slack.clock.advance(2)
    late = client.chat_appendStream(channel=sales.id, ts=ts, markdown_text=".")
    assert await refused(late) == "message_not_in_streaming_state"
    await client.chat_update(channel=sales.id, ts=ts, text="It fell.")


async def test_stop_ends_the_streams_of_the_thread_and_tells_the_bot(
    slack: FakeSlack, client: Any, sales: Channel, mara: Person, asked: Message, where: dict[str, Any]
) -> None:
    await client.agents_sessions_setStatus(channel_id=sales.id, thread_ts=asked.ts, status="processing", title="Leads")
    ts = (await client.chat_startStream(**where, markdown_text="It"))["ts"]
    mara.stop_session(sales, asked.ts)
    told = slack.deliveries[-1].payload["event"]
    assert (told["type"], told["streaming_message_ts"]) == ("agent_session_stopped", [ts])
    assert await refused(client.chat_stopStream(channel=sales.id, ts=ts)) == "stopped_by_user"
    session = slack.session(sales, asked.ts)
    assert session is not None
    assert (session.status, session.title) == ("processing", "Leads")


async def test_streams_can_be_lacking(slack: FakeSlack, client: Any, where: dict[str, Any]) -> None:
    slack.rules.streams = False
    assert await refused(client.chat_startStream(**where)) == "channel_type_not_supported"


@pytest.mark.parametrize(
    "chunk",
    [
        {"type": "text", "text": "a"},
        {"type": "markdown_text"},
        {"type": "task_update", "id": "1", "title": "a", "status": "done"},
        {"type": "task_update", "id": "1", "title": "a" * 257, "status": "complete"},
        {"type": "plan_update", "title": "a", "colour": "red"},
    ],
)
async def test_unsound_chunks_are_refused(client: Any, where: dict[str, Any], chunk: dict[str, Any]) -> None:
    call = client.api_call("chat.startStream", json={**where, "chunks": [chunk]})
    assert await refused(call) == "invalid_chunks"


async def test_what_was_streamed_may_take_no_other_blocks(
    slack: FakeSlack, client: Any, sales: Channel, where: dict[str, Any]
) -> None:
    slack.rules.rewritable = False
    ts = (await client.chat_startStream(**where, markdown_text="It"))["ts"]
    await client.chat_stopStream(channel=sales.id, ts=ts)
    blocks = [{"type": "markdown", "text": "It fell."}]
    assert await refused(client.chat_update(channel=sales.id, ts=ts, text="x", blocks=blocks)) == "block_mismatch"
