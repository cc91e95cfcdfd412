"""The parts of Telegram's updates that are looked at, as they come over the wire.

https://core.telegram.org/bots/api#update; unknown fields are passed over, so a newer API changes nothing.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

UPDATES = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "chat_member")
"""The kinds that are asked for; the last comes only where the bot is an admin."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class User(_Part):
    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str | None = None


class Chat(_Part):
    id: int
    type: str = ""
    title: str | None = None


class Entity(_Part):
    """``offset`` and ``length`` count UTF-16 code units."""

    type: str
    offset: int
    length: int
    user: User | None = None
    url: str = ""


class File(_Part):
    file_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int | None = None


class Photo(_Part):
    file_id: str
    width: int = 0
    height: int = 0
    file_size: int | None = None


class Origin(_Part):
    """Where a forwarded message, or one of another chat, comes from: of a user, who may hide, a chat or a channel."""

    sender_user: User | None = None
    sender_user_name: str = ""
    sender_chat: Chat | None = None
    chat: Chat | None = None
    author_signature: str = ""


class Quote(_Part):
    """The part of the answered message that was chosen."""

    text: str = ""
    entities: tuple[Entity, ...] = Field(default=(), strict=False)


class Media(_Part):
    """What a message may hold besides its text."""

    message_id: int = 0
    document: File | None = None
    photo: tuple[Photo, ...] = Field(default=(), strict=False)
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    sticker: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    venue: dict[str, Any] | None = None
    contact: dict[str, Any] | None = None
    poll: dict[str, Any] | None = None
    dice: dict[str, Any] | None = None
    story: dict[str, Any] | None = None
    game: dict[str, Any] | None = None
    checklist: dict[str, Any] | None = None
    paid_media: dict[str, Any] | None = None


class Worded(Media):
    """A message's content, with who said it."""

    sender: User | None = Field(default=None, alias="from")
    sender_chat: Chat | None = None
    forward_origin: Origin | None = None
    text: str = ""
    caption: str = ""
    entities: tuple[Entity, ...] = Field(default=(), strict=False)
    caption_entities: tuple[Entity, ...] = Field(default=(), strict=False)


class Replied(Worded):
    """The message that is answered."""

    forum_topic_created: dict[str, Any] | None = None


class External(Media):
    """The message that is answered, where it stands elsewhere; of its words only a quote is passed on."""

    origin: Origin | None = None
    chat: Chat | None = None


class Story(_Part):
    """A story that is answered; bots are not shown it."""

    chat: Chat


class Message(Worded):
    message_id: int  # pyright: ignore[reportGeneralTypeIssues] - a message of a chat has one, others may not
    chat: Chat
    date: int = 0
    message_thread_id: int | None = None
    is_topic_message: bool = False
    is_automatic_forward: bool = False
    reply_to_message: Replied | None = None
    external_reply: External | None = None
    quote: Quote | None = None
    reply_to_story: Story | None = None
    media_group_id: str | None = None
    edit_date: int | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class Pressed(_Part):
    """The message under whose button somebody pressed; only its place when it is too old."""

    message_id: int
    chat: Chat
    message_thread_id: int | None = None
    is_topic_message: bool = False


class CallbackQuery(_Part):
    id: str
    sender: User = Field(alias="from")
    message: Pressed | None = None
    data: str | None = None


class Reaction(_Part):
    type: str
    emoji: str = ""


class MessageReaction(_Part):
    chat: Chat
    message_id: int
    user: User | None = None
    old_reaction: tuple[Reaction, ...] = Field(default=(), strict=False)
    new_reaction: tuple[Reaction, ...] = Field(default=(), strict=False)


class Member(_Part):
    status: str
    user: User | None = None
    is_member: bool = False


class Membership(_Part):
    chat: Chat
    sender: User = Field(alias="from")
    new_chat_member: Member


class Update(_Part):
    """One event. At most one of the others is set; none for a kind that is not looked at."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    message_reaction: MessageReaction | None = None
    my_chat_member: Membership | None = None
    chat_member: Membership | None = None


def read(raw: object) -> Update | Literal["malformed"]:
    """The update a JSON value is."""
    try:
        return Update.model_validate(raw)
    except (ValidationError, RecursionError):
        return "malformed"
