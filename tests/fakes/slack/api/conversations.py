"""conversations.info, .open, .history, .replies, .members."""

import base64
from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.api.call import Call, open_dm
from tests.fakes.slack.refusal import Refusal, invalid
from tests.fakes.slack.state import Channel, Message

Json = dict[str, Any]


def info(call: Call) -> Json:
    channel = call.channel(member=False)
    body = _channel(channel, call.workspace.bot_user)
    if call.get("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def open_(call: Call) -> Json:
    if call.get("channel"):
        channel = call.channel()
    else:
        users = [user for user in call.text("users").split(",") if user]
        if not users:
            raise Refusal("users_list_not_supplied")
        if len(users) > 1:
            raise invalid("group messages are not part of this double")
        user = call.workspace.users.get(users[0])
        if user is None:
            raise Refusal("user_not_found")
        channel = open_dm(call.world, call.workspace, user)
    body = _channel(channel, call.workspace.bot_user) if call.get("return_im") else {"id": channel.id}
    return {"channel": body}


def members(call: Call) -> Json:
    channel = call.channel(member=False)
    page, cursor = _page(call, sorted(channel.members))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def history(call: Call) -> Json:
    channel = call.channel()
    _scarce(call)
    top = [m for m in channel.messages if not m.deleted and m.to is None and not m.is_reply]
    return _messages(call, channel, list(reversed(_between(call, top))))


def replies(call: Call) -> Json:
    channel = call.channel()
    _scarce(call)
    thread = channel.thread(call.text("ts"))
    if not thread:
        raise Refusal("thread_not_found")
    return _messages(call, channel, _between(call, thread))


def _messages(call: Call, channel: Channel, found: list[Message]) -> Json:
    page, cursor = _page(call, found)
    wanted = bool(call.get("include_all_metadata"))
    bodies = [payloads.message(m, call.workspace, channel, metadata=wanted) for m in page]
    body: Json = {"messages": bodies, "has_more": bool(cursor)}
    if cursor:
        body["response_metadata"] = {"next_cursor": cursor}
    return body


def _between(call: Call, messages: list[Message]) -> list[Message]:
    try:
        oldest, latest = float(call.get("oldest") or 0), float(call.get("latest") or "inf")
    except ValueError:
        raise Refusal("invalid_ts_oldest") from None
    if call.get("inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _scarce(call: Call) -> None:
    """Apps that are sold outside the Marketplace get one call a minute."""
    if not call.world.rules.marketplace:
        call.world.buckets.take((call.workspace.id, "scarce", call.method), 1 / 60, 1)


def _page(call: Call, found: list[Any]) -> tuple[list[Any], str]:
    most = 1000 if call.world.rules.marketplace else 15
    limit = call.get("limit") or 100
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    limit = min(limit, most)
    try:
        begin = int(base64.b64decode(call.get("cursor") or "MA==", validate=True).decode())
    except ValueError:
        raise Refusal("invalid_cursor") from None
    end = begin + limit
    cursor = base64.b64encode(str(end).encode()).decode() if end < len(found) else ""
    return found[begin:end], cursor


def _channel(channel: Channel, bot: str) -> Json:
    body: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "dm",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "created": 1_700_000_000,
    }
    if channel.kind == "dm":
        return body | {"user": next(member for member in channel.members if member != bot), "is_open": True}
    return body | {"name": channel.name, "is_member": bot in channel.members, "is_general": channel.name == "general"}
