"""chat.postMessage, .update, .delete, .postEphemeral, .getPermalink, .unfurl."""

import copy
import re
from typing import Any

from tests.fakes.slack import blocks, payloads
from tests.fakes.slack.api.call import Call
from tests.fakes.slack.ledger import Seen
from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.shapes import is_object
from tests.fakes.slack.state import Channel, Message
from tests.fakes.slack.world import copy_of

Json = dict[str, Any]

_FREE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_CONTROL = re.compile(r"<[^<>\n]+>")
_FREE_BRACKET = re.compile(r"[<>]")


def post_message(call: Call) -> Json:
    if not call.get("channel"):
        raise Refusal("channel_not_found")
    channel = call.writable()
    content = said(call, call.world.rules.text_limit)
    thread = call.thread(channel)
    if call.get("reply_broadcast") and thread is None:
        raise invalid("reply_broadcast needs thread_ts")
    call.world.buckets.message(call.workspace.id, channel.id)
    message = bots(call, channel, thread, content)
    call.world.post(call.workspace, channel, message)
    replied(call, channel, thread)
    call.world.attach_previews(message, call.get("unfurl_links") is not False)
    body = payloads.message(message, call.workspace, channel, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body}


def replied(call: Call, channel: Channel, thread: str | None) -> None:
    """With a reply of the app's what it said of being at work is over, until it says so again."""
    call.workspace.statuses.pop((channel.id, thread or ""), None)
    session = call.workspace.sessions.get((channel.id, thread or ""))
    if session is not None and session.status == "processing":
        session.status = "active"
        call.world.seen.append(Seen("status", channel.id, thread or "", "active"))


def post_ephemeral(call: Call) -> Json:
    channel = call.channel()
    user = call.user()
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    content = said(call, call.world.rules.text_limit)
    message = bots(call, channel, call.thread(channel), content)
    message.to = user.id
    call.world.post(call.workspace, channel, message)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    channel = call.channel()
    message = call.own(channel, call.text("ts"), "cant_update_message")
    if message.is_streaming:
        raise Refusal("streaming_state_conflict")
    if channel.archived:
        raise Refusal("is_archived")
    if _stored_size(call.text("text")) > call.world.rules.update_text_limit:
        raise Refusal("msg_too_long")
    content = said(call, call.world.rules.text_limit, kept=bool(message.files or message.blocks))
    if message.stream is not None and content["blocks"] and not call.world.rules.rewritable:
        raise Refusal("block_mismatch")
    before = copy_of(message)
    message.text = content["text"]
    if "blocks" in call.arguments or "markdown_text" in call.arguments:
        message.blocks = content["blocks"]
    elif "text" in call.arguments and message.stream is not None:
        message.blocks = []
    if "attachments" in call.arguments:
        message.attachments = content["attachments"]
    if "metadata" in call.arguments:
        message.metadata = content["metadata"]
    message.stream = None
    if "blocks" not in call.arguments:
        message.edited = call.world.ts()  # Slack marks a message as edited only where its blocks were not replaced
    call.world.change(call.workspace, channel, message, before)
    body = payloads.message(message, call.workspace, channel, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": body}


def delete(call: Call) -> Json:
    channel = call.channel()
    message = call.own(channel, call.text("ts"), "cant_delete_message")
    if message.is_streaming:
        raise Refusal("cant_delete_message")
    call.world.delete(call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.text("message_ts")
    if channel.find(ts) is None:
        raise Refusal("message_not_found")
    address = f"{call.workspace.domain}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": address}


def unfurl(call: Call) -> Json:
    """No link of a message is unfurled by this app: it has registered no domain."""
    raise Refusal("cannot_unfurl_url")


def said(call: Call, limit: int, *, kept: bool = False) -> Json:
    """The checked content of a message; ``kept``: there is something to show besides. Raises Refusal."""
    text = call.text("text")
    markdown = call.text("markdown_text")
    given = copy.deepcopy(call.get("blocks") or [])
    attachments = copy.deepcopy(call.get("attachments") or [])
    if markdown and (text or given):
        raise Refusal("markdown_text_conflict")
    if len(text) > limit or len(markdown) > call.world.rules.markdown_limit:
        raise Refusal("msg_too_long")
    if given:
        blocks.check(given, call.world.rules)
    if len(attachments) > call.world.rules.attachments:
        raise Refusal("too_many_attachments")
    for attachment in attachments:
        if not is_object(attachment):
            raise Refusal("invalid_attachments")
        blocks.check(attachment.get("blocks", []), call.world.rules)
    if not (text.strip() or markdown.strip() or given or attachments or kept):
        raise Refusal("no_text")
    if markdown:
        given = [{"type": "markdown", "text": markdown}]
        blocks.check(given, call.world.rules)
    return {"text": text or markdown, "blocks": given, "attachments": attachments, "metadata": metadata(call)}


def _stored_size(text: str) -> int:
    """Bytes, after the characters that were not escaped and control nothing are."""
    free = len(_FREE_AMPERSAND.findall(text)) * 4 + len(_FREE_BRACKET.findall(_CONTROL.sub("", text))) * 3
    return len(text.encode()) + free


def metadata(call: Call) -> Json | None:
    """Raises Refusal: invalid_metadata_schema, metadata_too_large."""
    given = call.get("metadata")
    if given is None:
        return None
    if not is_object(given) or not isinstance(given.get("event_type"), str):
        raise Refusal("invalid_metadata_schema")
    if not is_object(given.get("event_payload")):
        raise Refusal("invalid_metadata_schema")
    if len(str(given)) > 16_000:
        raise Refusal("metadata_too_large")
    return given


def bots(call: Call, channel: Channel, thread: str | None, content: Json) -> Message:
    """A new message of the bot's."""
    return Message(
        ts=call.world.ts(),
        channel=channel.id,
        user=call.workspace.bot_user,
        thread_ts=thread,
        bot_id=call.workspace.bot_id,
        app_id=call.world.app_id,
        **content,
    )
