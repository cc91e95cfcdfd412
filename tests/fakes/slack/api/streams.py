"""chat.startStream, .appendStream, .stopStream."""

from typing import Any

from tests.fakes.slack import blocks, payloads, plans
from tests.fakes.slack.api.call import Call
from tests.fakes.slack.api.chat import bots, metadata
from tests.fakes.slack.elements import length
from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.shapes import is_list, is_object
from tests.fakes.slack.state import Channel, Message, Session, Stream
from tests.fakes.slack.world import copy_of

Json = dict[str, Any]

SESSION_STATUSES = ("active", "processing", "suspended", "closed")
_CHUNK_FIELDS = {
    "markdown_text": {"type", "text"},
    "plan_update": {"type", "title"},
    "task_update": {"type", "id", "title", "status", "details", "output", "sources"},
    "blocks": {"type", "blocks"},
}


def start(call: Call) -> Json:
    if not call.world.rules.streams:
        raise Refusal("channel_type_not_supported")
    channel = call.writable()
    if not call.get("thread_ts"):
        raise invalid("missing required field: thread_ts")
    thread = call.thread(channel)
    if channel.kind != "dm":
        _recipient(call)
    display = call.get("task_display_mode", "timeline")
    if display not in ("timeline", "plan"):
        raise invalid("must be one of: timeline, plan [json-pointer:/task_display_mode]")
    stream = Stream(call.world.clock.now, _mode(call), display)
    _write(call, stream)
    call.world.buckets.message(call.workspace.id, channel.id)
    content: Json = {"text": "", "blocks": [], "attachments": [], "metadata": None}
    message = bots(call, channel, thread, content)
    message.stream = stream
    message.text = stream.text
    call.world.post(call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    channel, message, stream = _open(call)
    if not call.get("markdown_text") and not call.get("chunks"):
        raise invalid("markdown_text or chunks is required")
    _grow(call, stream)
    message.text = stream.text
    call.world.streamed(call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def stop(call: Call) -> Json:
    channel, message, stream = _open(call)
    status = call.get("session_status")
    if status is not None and status not in SESSION_STATUSES:
        raise invalid(f"must be one of: {', '.join(SESSION_STATUSES)} [json-pointer:/session_status]")
    below: list[Json] = call.get("blocks") or []
    if below:
        blocks.check(below, call.world.rules)
    about = metadata(call)
    before = copy_of(message)
    if call.get("markdown_text") or call.get("chunks"):
        _grow(call, stream)
    stream.open = False
    message.text = stream.text
    message.blocks = below
    message.metadata = about
    key = (channel.id, message.thread_ts or "")
    if status is not None:
        call.workspace.sessions.setdefault(key, Session(status)).status = status
    call.world.change(call.workspace, channel, message, before)
    body = payloads.message(message, call.workspace, channel, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body}


def _recipient(call: Call) -> None:
    if not call.get("recipient_team_id"):
        raise Refusal("missing_recipient_team_id")
    if not call.get("recipient_user_id"):
        raise Refusal("missing_recipient_user_id")
    if call.get("recipient_team_id") != call.workspace.id:
        raise Refusal("team_not_found")
    if call.get("recipient_user_id") not in call.workspace.users:
        raise Refusal("user_not_found")


def _open(call: Call) -> tuple[Channel, Message, Stream]:
    """The stream that is written to, if it still may be."""
    channel = call.channel()
    message = channel.find(call.text("ts"))
    if message is None:
        raise Refusal("message_not_found")
    if message.user != call.workspace.bot_user:
        raise Refusal("message_not_owned_by_app")
    stream = message.stream
    if stream is None:
        raise Refusal("message_not_in_streaming_state")
    call.age(message)
    if stream.stopped_by_user:
        raise Refusal("stopped_by_user")
    if not stream.open:
        raise Refusal("message_not_in_streaming_state")
    return channel, message, stream


def _mode(call: Call) -> Any:
    if call.get("markdown_text") and call.get("chunks"):
        raise Refusal("cannot_provide_both_markdown_text_and_chunks")
    if call.get("markdown_text"):
        return "text"
    return "chunks" if call.get("chunks") else None


def _grow(call: Call, stream: Stream) -> None:
    mode = _mode(call)
    if stream.mode is not None and mode not in (None, stream.mode):
        raise Refusal("streaming_mode_mismatch")
    stream.mode = stream.mode or mode
    _write(call, stream)


def _write(call: Call, stream: Stream) -> None:
    """Check all chunks first, then take them."""
    chunks: list[Json] = call.get("chunks") or []
    if not is_list(call.get("chunks", [])):
        raise invalid("must be an array [json-pointer:/chunks]")
    limit = call.world.rules.markdown_limit
    problems: list[str] = []
    for number, chunk in enumerate(chunks):
        try:
            _check_chunk(call, chunk, f"/chunks/{number}", problems)
        except (AttributeError, KeyError, TypeError):  # the shape is so wrong that looking at it fails
            problems.append(f"malformed chunk [json-pointer:/chunks/{number}]")
    if problems:
        raise invalid(*problems, code="invalid_chunks")
    added = "".join(chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text")
    added = call.text("markdown_text") + added
    if len(added) > limit:
        raise Refusal("msg_too_long")
    more = [block for chunk in chunks if chunk["type"] == "blocks" for block in chunk["blocks"]]
    if len(stream.blocks) + len(more) > 50:
        raise invalid("no more than 50 items allowed [json-pointer:/chunks]", code="invalid_blocks")
    stream.text += added
    stream.blocks += more
    for chunk in chunks:
        if chunk["type"] == "plan_update":
            stream.plan_title = chunk["title"]
        elif chunk["type"] == "task_update":
            known = stream.tasks.setdefault(chunk["id"], {"details": "", "output": "", "sources": []})
            grown = {name: known[name] + chunk.get(name, "") for name in ("details", "output")}
            known |= {"title": chunk["title"], "status": chunk["status"], **grown}
            known["sources"] = [*known["sources"], *(chunk.get("sources") or [])]


def _check_chunk(call: Call, chunk: Json, at: str, problems: list[str]) -> None:
    kind = chunk.get("type") if is_object(chunk) else None
    if kind not in _CHUNK_FIELDS:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}]")
        return
    extra = sorted(set(chunk) - _CHUNK_FIELDS[kind])
    problems.extend(f"additional property: {name} [json-pointer:{at}]" for name in extra)
    needed = {"markdown_text": ["text"], "plan_update": ["title"], "task_update": ["id", "title", "status"]}
    for name in needed.get(kind, []):
        length(chunk.get(name), 12_000 if kind == "markdown_text" else 256, f"{at}/{name}", problems)
    if kind == "task_update" and chunk.get("status") not in plans.STATUSES:
        problems.append(f"must be one of: {', '.join(plans.STATUSES)} [json-pointer:{at}/status]")
    for name in ("details", "output"):
        if chunk.get(name, "") != "":
            length(chunk[name], 256, f"{at}/{name}", problems)
    if chunk.get("sources") is not None:
        plans.sources(chunk["sources"], f"{at}/sources", problems)
    if kind == "blocks":
        blocks.check(chunk.get("blocks"), call.world.rules)
