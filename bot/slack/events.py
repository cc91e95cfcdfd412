"""Slack's events and interactions as events of a chat. What is not of Slack's shape means nothing.

Shapes: docs.slack.dev/reference/events and .../reference/interaction-payloads.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from bot.slack import PLATFORM
from bot.slack.shapes import mapping, mappings, string
from bot.slack.words import mentions, spoken
from domain.conversations.ports import Incoming, IncomingFile, Press
from domain.flow.steer import ON_MESSAGE

Json = dict[str, Any]

_ID = re.compile(r"[A-Z][A-Z0-9]{1,31}")
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_KEY = re.compile(r"[\w.:-]{1,200}")
_SPOKEN = ("", "file_share", "thread_broadcast", "me_message")
"""Subtypes of a message that a person wrote."""

_THUMBS = {"+1": "up", "thumbsup": "up", "-1": "down", "thumbsdown": "down"}


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of a chat. ``if_known``: it counts only in a thread that Legwork is part of."""

    incoming: Incoming
    if_known: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opened one of the app's own tabs."""

    workspace: str
    person: str
    chat: str
    tab: Literal["home", "messages"]


def message(body: Json) -> Heard | None:
    """``app_mention`` and ``message``: None where no person said anything to Legwork."""
    event = mapping(body.get("event"))
    match string(event.get("subtype")):
        case "message_changed":
            return _changed(body, event)
        case "message_deleted":
            return _deleted(body, event)
        case subtype if subtype in _SPOKEN and event.get("bot_id") is None and event.get("hidden") is not True:
            return _said(body, event)
        case _:
            return None


def stopped(body: Json) -> Heard | None:
    """``agent_session_stopped``: Slack's own stop button."""
    event = mapping(body.get("event"))
    thread = ts(event.get("thread_ts"))
    found = _incoming(body, event, person=event.get("user"), thread=thread, press=Press("stop"))
    return Heard(found) if found is not None and thread is not None else None


def reaction(body: Json) -> tuple[Incoming, str] | None:
    """``reaction_added`` with a thumb on a message of Legwork's, and that message; its thread is still to be found."""
    event = mapping(body.get("event"))
    item = mapping(event.get("item"))
    chosen = _THUMBS.get(string(event.get("reaction")).partition("::")[0])
    on = ts(item.get("ts"))
    if chosen is None or on is None or not bot_of(body) or event.get("item_user") != bot_of(body):
        return None
    press = Press("feedback", f"{ON_MESSAGE}{on}:{chosen}")
    found = _incoming(body, item, person=event.get("user"), thread=None, press=press)
    return (found, on) if found is not None else None


def opened(body: Json) -> Opened | None:
    """``app_home_opened``."""
    event = mapping(body.get("event"))
    workspace, person, chat = team(body), name(event.get("user")), name(event.get("channel"))
    tab = event.get("tab")
    if workspace is None or person is None or chat is None or tab not in ("home", "messages"):
        return None
    return Opened(workspace, person, chat, tab)


def pressed(body: Json) -> Incoming | None:
    """``block_actions``: a button of a message, or of the home tab, whose ``chat`` is then empty."""
    actions = mappings(body.get("actions"))
    action, _, number = string(actions[0].get("action_id")).rpartition("#") if actions else ("", "", "")
    workspace, person = team(body), name(mapping(body.get("user")).get("id"))
    if not action or not number.isdecimal() or workspace is None or person is None:
        return None
    container, on = mapping(body.get("container")), mapping(body.get("message"))
    chat = name(mapping(body.get("channel")).get("id")) or name(container.get("channel_id"))
    at = ts(on.get("ts")) or ts(container.get("message_ts"))
    thread = ts(container.get("thread_ts")) or ts(on.get("thread_ts"))
    happened = ts(actions[0].get("action_ts"))
    if happened is None:
        return None
    return Incoming(
        platform=PLATFORM,
        workspace=workspace,
        chat=chat or "",
        person=person,
        event_key=f"press:{person}:{at or 'home'}:{number}:{happened}",
        thread=(thread if is_direct(chat) else thread or at) if chat else None,
        private=chat is None or is_direct(chat),
        organization=organization(workspace),
        press=Press(action, string(actions[0].get("value"))),
    )


