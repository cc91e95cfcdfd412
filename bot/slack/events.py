"""Slack's events and interactions as events of a chat. What is not of Slack's shape means nothing.

Shapes: docs.slack.dev/reference/events and .../reference/interaction-payloads.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.slack import PLATFORM
from bot.slack.files import attached
from bot.slack.referred import ids, marked, material
from bot.slack.shapes import mapping, mappings, name, string
from bot.slack.words import NOBODY, Names, calls_others, mentions, spoken
from domain.conversations.ports import Incoming, Press
from domain.flow.understand.at_hand import STOP_THREAD
from domain.flow.understand.steer import ON_MESSAGE

Json = dict[str, Any]

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_KEY = re.compile(r"[\w.:-]{1,200}")
_SPOKEN = ("", "file_share", "thread_broadcast", "me_message")
"""Subtypes of a message that a person wrote."""

_LATEST = 2**34
"""Seconds since 1970 that may be a moment."""

_THUMBS = {"+1": "up", "thumbsup": "up", "-1": "down", "thumbsdown": "down"}


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of a chat. ``if_known``: it does not call Legwork, so it depends on the thread whether it counts.

    ``through_app``: it was sent by an app, and counts only where whoever it names as its author is a person.
    ``others``: it calls somebody else.
    """

    incoming: Incoming
    if_known: bool = False
    through_app: bool = False
    others: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opened one of the app's own tabs."""

    workspace: str
    person: str
    chat: str
    tab: Literal["home", "messages"]


def message(body: Json, names: Names = NOBODY) -> Heard | None:
    """``app_mention`` and ``message``: None where no person said anything to Legwork.

    ``names`` holds what people and channels are called of whom the message has only ids (see ``ids_in``).
    """
    event = mapping(body.get("event"))
    match string(event.get("subtype")):
        case "message_changed":
            return _changed(body, event, names)
        case "message_deleted":
            return _deleted(body, event)
        case subtype if subtype in _SPOKEN and event.get("hidden") is not True:
            return _said(body, event, names)
        case _:
            return None


def overheard(body: Json, names: Names = NOBODY) -> Heard | None:
    """What a person says in a channel outside of any thread, without calling Legwork; None for anything else."""
    event = mapping(body.get("event"))
    plain = string(event.get("subtype")) in _SPOKEN and event.get("bot_id") is None and event.get("hidden") is not True
    return _said(body, event, names, aloud=True) if plain else None


def ids_in(body: Json) -> set[str]:
    """The people and channels whose names are needed to read what was said; not the bot itself."""
    event = mapping(body.get("event"))
    said = mapping(event.get("message")) if event.get("subtype") == "message_changed" else event
    return ids(said) - {bot_of(body)}


def stopped(body: Json) -> Heard | None:
    """``agent_session_stopped``: Slack's own stop button."""
    event = mapping(body.get("event"))
    thread = ts(event.get("thread_ts"))
    found = _incoming(body, event, person=event.get("user"), thread=thread, press=Press(STOP_THREAD))
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


def moment(body: Json) -> datetime | None:
    """When an event happened, by Slack's clock; to the second."""
    at = body.get("event_time")
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int) and 0 < at < _LATEST else None


def is_of_bot(body: Json) -> bool:
    """Of revoked tokens: whether the bot's is one of them."""
    event = mapping(body.get("event"))
    return event.get("type") != "tokens_revoked" or bool(mapping(event.get("tokens")).get("bot"))


def bot_of(body: Json) -> str:
    """The bot's user id in the workspace of the event."""
    return next((string(one.get("user_id")) for one in mappings(body.get("authorizations")) if one.get("is_bot")), "")


def is_direct(chat: str) -> bool:
    return chat.startswith("D")


def organization(workspace: str) -> str:
    return f"{PLATFORM}:{workspace}"


def _said(body: Json, event: Json, names: Names, *, aloud: bool = False) -> Heard | None:
    """``aloud``: also what calls nobody and stands in no thread."""
    bot, written, at = bot_of(body), marked(event), ts(event.get("ts"))
    chat, thread = name(event.get("channel")), ts(event.get("thread_ts"))
    if chat is None or at is None or event.get("user") in (bot, "USLACKBOT"):
        return None
    meant = is_direct(chat) or event.get("type") == "app_mention" or mentions(written, bot)
    if not meant and thread is None and not aloud:
        return None
    found = _incoming(
        body,
        event,
        person=event.get("user"),
        thread=thread or at,  # whatever is said outside of a thread begins one, in direct messages too
        message_id=at,
        in_thread=thread is not None and thread != at,
        **_content(event, bot, names),
    )
    others = not meant and calls_others(written)
    return Heard(found, not meant, _is_through_app(event), others) if found is not None else None


def _content(message: Json, bot: str, names: Names) -> Json:
    """What was said, and what it refers to."""
    given = material(message, names)
    files = (*attached(message.get("files")), *given.files)
    return {"text": spoken(marked(message), bot, names), "files": files, "quoted": given.quoted}


def _is_through_app(message: Json) -> bool:
    return message.get("bot_id") is not None


def _changed(body: Json, event: Json, names: Names) -> Heard | None:
    now, before = mapping(event.get("message")), mapping(event.get("previous_message"))
    if now.get("subtype") == "tombstone":  # deleted, while its replies stay
        return _deleted(body, {**event, "deleted_ts": now.get("ts")})
    bot, at = bot_of(body), ts(now.get("ts"))
    if now.get("bot_id") is not None or now.get("user") == bot or now.get("text") == before.get("text"):
        return None  # not a person's, or a link's preview was added
    chat, thread = name(event.get("channel")) or "", ts(now.get("thread_ts"))
    if is_direct(chat) or not mentions(marked(now), bot) or mentions(marked(before), bot):
        return _change(body, event, now, "edited", text=spoken(marked(now), bot, names))
    more = {"in_thread": thread is not None and thread != at, "new_if_unknown": True, **_content(now, bot, names)}
    return _change(body, event, {**now, "thread_ts": thread or at}, "edited", **more)


def _deleted(body: Json, event: Json) -> Heard | None:
    before = mapping(event.get("previous_message"))
    if before.get("bot_id") is not None:
        return None
    return _change(body, event, {**before, "ts": event.get("deleted_ts")}, "deleted")


def _change(body: Json, event: Json, changed: Json, change: Literal["edited", "deleted"], **more: Any) -> Heard | None:
    at = ts(changed.get("ts"))
    thread = ts(changed.get("thread_ts"))
    found = _incoming(body, event, person=changed.get("user"), thread=thread, message_id=at, change=change, **more)
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
