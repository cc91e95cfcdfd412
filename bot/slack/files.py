"""Files in both directions.

Out: https://docs.slack.dev/messaging/working-with-files#upload. Only its last call shows anything to people.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from bot.slack.literal import escaped
from bot.slack.memory import Memory
from bot.slack.shapes import mapping, mappings, name, string
from bot.slack.web import TRANSFER_SECONDS, Web
from bot.views.clean import visible
from domain.conversations.ports import Address, IncomingFile, Posted
from domain.conversations.said import FilePost
from domain.core.errors import NotFound

Json = dict[str, Any]


def _name(key: str) -> str:
    return f"legwork:slack:upload:{key}"


def reference(workspace: str, file_id: str) -> str:
    """How a person's file is called outside of this folder: only its workspace's token can fetch it."""
    return f"{workspace}/{file_id}"


def referred(ref: str) -> tuple[str, str]:
    """The workspace and Slack's id of a file."""
    workspace, _, file_id = ref.partition("/")
    return workspace, file_id


def attached(files: object) -> tuple[IncomingFile, ...]:
    """The files of a message, to be fetched later."""
    return tuple(
        IncomingFile(
            name=string(file.get("name")) or string(file.get("title")),
            mime_type=string(file.get("mimetype")) or "application/octet-stream",
            size=_size(file.get("size")),
            ref=found,
        )
        for file in mappings(files)
        if (found := name(file.get("id"))) is not None and file.get("mode") != "tombstone"
    )


async def upload(web: Web, content: bytes, post: FilePost) -> str:
    """Bring a file to Slack, where nobody sees it yet. Returns Slack's id of it."""
    called = visible(post.file.name)
    # Slack refuses a file without content
    place = await web.call("files.getUploadURLExternal", filename=called, length=max(len(content), 1))
    await web.send(str(place["upload_url"]), content or b"\n")
    return str(place["file_id"])


async def share(web: Web, memory: Memory, to: Address, key: str, file_id: str, post: FilePost) -> Posted:
    """Show an uploaded file in a chat; it is noted before, so that ``shared`` can tell what became of it."""
    await memory.put(_name(key), file_id)
    answer = await web.call(
        "files.completeUploadExternal",
        seconds=TRANSFER_SECONDS,
        files=json.dumps([{"id": file_id, "title": visible(post.file.name)}]),
        channel_id=to.chat,
        thread_ts=to.thread,
        initial_comment=escaped(visible(post.caption)) or None,
    )
    shown = mappings(answer.get("files"))
    return Posted(_place(shown[0], to.chat) if shown else None)


async def shared(web: Web, memory: Memory, to: Address, key: str) -> Posted | None:
    """The message that shows the file of a key, if one was uploaded and is shown in the chat."""
    [file_id] = await memory.get(_name(key))
    if file_id is None:
        return None
    try:
        file = (await web.call("files.info", file=file_id))["file"]
    except NotFound:
        return None
    ts = _place(file, to.chat)
    return Posted(ts) if ts is not None else None


async def about(web: Web, file_id: str) -> IncomingFile | None:
    """A file by its id alone, as those of other workspaces come. Raises NotFound, Unavailable, Refused."""
    found = attached([mapping((await web.call("files.info", file=file_id)).get("file"))])
    return found[0] if found else None


async def fetch(web: Web, file_id: str) -> AsyncIterator[bytes]:
    """Stream what a person sent. Raises NotFound, Unavailable, Refused."""
    file = (await web.call("files.info", file=file_id))["file"]
    address = file.get("url_private_download") or file.get("url_private")
    if file.get("is_external") or not address:
        raise NotFound(
            f"{file.get('name') or 'That file'} is kept outside of Slack, where I cannot read it.",
            remedy="Download it and send it here.",
        )
    async for chunk in web.fetch(str(address), str(file.get("mimetype", ""))):
        yield chunk


def _place(file: Json, channel: str) -> str | None:
    """The message that shows a file in a channel; Slack may say so only later."""
    for channels in mapping(file.get("shares")).values():
        for share in mappings(mapping(channels).get(channel)):
            return str(share["ts"])
    return None


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None
