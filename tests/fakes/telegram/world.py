"""What Telegram knows: users, chats with their messages, files, and updates that wait to be fetched."""

import hashlib
import struct
from dataclasses import dataclass, field
from itertools import count
from time import time
from typing import Any

from tests.fakes.telegram.faults import Refusal, bad

Json = dict[str, Any]

DEFAULT_UPDATES = frozenset(
    {"message", "edited_message", "channel_post", "callback_query", "my_chat_member", "inline_query", "poll"}
)
"""What a bot is sent unless it asks for more (chat_member and reactions are never among them)."""


@dataclass
class Chat:
    id: int
    type: str
    about: Json
    next_message: int
    messages: dict[int, Json] = field(default_factory=dict[int, Json])
    topics: dict[int, str] = field(default_factory=dict[int, str])
    drafts: dict[int, str] = field(default_factory=dict[int, str])
    privacy: bool = True
    """The bot sees only commands, mentions and replies."""
    closed: str | None = None
    """Why the bot may not write here any more."""
    actions: list[str] = field(default_factory=list[str])
    closed_topics: set[int] = field(default_factory=set[int])
    ranks: dict[int, str] = field(default_factory=dict[int, str])
    """How people stand in it, as ChatMember calls it; whoever is not named is a member."""
    became: int | None = None
    """The supergroup this group was turned into."""

    def json(self) -> Json:
        return {"id": self.id, "type": self.type, **self.about}

    def sent(self, bot_id: int) -> list[Json]:
        """What the bot said, as it stands now, in order."""
        return [message for _, message in sorted(self.messages.items()) if message["from"]["id"] == bot_id]


@dataclass(frozen=True, slots=True)
class StoredFile:
    file_id: str
    name: str
    mime_type: str
    content: bytes
    path: str


class World:
    def __init__(self, token: str, username: str) -> None:
        self.token = token
        self.bot: Json = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Legwork",
                          "username": username}  # fmt: skip
        self.abilities: Json = {}
        """What getMe says otherwise than of a new bot, such as ``can_read_all_group_messages``."""
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, Json] = {}
        """Everybody who ever did something, by id."""
        self.files: dict[str, StoredFile] = {}
        self.commands: dict[str, list[Json]] = {}
        self.callbacks: dict[str, str | None] = {}
        """Presses, by id: what the bot answered, None while it has not."""
        self.queue: list[Json] = []
        self.delivered: list[Json] = []
        """Every update that was ever made, whether it was asked for or not."""
        self.wanted: frozenset[str] = DEFAULT_UPDATES
        self._updates = count(831_204_117)
        self._queries = count(4_382_914_760_113)

    def chat(self, chat_id: int | str) -> Chat:
        """Raises Refusal where there is none, or the bot may not write to it."""
        known = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if known is None:
            raise bad("chat not found")
        if known.became is not None:
            raise Refusal(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=known.became
            )
        return known

    def add_chat(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def add_message(self, chat: Chat, sender: Json, **content: Any) -> Json:
        """Store a message as the API shows it; absent values are left out."""
        self.users[sender["id"]] = sender
        message: Json = {"message_id": chat.next_message, "from": sender, "chat": chat.json(), "date": int(time())}
        message |= {name: value for name, value in content.items() if value is not None}
        chat.next_message += 1
        chat.messages[message["message_id"]] = message
        return message

    def happens(self, kind: str, body: Json) -> int:
        """An update comes into being. Returns its id; it waits only where the bot asked for its kind."""
        number = next(self._updates)
        update: Json = {"update_id": number, kind: body}
        self.delivered.append(update)
        if kind in self.wanted:
            self.queue.append(update)
        return number

    def query_id(self) -> str:
        number = str(next(self._queries))
        self.callbacks[number] = None
        return number

    def add_file(self, name: str, mime_type: str, content: bytes, folder: str = "documents") -> StoredFile:
        number = len(self.files)
        file_id = f"BQACAgIAAxkBAAI{number:05d}{hashlib.sha256(content).hexdigest()[:20]}"
        suffix = f".{name.rpartition('.')[2]}" if "." in name else ""
        stored = StoredFile(file_id, name, mime_type, content, f"{folder}/file_{number}{suffix}")
        self.files[file_id] = stored
        return stored

    def sizes(self, file: StoredFile) -> list[Json]:
        """A picture's sizes, each a file of its own to fetch."""
        found = photo(file)
        self.files |= {size["file_id"]: file for size in found}
        return found


def unique(file: StoredFile) -> str:
    return f"AgAD{hashlib.sha256(file.content).hexdigest()[:12]}"


def document(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": unique(file),
        "file_name": file.name,
        "mime_type": file.mime_type,
        "file_size": len(file.content),
    }


def photo(file: StoredFile) -> list[Json]:
    """Its sizes, the smallest first."""
    width, height = dimensions(file.content) or (800, 600)
    sizes = [(max(1, width // 4), max(1, height // 4), "s"), (width, height, "")]
    return [
        {
            "file_id": file.file_id + mark,
            "file_unique_id": unique(file) + mark,
            "width": across,
            "height": down,
            "file_size": len(file.content) if not mark else len(file.content) // 8 + 1,
        }
        for across, down, mark in sizes
    ]


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG; None for anything else."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height
