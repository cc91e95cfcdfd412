"""An update as an event of the chat: who said or did what, in no platform's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.telegram.content import files_of, untaken_of
from bot.telegram.referred import answered_of, files_referred, quoted_of, words_of
from bot.telegram.runs import LIMIT
from bot.telegram.spoken import part
from bot.telegram.updates import CallbackQuery, Chat, Entity, Message, MessageReaction, Update, User
from domain.conversations.ports import NAMELESS, Incoming, Press
from domain.flow.receive.spoken_to import Overheard
from domain.flow.understand.steer import ON_MESSAGE

PLATFORM = "telegram"

_THUMBS = {"👍": "up", "👎": "down"}
_GROUPS = frozenset({"group", "supergroup"})
_CALLING = frozenset({"mention", "text_mention"})
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]+)(?:@(?P<bot>\w+))?(?!\S)")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str

    @property
    def workspace(self) -> str:
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Speaker:
    """``name`` is None where Telegram does not say who it is."""

    id: str
    name: str | None = None


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


def overheard(update: Update, me: Me) -> Overheard | None:
    """What a person says in a group without calling the bot, where Telegram shows it that; None for anything else."""
    message = update.message
    if message is None or message.chat.type not in _GROUPS or _is_meant(message, me):
        return None
    incoming = _heard(message, me, str(update.update_id))
    return Overheard(incoming, others=_is_for_others(message), room=True) if incoming is not None else None


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


def translate_parts(updates: Sequence[Update], me: Me, comment: Message | None = None) -> list[Incoming]:
    """The events of a message's parts, the one that carries the words first; in a group one part meant for the bot, or
    the ``comment`` that came before, speaks for all. Empty where none is Legwork's business."""
    messages = [(update.message, str(update.update_id)) for update in updates if update.message is not None]
    spoken = [message for message, _ in messages] + ([comment] if comment is not None else [])
    if not any(_is_private(message.chat) or _is_meant(message, me) for message in spoken):
        return []
    said_of = str(comment.message_id) if comment is not None else None
    events = [event for message, key in messages if (event := _heard(message, me, key)) is not None]
    return sorted((replace(event, comment=said_of) for event in events), key=lambda event: not event.text)


def _message(message: Message, me: Me, event_key: str) -> Incoming | None:
    if not _is_private(message.chat) and not _is_meant(message, me):
        return None
    return _heard(message, me, event_key)


def _heard(message: Message, me: Me, event_key: str) -> Incoming | None:
    files, untaken, speaker = files_of(message), untaken_of(message), _speaker(message)
    if speaker is None or not (message.text or message.caption or files or untaken):
        return None
    passed_on = message.forward_origin is not None
    return _event(
        message.chat,
        speaker,
        me,
        event_key,
        message_id=str(message.message_id),
        thread=_topic(message.message_thread_id, message.is_topic_message),
        text="" if passed_on else _text(message, me),
        files=(*(replace(file, of_others=passed_on) for file in files), *files_referred(message, me.id)),
        quoted=quoted_of(message, me.id),
        untaken=untaken,
        answers=answered_of(message, me.id),
    )


def _edited(message: Message, me: Me, event_key: str) -> Incoming | None:
    speaker = _speaker(message)
    if speaker is None or message.forward_origin is not None:
        return None
    return _event(
        message.chat,
        speaker,
        me,
        event_key,
        message_id=str(message.message_id),
        thread=_topic(message.message_thread_id, message.is_topic_message),
        text=_text(message, me),
        change="edited",
        most=LIMIT,
        new_if_unknown=not _is_private(message.chat) and _is_meant(message, me),
        files=(*files_of(message), *files_referred(message, me.id)),
        quoted=quoted_of(message, me.id),
    )


