"""People, acted by a test or by hand: each has a seat in a chat, says things there, and sees what the bot says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from time import time
from typing import Any, Literal

from tests.fakes.telegram.content import TEXT
from tests.fakes.telegram.methods import chat_member
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Chat, Json, StoredFile, document

ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Whom the API shows for an admin who writes for the group."""

_WORDS = ("text", "entities", "caption", "caption_entities")
_CONTENT = (*_WORDS, "document", "photo", "audio", "video", "voice", "sticker")
_PEOPLE = count(512_004_711)
_GROUPS = count(1_002_114_566_001)
_ALBUMS = count(13_900_114_566_001_233)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person in one chat (and topic). What it does becomes an update at once; ids are those of the API."""

    fake: FakeTelegram
    user: Json
    chat: Chat
    topic: int | None = None
    on_behalf: bool = False
    """What they say is said by the group itself."""

    def at(self, chat: Chat, topic: int | None = None) -> "Seat":
        """The same person elsewhere."""
        return replace(self, chat=chat, topic=topic)

    # -- what a person does --------------------------------------------------------------------------

    def say(
        self, text: str, *, reply_to: int | None = None, quote: str | None = None, links: Json | None = None
    ) -> int:
        """Returns the message's id. ``quote`` is a part of the message that is answered; ``links`` are addresses by
        the words of the text that they stand behind. A text that is too long is sent as several, as the apps do."""
        first, *rest = sendable(text)
        entities = _entities(first) + _linked(first, links or {})
        sent = self._send(reply_to=reply_to, quote=quote, text=first, entities=entities or None)
        for more in rest:
            self._send(text=more, entities=_entities(more) or None)
        return sent

    def forward(self, message: Json, *, hidden: bool = False) -> int:
        """Pass on a message of anybody's; ``hidden``: who sent it does not let their account be linked."""
        kept = {name: message[name] for name in _CONTENT if name in message}
        return self._send(**kept, forward_origin=_origin(message, hidden=hidden))

    def send(self, **content: Any) -> int:
        """Any other content, such as ``sticker`` or ``location``, as the API shows it."""
        return self._send(**content)

    def anonymously(self) -> "Seat":
        """The same person as an admin who writes for the group."""
        return replace(self, user=ANONYMOUS, on_behalf=True)

    def document(
        self, name: str, content: bytes, mime_type: str = "text/csv", *, caption: str | None = None, album: str = ""
    ) -> int:
        return self._send_file(
            {"document": document(self._file(name, mime_type, content))}, caption=caption, album=album
        )

    def photo(self, content: bytes, *, caption: str | None = None, album: str = "") -> int:
        file = self._file("photo.jpg", "image/jpeg", content)
        return self._send_file({"photo": self.fake.world.sizes(file)}, caption=caption, album=album)

    def voice(self, content: bytes) -> int:
        file = self._file("voice.oga", "audio/ogg", content)
        return self._send_file({"voice": {**_media(file), "duration": 3}})

    def audio(self, name: str, content: bytes, *, caption: str | None = None) -> int:
        file = self._file(name, "audio/mpeg", content)
        return self._send_file({"audio": {**_media(file), "duration": 3, "file_name": name}}, caption=caption)

    def video(self, name: str, content: bytes, *, caption: str | None = None) -> int:
        file = self._file(name, "video/mp4", content)
        shape = {"width": 640, "height": 360, "duration": 3, "file_name": name}
        return self._send_file({"video": {**_media(file), **shape}}, caption=caption)

    def album(self, files: Sequence[tuple[str, bytes]], *, caption: str | None = None) -> list[int]:
        """Several documents as one message: each is an update of its own, the caption is the first one's."""
        album = str(next(_ALBUMS))
        return [
            self.document(name, content, caption=caption if at == 0 else None, album=album)
            for at, (name, content) in enumerate(files)
        ]

    def edit(self, message_id: int, text: str) -> None:
        message = self.chat.messages[message_id]
        message |= {"text": text, "edit_date": int(time()), "entities": _entities(text)}
        self._hear("edited_message", message)

    def press(self, label: str, *, message: Json | None = None) -> str:
        """Press the newest button of that label, or the one on a message. Returns the query's id."""
        found = message or self._with_button(label)
        button = next(each for each in _buttons(found) if each["text"] == label)
        return self.press_data(found, button["callback_data"])

    def press_data(self, message: Json, data: str) -> str:
        query_id = self.fake.world.query_id()
        query = {
            "id": query_id,
            "from": self.user,
            "message": message,
            "chat_instance": str(hash(self.chat.id)),
            "data": data,
        }
        self.fake.happens("callback_query", query)
        return query_id

    def react(self, message_id: int, emoji: str | None, before: str | None = None) -> None:
        """Set a reaction, or with None take it away."""
        old, new = ([{"type": "emoji", "emoji": each}] if each else [] for each in (before, emoji))
        body = {"chat": self.chat.json(), "message_id": message_id, "user": self.user, "date": int(time())}
        self.fake.happens("message_reaction", {**body, "old_reaction": old, "new_reaction": new})

    def upgrade(self, *, heard: Sequence[Literal["to", "from"]] = ("to", "from")) -> Chat:
        """Turn the group into a supergroup, which has another id and counts its messages anew.

        ``heard``: which of the two service messages reach the bot, in this order.
        """
        before = self.chat
        now = Chat(-next(_GROUPS), "supergroup", dict(before.about), next_message=1, privacy=before.privacy)
        now.ranks |= before.ranks  # whoever created the one is creator of the other
        self.fake.world.add_chat(now)
        ended = self.fake.world.add_message(before, self.user, migrate_to_chat_id=now.id)
        begun = self.fake.world.add_message(now, self.user, migrate_from_chat_id=before.id)
        before.became = now.id
        for each in heard:
            self.fake.happens("message", ended if each == "to" else begun)
        return now

    def becomes(self, status: str) -> None:
        """They stand otherwise in the group, such as “creator” or “kicked”; the bot, an admin, is told."""
        before, self.chat.ranks[self.user["id"]] = self.chat.ranks.get(self.user["id"], "member"), status
        old, new = (chat_member(self.user, each) for each in (before, status))
        body = {"chat": self.chat.json(), "from": self.user, "date": int(time())}
        self.fake.happens("chat_member", {**body, "old_chat_member": old, "new_chat_member": new})

    def block(self) -> None:
        self.chat.closed = "bot was blocked by the user"
        self._membership("member", "kicked")

    def unblock(self) -> None:
        self.chat.closed = None
        self._membership("kicked", "member")

    # -- what a person sees --------------------------------------------------------------------------

    @property
    def said(self) -> list[Json]:
        """The bot's messages in this chat (and topic) as they stand now."""
        sent = self.chat.sent(self.fake.world.bot["id"])
        return [message for message in sent if message.get("message_thread_id") == self.topic]

    @property
    def text(self) -> str:
        """All of it as text: captions, file names and buttons included, then what is being written."""
        parts = [line for message in self.said for line in _shown(message)]
        return "\n".join([*parts, *self.chat.drafts.values()])

    def _with_button(self, label: str) -> Json:
        for message in reversed(self.said):
            if any(button["text"] == label for button in _buttons(message)):
                return message
        raise AssertionError(f"no button “{label}” is shown")

    # -- how it becomes known ------------------------------------------------------------------------

    def _file(self, name: str, mime_type: str, content: bytes) -> StoredFile:
        return self.fake.world.add_file(name, mime_type, content)

    def _send_file(self, parts: Json, *, caption: str | None = None, album: str = "") -> int:
        entities = _entities(caption or "") or None
        return self._send(**parts, caption=caption, caption_entities=entities, media_group_id=album or None)

    def _send(self, *, reply_to: int | None = None, quote: str | None = None, **parts: Any) -> int:
        replied: Json | None = None
        if reply_to is not None:
            original = self.chat.messages[reply_to]
            replied = {name: value for name, value in original.items() if name != "reply_to_message"}
            if quote is not None:
                said = str(original.get("text") or original.get("caption"))
                parts["quote"] = {"text": quote, "position": _units(said[: said.index(quote)]), "is_manual": True}
        message = self.fake.world.add_message(
            self.chat,
            self.user,
            **parts,
            reply_to_message=replied,
            sender_chat=self.chat.json() if self.on_behalf else None,
            message_thread_id=self.topic,
            is_topic_message=True if self.topic is not None else None,
        )
        self._hear("message", message)
        return message["message_id"]

    def _hear(self, kind: str, message: Json) -> None:
        if self.chat.closed is None and (self.chat.type == "private" or self._meant(message)):
            self.fake.happens(kind, message)

    def _meant(self, message: Json) -> bool:
        """What reaches a bot in privacy mode: https://core.telegram.org/bots/features#privacy-mode"""
        bot = self.fake.world.bot
        text = str(message.get("text") or message.get("caption") or "")
        replied: Json = message.get("reply_to_message") or {}
        command = re.match(r"/\w+(@\w+)?", text)
        addressed = command is not None and command[1] in (None, f"@{bot['username']}")
        replies = replied.get("from", {}).get("id") == bot["id"]
        return not self.chat.privacy or addressed or f"@{bot['username']}" in text or replies

    def _membership(self, before: str, now: str) -> None:
        bot = self.fake.world.bot
        old, new = (
            {"status": status, "user": bot, **({"until_date": 0} if status == "kicked" else {})}
            for status in (before, now)
        )
        self.fake.happens(
            "my_chat_member",
            {"chat": self.chat.json(), "from": self.user, "date": int(time()), "old_chat_member": old,
             "new_chat_member": new},
        )  # fmt: skip


