"""files.getUploadURLExternal, .completeUploadExternal, .info."""

import mimetypes
import secrets
from typing import Any

from tests.fakes.slack import blocks, payloads
from tests.fakes.slack.api.call import Call
from tests.fakes.slack.api.chat import bots, replied
from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.shapes import is_list, is_object
from tests.fakes.slack.state import Channel, Upload

Json = dict[str, Any]


def upload_url(call: Call) -> Json:
    name = call.text("filename")
    size = call.get("length")
    if not name:
        raise Refusal("missing_filename")
    if not isinstance(size, int) or size <= 0:
        raise invalid("length must be more than 0")
    upload = Upload(
        id=call.world.id("F"),
        name=name,
        title="",
        mime_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        user=call.workspace.bot_user,
        size=size,
        created=int(call.world.clock.now),
        token=secrets.token_urlsafe(24),
    )
    call.workspace.files[upload.id] = upload
    return {"upload_url": f"{call.world.base}/upload/v1/{upload.token}", "file_id": upload.id}


def complete(call: Call) -> Json:
    given = call.get("files")
    if not is_list(given) or not given:
        raise invalid("files must be a list with at least one file")
    uploads = [_uploaded(call, file) for file in given]
    channels = [call.get("channel_id"), *(call.get("channels") or "").split(",")]
    wanted = list(dict.fromkeys(channel for channel in channels if channel))
    shared = [_channel(call, channel) for channel in wanted]
    if "blocks" in call.arguments:
        blocks.check(call.get("blocks"), call.world.rules)
    threads = [call.thread(channel) for channel in shared]
    for channel in shared:
        call.world.buckets.message(call.workspace.id, channel.id)
    for file, upload in zip(given, uploads, strict=True):
        upload.title = file.get("title") or upload.name
        upload.token = ""
    for channel, thread in zip(shared, threads, strict=True):
        content: Json = {"text": call.text("initial_comment"), "blocks": [], "attachments": [], "metadata": None}
        message = bots(call, channel, thread, content)
        message.files = uploads
        call.world.post(call.workspace, channel, message)
        replied(call, channel, thread)
    return {"files": [payloads.file(upload, call.workspace) for upload in uploads]}


def info(call: Call) -> Json:
    upload = call.world.find(call.workspace, call.text("file"))
    if upload.data is None:
        raise Refusal("file_not_found")
    return {"file": payloads.file(upload, call.workspace), "comments": [], "response_metadata": {"next_cursor": ""}}


def _uploaded(call: Call, file: Any) -> Upload:
    if not is_object(file) or set(file) - {"id", "title", "highlight_type"}:
        raise invalid("a file has an id and a title")
    upload = call.world.find(call.workspace, file.get("id", ""))
    if upload.data is None or not upload.token:
        raise Refusal("file_not_found")
    return upload


def _channel(call: Call, channel_id: str) -> Channel:
    sub = Call(call.world, call.workspace, call.method, {"channel": channel_id})
    channel = sub.channel()
    if channel.archived:
        raise Refusal("is_archived")
    return channel
