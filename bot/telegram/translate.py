"""An update as an event of the chat: who said or did what, in no platform's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.telegram.updates import CallbackQuery, Chat, Entity, File, Message, MessageReaction, Update, User
from domain.conversations.ports import Incoming, IncomingFile, Press
from domain.flow.steer import ON_MESSAGE

PLATFORM = "telegram"

_THUMBS = {"👍": "up", "👎": "down"}
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]+)(?:@(?P<bot>\w+))?(?!\S)")
_UNNAMED = {
    "voice": ("voice.oga", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "video": ("video.mp4", "video/mp4"),
    "video_note": ("video.mp4", "video/mp4"),
    "animation": ("animation.mp4", "video/mp4"),
    "document": ("file", "application/octet-stream"),
}


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str

    @property
    def workspace(self) -> str:
        return str(self.id)


def translate(update: Update, me: Me) -> Incoming | None:
    """The event; None for what is none of Legwork's business (bots, joins, talk among others in a group).

    The press of a callback query carries the button's data as ``action`` (see ``buttons.pressed``).
    """
    event_key = str(update.update_id)
    if update.message is not None:
        return _message(update.message, me, event_key)
    if update.edited_message is not None:
        return _edited(update.edited_message, me, event_key)
    if update.callback_query is not None:
        return _pressed(update.callback_query, me, event_key)
    if update.message_reaction is not None:
        return _reaction(update.message_reaction, me, event_key)
    return None


def moved(update: Update) -> tuple[str, str] | None:
    """The ids of a group before and after it became a supergroup: each of the two chats is told in a message."""
    message = update.message
    if message is None:
        return None
    if message.migrate_to_chat_id is not None:
        return str(message.chat.id), str(message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return str(message.migrate_from_chat_id), str(message.chat.id)
    return None


def album_of(update: Update) -> tuple[int, str] | None:
    """Chat and group of a message that is a part of an album; its other parts are updates of their own."""
    message = update.message
    return (message.chat.id, message.media_group_id) if message is not None and message.media_group_id else None


def translate_album(updates: Sequence[Update], me: Me) -> list[Incoming]:
    """The events of an album's parts, the one that carries the words first; in a group one part meant for the bot
    speaks for all. Empty where none is Legwork's business."""
    messages = [(update.message, str(update.update_id)) for update in updates if update.message is not None]
    if not any(_is_private(message.chat) or _is_meant(message, me) for message, _ in messages):
        return []
    events = [event for message, key in messages if (event := _heard(message, me, key)) is not None]
    return sorted(events, key=lambda event: not event.text)


def _message(message: Message, me: Me, event_key: str) -> Incoming | None:
    if not _is_private(message.chat) and not _is_meant(message, me):
        return None
    return _heard(message, me, event_key)


def _heard(message: Message, me: Me, event_key: str) -> Incoming | None:
    sender, files = message.sender, _files(message)
    if sender is None or sender.is_bot or not (message.text or message.caption or files):
        return None
    return _event(
        message.chat,
        sender,
        me,
        event_key,
        message_id=str(message.message_id),
        thread=_topic(message.message_thread_id, message.is_topic_message),
        text=_text(message, me),
        files=files,
    )


def _edited(message: Message, me: Me, event_key: str) -> Incoming | None:
    if message.sender is None or message.sender.is_bot:
        return None
    return _event(
        message.chat,
        message.sender,
        me,
        event_key,
        message_id=str(message.message_id),
        thread=_topic(message.message_thread_id, message.is_topic_message),
        text=_text(message, me),
        change="edited",
    )


def _pressed(query: CallbackQuery, me: Me, event_key: str) -> Incoming | None:
    message = query.message
    if message is None or query.data is None:
        return None
    return _event(
        message.chat,
        query.sender,
        me,
        event_key,
        thread=_topic(message.message_thread_id, message.is_topic_message),
        press=Press(query.data),
    )


def _reaction(reaction: MessageReaction, me: Me, event_key: str) -> Incoming | None:
    before = {each.emoji for each in reaction.old_reaction}
    thumbs = [_THUMBS[each.emoji] for each in reaction.new_reaction if each.emoji in _THUMBS.keys() - before]
    if reaction.user is None or reaction.user.is_bot or not thumbs:
        return None
    press = Press("feedback", f"{ON_MESSAGE}{reaction.message_id}:{thumbs[0]}")
    return _event(reaction.chat, reaction.user, me, event_key, press=press)


def _event(chat: Chat, person: User, me: Me, event_key: str, **more: object) -> Incoming:
    given: dict[str, object] = {
        "platform": PLATFORM,
        "workspace": me.workspace,
        "chat": str(chat.id),
        "person": str(person.id),
        "event_key": event_key,
        "private": _is_private(chat),
        "organization": None if _is_private(chat) else f"telegram-group:{chat.id}",
        "person_name": " ".join(filter(None, (person.first_name, person.last_name))) or person.username,
    }
    return Incoming(**(given | more))  # pyright: ignore[reportArgumentType] - the keys are Incoming's own


def _is_private(chat: Chat) -> bool:
    return chat.type == "private"


def _topic(thread_id: int | None, is_topic: bool) -> str | None:
    """In a group without topics a reply carries a thread id as well, which means nothing to us."""
    return str(thread_id) if thread_id is not None and is_topic else None


def _is_meant(message: Message, me: Me) -> bool:
    """Whether a message of a group is for the bot: a mention, a reply to it, or a command that is not another bot's."""
    text = message.text or message.caption
    command = _COMMAND.match(text)
    if command is not None:
        return command["bot"] is None or command["bot"].lower() == me.username.lower()
    replied = message.reply_to_message
    if replied is not None and replied.sender is not None and replied.sender.id == me.id:
        return replied.forum_topic_created is None
    return any(_mentions(text, entity, me) for entity in (*message.entities, *message.caption_entities))


def _mentions(text: str, entity: Entity, me: Me) -> bool:
    if entity.type == "text_mention":
        return entity.user is not None and entity.user.id == me.id
    if entity.type != "mention" or entity.offset < 0 or entity.length < 0:
        return False
    units = text.encode("utf-16-le", "replace")
    named = units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", "replace")
    return named.lower() == f"@{me.username.lower()}"


def _text(message: Message, me: Me) -> str:
    """What was said, without the bot's own name; ``/tasks@legwork_bot`` and ``/start`` become commands we know."""
    text = message.text or message.caption
    command = _COMMAND.match(text)
    if command is not None:
        if command["name"].lower() == "start":  # what Telegram itself sends when a person opens the chat
            return "/help"
        return f"/{command['name']}{text[command.end() :]}"
    if _is_private(message.chat):
        return text
    name = re.escape(me.username)
    return re.sub(rf"^\s*@{name}\b[\s,:]*|[\s,]*@{name}\b(?=\s*$)", "", text, flags=re.IGNORECASE)


def _files(message: Message) -> tuple[IncomingFile, ...]:
    found: list[IncomingFile] = []
    if message.photo:
        largest = max(message.photo, key=lambda size: (size.width * size.height, size.file_size or 0))
        name = f"photo-{message.message_id}.jpg"
        found.append(IncomingFile(name, "image/jpeg", largest.file_size, ref=largest.file_id))
    for kind, (name, mime_type) in _UNNAMED.items():
        file: File | None = getattr(message, kind)
        if file is None or (kind == "document" and message.animation is not None):  # an animation comes as both
            continue
        named, kind_of = file.file_name or name, file.mime_type or mime_type
        found.append(IncomingFile(named, kind_of, file.file_size, ref=file.file_id))
    return tuple(found)