def person(fake: FakeTelegram, name: str = "Mara", *, language: str = "en") -> Seat:
    """Somebody new, in the private chat with the bot."""
    user: Json = {"id": next(_PEOPLE), "is_bot": False, "first_name": name, "username": name.lower(),
                  "language_code": language}  # fmt: skip
    about = {"first_name": name, "username": name.lower()}
    fake.world.users[user["id"]] = user
    return Seat(fake, user, fake.world.add_chat(Chat(user["id"], "private", about, next_message=41)))


def group(
    fake: FakeTelegram,
    title: str = "Team",
    *,
    topics: Sequence[str] = (),
    privacy: bool = True,
    kind: Literal["group", "supergroup"] = "supergroup",
) -> Chat:
    """A group the bot is a member of; with ``topics`` a forum. Its topics' ids are the keys of ``topics``."""
    about: Json = {"title": title} | ({"is_forum": True} if topics else {})
    chat = Chat(-next(_GROUPS), kind, about, next_message=7, privacy=privacy)
    chat.topics.update(enumerate(topics, start=2))
    return fake.world.add_chat(chat)


def _media(file: StoredFile) -> Json:
    shown = document(file)
    shown.pop("file_name")
    return shown


def _buttons(message: Json) -> list[Json]:
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _shown(message: Json) -> list[str]:
    lines = [str(message[name]) for name in ("text", "caption") if name in message]
    lines += [entity["url"] for entity in message.get("entities", []) if "url" in entity]
    if "document" in message:
        lines.append(message["document"]["file_name"])
    return lines + [f"[{button['text']}]" for button in _buttons(message)]


