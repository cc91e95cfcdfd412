"""What the double remembers: workspaces, channels, messages, files, views."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["public", "private", "dm", "mpim"]

SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users:read",
    }
)


@dataclass(slots=True)
class User:
    """A member of a workspace; bots are members too."""

    id: str
    name: str
    timezone: str = "Europe/Berlin"
    is_bot: bool = False
    rank: Literal["owner", "admin", "member", "guest"] = "member"
    deleted: bool = False
    """Deactivated."""
    team: str | None = None
    """The workspace they are at home in, where that is another one that shares a channel."""
    home: "View | None" = None
    modals: list["View"] = field(default_factory=list["View"])


@dataclass(slots=True)
class Upload:
    """A file. ``shares`` are (channel, ts) pairs; ``data`` is None until it was uploaded."""

    id: str
    name: str
    title: str
    mime_type: str
    user: str
    size: int
    created: int
    data: bytes | None = None
    token: str = ""
    """The secret part of its upload address."""
    shares: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(slots=True)
class Stream:
    """A message that is being written. ``mode`` is settled by the first text."""

    started: float
    mode: Literal["text", "chunks"] | None
    display: str
    open: bool = True
    stopped_by_user: bool = False
    text: str = ""
    plan_title: str = ""
    tasks: dict[str, Json] = field(default_factory=dict[str, Json])
    blocks: list[Json] = field(default_factory=list[Json])


@dataclass(slots=True)
class Message:
    """A message; texts are as they were sent, so escaped."""

    ts: str
    channel: str
    user: str
    text: str = ""
    subtype: str | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    blocks: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    files: list[Upload] = field(default_factory=list[Upload])
    metadata: Json | None = None
    edited: str | None = None
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    to: str | None = None
    """The only person who sees it: an ephemeral message."""
    stream: Stream | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_streaming(self) -> bool:
        return self.stream is not None and self.stream.open


@dataclass(slots=True)
class Channel:
    """A conversation of any kind; ``members`` are user ids."""

    id: str
    name: str
    kind: Kind
    members: set[str]
    messages: list[Message] = field(default_factory=list[Message])
    archived: bool = False

    @property
    def type(self) -> str:
        """As events call it."""
        return {"public": "channel", "private": "group", "dm": "im", "mpim": "mpim"}[self.kind]

    def find(self, ts: str) -> Message | None:
        return next((message for message in self.messages if message.ts == ts and not message.deleted), None)

    def thread(self, ts: str) -> list[Message]:
        """The message and its replies, oldest first."""
        return [m for m in self.messages if not m.deleted and m.to is None and ts in (m.ts, m.thread_ts)]


@dataclass(slots=True)
class View:
    """A modal or an App Home. ``state`` is what its fields hold."""

    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    external_id: str = ""
    state: Json = field(default_factory=dict[str, Any])
    errors: dict[str, str] = field(default_factory=dict[str, str])
    """What the bot found wrong with the last submission, by block_id."""

    @property
    def blocks(self) -> list[Json]:
        return self.body["blocks"]

    @property
    def callback_id(self) -> str:
        return self.body.get("callback_id", "")


@dataclass(slots=True)
class Session:
    """An agent's session in a thread."""

    status: str
    title: str = ""


@dataclass(slots=True)
class Issued:
    """A token that was exchanged for a code or a refresh token. ``expires`` None: never."""

    expires: float | None
    refresh: str | None
    refreshed: bool = False
    """Its refresh token was used, and is good for nothing more."""
    error: str | None = None


@dataclass(slots=True)
class Workspace:
    """A workspace the app is installed in; ``bot_token`` empty: by OAuth, or not yet."""

    id: str
    name: str
    domain: str
    bot_token: str
    bot_user: str
    bot_id: str
    scopes: set[str]
    users: dict[str, User] = field(default_factory=dict[str, User])
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    files: dict[str, Upload] = field(default_factory=dict[str, Upload])
    views: dict[str, View] = field(default_factory=dict[str, View])
    statuses: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict[tuple[str, str], Session])
    titles: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    prompts: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    issued: dict[str, Issued] = field(default_factory=dict[str, Issued])
    token_error: str | None = None
    """What the token is answered with once it is no longer good: token_revoked, account_inactive."""

    def dm(self, user: str) -> Channel | None:
        """The direct messages between the bot and a person."""
        both = {user, self.bot_user}
        return next((c for c in self.channels.values() if c.kind == "dm" and c.members == both), None)
