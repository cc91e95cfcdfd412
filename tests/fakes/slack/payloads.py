"""The shapes of what Slack sends: messages, events, interactions. Field names are Slack's."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.slack.state import Channel, Message, Upload, User, View, Workspace

Json = dict[str, Any]


def message(of: Message, workspace: Workspace, channel: Channel, *, metadata: bool = False) -> Json:
    """A message as the Web API and events give it."""
    body: Json = {"type": "message", "user": of.user, "text": of.text, "ts": of.ts, "team": workspace.id}
    if of.subtype:
        body["subtype"] = of.subtype
    if of.bot_id:
        body |= {"bot_id": of.bot_id, "app_id": of.app_id}
    if of.thread_ts:
        body["thread_ts"] = of.thread_ts
    replies = [m for m in channel.thread(of.ts) if m.is_reply and m.ts != of.ts]
    if replies:
        body |= {
            "thread_ts": of.ts,
            "reply_count": len(replies),
            "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
            "latest_reply": replies[-1].ts,
        }
    if of.is_reply:
        parent = channel.find(of.thread_ts or "")
        body["parent_user_id"] = parent.user if parent else None
    if of.blocks:
        body["blocks"] = of.blocks
    if of.attachments:
        body["attachments"] = of.attachments
    if of.files:
        body["files"] = [file(upload, workspace) for upload in of.files]
    if of.edited:
        body["edited"] = {"user": of.user, "ts": of.edited}
    if of.reactions:
        body["reactions"] = [{"name": n, "users": users, "count": len(users)} for n, users in of.reactions.items()]
    if of.stream is not None:
        body["streaming_state"] = "in_progress" if of.stream.open else "completed"
    if metadata and of.metadata:
        body["metadata"] = of.metadata
    return body


def file(of: Upload, workspace: Workspace) -> Json:
    shares: Json = {}
    for channel_id, ts in of.shares:
        channel = workspace.channels[channel_id]
        visibility = "public" if channel.kind == "public" else "private"
        shares.setdefault(visibility, {}).setdefault(channel_id, []).append({"ts": ts, "channel_name": channel.name})
    kind = of.name.rpartition(".")[2].lower()
    address = f"{workspace.domain}/files-pri/{workspace.id}-{of.id}"
    return {
        "id": of.id,
        "created": of.created,
        "timestamp": of.created,
        "name": of.name,
        "title": of.title or of.name,
        "mimetype": of.mime_type,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": of.user,
        "user_team": workspace.id,
        "editable": False,
        "size": of.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": "public" in shares,
        "url_private": f"{address}/{of.name}",
        "url_private_download": f"{address}/download/{of.name}",
        "permalink": f"{workspace.domain}/files/{of.user}/{of.id}/{of.name}",
        "file_access": "visible",
        "shares": shares,
        "channels": [c for c, _ in of.shares if workspace.channels[c].kind == "public"],
        "ims": [c for c, _ in of.shares if workspace.channels[c].kind == "dm"],
    }


def user(of: User, workspace: Workspace, now: float) -> Json:
    """Somebody as users.info and user_change give them; of who was deactivated it says less."""
    home = of.team or workspace.id
    body: Json = {
        "id": of.id,
        "team_id": home,
        "name": of.name.lower(),
        "deleted": of.deleted,
        "is_bot": of.is_bot,
        "is_app_user": False,
        "updated": int(now),
        **({"is_stranger": True} if of.team else {}),
        "profile": {"real_name": of.name, "display_name": of.name, "team": home},
    }
    if of.deleted:
        return body
    offset = datetime.fromtimestamp(now, ZoneInfo(of.timezone)).utcoffset()
    return body | {
        "real_name": of.name,
        "is_admin": of.rank in ("owner", "admin"),
        "is_owner": of.rank == "owner",
        "is_primary_owner": False,
        "is_restricted": of.rank == "guest",
        "is_ultra_restricted": False,
        "tz": of.timezone,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "locale": "en-GB",
    }


def view(of: View, workspace: Workspace, app_id: str) -> Json:
    body = of.body
    return {
        "id": of.id,
        "team_id": workspace.id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": of.external_id,
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "state": {"values": of.state},
        "hash": of.hash,
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "submit_disabled": body.get("submit_disabled", False),
        "previous_view_id": of.previous,
        "root_view_id": of.root,
        "app_id": app_id,
        "app_installed_team_id": workspace.id,
        "bot_id": workspace.bot_id,
    }


def event(of: Json, workspace: Workspace, app_id: str, event_id: str, now: float) -> Json:
    """The envelope of the Events API."""
    return {
        "token": "not-to-be-used",
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": app_id,
        "event": of,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def interaction(kind: str, user: User, workspace: Workspace, app_id: str, trigger_id: str | None) -> Json:
    """What every interaction carries."""
    body: Json = {
        "type": kind,
        "user": {"id": user.id, "username": user.name.lower(), "name": user.name.lower(), "team_id": workspace.id},
        "api_app_id": app_id,
        "token": "not-to-be-used",
        "team": {"id": workspace.id, "domain": workspace.name.lower()},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return body | {"trigger_id": trigger_id} if trigger_id else body