def _units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def sendable(text: str) -> list[str]:
    """The text in parts that can be sent; one that is whole stays as it is.

    As Telegram Desktop does: two spaces for a tab, and a cut at the last end of a line in the second half of what fits,
    which is left out (``TextUtilities::CutPart``).
    """
    left, parts = text.replace("\t", "  ").replace("\r", "").encode("utf-16-le"), list[str]()
    while len(left) > 2 * TEXT:
        fits = left[: 2 * TEXT + 2].decode("utf-16-le", "ignore")
        at = len(fits[: fits.rfind("\n")].encode("utf-16-le")) if "\n" in fits else 0
        if at <= TEXT:
            at = len(left[: 2 * TEXT].decode("utf-16-le", "ignore").encode("utf-16-le"))
        parts.append(left[:at].decode("utf-16-le"))
        left = left[at:].decode("utf-16-le").lstrip("\n").encode("utf-16-le")
    return [*parts, left.decode("utf-16-le")]


def _linked(text: str, links: Json) -> list[Json]:
    return [
        {"type": "text_link", "offset": _units(text[: text.index(words)]), "length": _units(words), "url": url}
        for words, url in links.items()
    ]


def _origin(message: Json, *, hidden: bool) -> Json:
    """Whose it was first: https://core.telegram.org/bots/api#messageorigin"""
    if "forward_origin" in message:
        return message["forward_origin"]
    common = {"date": message["date"]}
    if message["chat"]["type"] == "channel":
        return {**common, "type": "channel", "chat": message["chat"], "message_id": message["message_id"]}
    if "sender_chat" in message:
        return {**common, "type": "chat", "sender_chat": message["sender_chat"]}
    if hidden:
        return {**common, "type": "hidden_user", "sender_user_name": message["from"]["first_name"]}
    return {**common, "type": "user", "sender_user": message["from"]}


def _entities(text: str) -> list[Json]:
    """What the apps mark in a text by themselves: commands and mentions."""
    kinds = (("bot_command", r"(?<!\S)/\w+(?:@\w+)?"), ("mention", r"(?<!\w)@\w{5,}"))
    found = [(match.start(), len(match[0]), kind) for kind, pattern in kinds for match in re.finditer(pattern, text)]
    return [
        {"type": kind, "offset": len(text[:start].encode("utf-16-le")) // 2, "length": length}
        for start, length, kind in sorted(found)
    ]