# -- parts --------------------------------------------------------------------------------------------


def name(value: object) -> str | None:
    """An id of Slack's, such as ``C0123ABC456``; None for anything else."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def ts(value: object) -> str | None:
    """A message's id; None for anything else."""
    return value if isinstance(value, str) and _TS.fullmatch(value) else None


def key(value: object) -> str | None:
    """An event's id; None for anything else."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else None


def team(body: Json) -> str | None:
    """The workspace whose installation of the app is spoken to; people of a shared channel may be at home elsewhere.

    The order is that of Bolt's ``extract_team_id``.
    """
    authorized = [one.get("team_id") for one in mappings(body.get("authorizations"))[:1]]
    installed = mapping(body.get("view")).get("app_installed_team_id")
    given = (installed, mapping(body.get("team")).get("id"), *authorized, body.get("team_id"))
    return next((found for one in given if (found := name(one)) is not None), None)


def bot_of(body: Json) -> str:
    """The bot's user id in the workspace of the event."""
    return next((string(one.get("user_id")) for one in mappings(body.get("authorizations")) if one.get("is_bot")), "")


def is_direct(chat: str) -> bool:
    return chat.startswith("D")


def organization(workspace: str) -> str:
    return f"{PLATFORM}:{workspace}"


def attached(files: object) -> tuple[IncomingFile, ...]:
    """The files of a message, to be fetched later."""
    return tuple(
        IncomingFile(
            name=string(file.get("name")) or string(file.get("title")) or "file",
            mime_type=string(file.get("mimetype")) or "application/octet-stream",
            size=_size(file.get("size")),
            ref=found,
        )
        for file in mappings(files)
        if (found := name(file.get("id"))) is not None and file.get("mode") != "tombstone"
    )


def _said(body: Json, event: Json) -> Heard | None:
    bot, written, at = bot_of(body), string(event.get("text")), ts(event.get("ts"))
    chat, thread = name(event.get("channel")), ts(event.get("thread_ts"))
    if chat is None or at is None or event.get("user") in (bot, "USLACKBOT"):
        return None
    meant = is_direct(chat) or event.get("type") == "app_mention" or mentions(written, bot)
    if not meant and thread is None:
        return None
    found = _incoming(
        body,
        event,
        person=event.get("user"),
        thread=thread or at,  # whatever is said outside of a thread begins one, in direct messages too
        message_id=at,
        text=spoken(written, bot),
        files=attached(event.get("files")),
    )
    return Heard(found, if_known=not meant) if found is not None else None


def _changed(body: Json, event: Json) -> Heard | None:
    now, before = mapping(event.get("message")), mapping(event.get("previous_message"))
    if now.get("subtype") == "tombstone":  # deleted, while its replies stay
        return _deleted(body, {**event, "deleted_ts": now.get("ts")})
    if now.get("bot_id") is not None or now.get("text") == before.get("text"):  # a link's preview was added
        return None
    return _change(body, event, now, "edited", text=spoken(string(now.get("text")), bot_of(body)))


def _deleted(body: Json, event: Json) -> Heard | None:
    before = mapping(event.get("previous_message"))
    if before.get("bot_id") is not None:
        return None
    return _change(body, event, {**before, "ts": event.get("deleted_ts")}, "deleted")


def _change(
    body: Json, event: Json, changed: Json, change: Literal["edited", "deleted"], *, text: str = ""
) -> Heard | None:
    at = ts(changed.get("ts"))
    thread = ts(changed.get("thread_ts"))
    found = _incoming(body, event, person=changed.get("user"), thread=thread, message_id=at, text=text, change=change)
    return Heard(found) if found is not None and at is not None else None


def _incoming(body: Json, place: Json, *, person: object, thread: str | None, **more: Any) -> Incoming | None:
    workspace, chat = team(body), name(place.get("channel"))
    by, event_key = name(person), key(body.get("event_id"))
    if workspace is None or chat is None or by is None or event_key is None:
        return None
    return Incoming(
        platform=PLATFORM,
        workspace=workspace,
        chat=chat,
        person=by,
        event_key=event_key,
        thread=thread,
        private=is_direct(chat),
        organization=organization(workspace),
        **more,
    )


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None