def _speaker(message: Message) -> Speaker | None:
    """Who speaks. None: a bot, or a channel whose post Telegram passed on to its discussion group by itself.

    Whoever writes on behalf of a chat (its anonymous admins, a channel) comes with a sender that stands for them all:
    https://core.telegram.org/bots/api#message
    """
    if message.sender is None or message.is_automatic_forward:
        return None
    if message.sender_chat is not None and not _is_private(message.chat):
        return Speaker(f"{NAMELESS}{message.sender_chat.id}")
    return None if message.sender.is_bot else _person(message.sender)


def _person(user: User) -> Speaker:
    return Speaker(str(user.id), " ".join(filter(None, (user.first_name, user.last_name))) or user.username)


def _pressed(query: CallbackQuery, me: Me, event_key: str) -> Incoming | None:
    message = query.message
    if message is None or query.data is None:
        return None
    return _event(
        message.chat,
        _person(query.sender),
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
    return _event(reaction.chat, _person(reaction.user), me, event_key, press=press)


def _event(chat: Chat, speaker: Speaker, me: Me, event_key: str, **more: object) -> Incoming:
    given: dict[str, object] = {
        "platform": PLATFORM,
        "workspace": me.workspace,
        "chat": str(chat.id),
        "person": speaker.id,
        "event_key": event_key,
        "private": _is_private(chat),
        "organization": None if _is_private(chat) else f"telegram-group:{chat.id}",
        "organization_name": None if _is_private(chat) else chat.title,
        "person_name": speaker.name,
    }
    return Incoming(**(given | more))  # pyright: ignore[reportArgumentType] - the keys are Incoming's own


def _is_private(chat: Chat) -> bool:
    return chat.type == "private"


def _topic(thread_id: int | None, is_topic: bool) -> str | None:
    """In a group without topics a reply carries a thread id as well, which means nothing to us."""
    return str(thread_id) if thread_id is not None and is_topic else None


def _is_meant(message: Message, me: Me) -> bool:
    """Whether a message of a group is for the bot: a mention, a reply to it, or a command that is not another bot's."""
    if message.forward_origin is not None:  # others' words call nobody
        return False
    text = message.text or message.caption
    command = _COMMAND.match(text)
    if command is not None:
        return command["bot"] is None or command["bot"].lower() == me.username.lower()
    replied = message.reply_to_message
    if replied is not None and replied.sender is not None and replied.sender.id == me.id:
        return replied.forum_topic_created is None
    entities = (*message.entities, *message.caption_entities)
    if not entities:  # the apps mark mentions; what is sent through another bot may come without
        return re.search(rf"(?<![\w@])@{re.escape(me.username)}\b", text, re.IGNORECASE) is not None
    return any(_mentions(text, entity, me) for entity in entities)


def _is_for_others(message: Message) -> bool:
    """Whether it calls somebody, is another bot's command, answers somebody else, or is no words of its own."""
    text = message.text or message.caption
    command = _COMMAND.match(text)
    wordless = not text and not files_of(message)
    if message.forward_origin is not None or (command is not None and command["bot"] is not None) or wordless:
        return True
    replied = message.reply_to_message
    if replied is not None and replied.forum_topic_created is None and replied.sender != message.sender:
        return True
    return any(entity.type in _CALLING for entity in (*message.entities, *message.caption_entities))


def _mentions(text: str, entity: Entity, me: Me) -> bool:
    if entity.type == "text_mention":
        return entity.user is not None and entity.user.id == me.id
    return entity.type == "mention" and part(text, entity).lower() == f"@{me.username.lower()}"


def _text(message: Message, me: Me) -> str:
    """What was said, without the bot's own name; ``/tasks@legwork_bot`` is ``/tasks``."""
    text = words_of(message)
    command = _COMMAND.match(text)
    if command is not None:
        return f"/{command['name']}{text[command.end() :]}"
    if _is_private(message.chat):
        return text
    name = re.escape(me.username)
    return re.sub(rf"^\s*@{name}\b[\s,:]*|[\s,]*@{name}\b(?=\s*$)", "", text, flags=re.IGNORECASE)
