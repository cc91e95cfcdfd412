"""The one interface every chat platform is behind, in both directions."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self, runtime_checkable
from uuid import UUID

from domain.conversations.quoted import Quoted
from domain.conversations.said import Button, Said
from domain.core.errors import LegworkError

NAMELESS = "nameless:"
"""What the id of a person begins with whom the platform does not name, such as an admin who writes for the group."""


Stands = Literal["owner", "admin", "member", "guest", "stranger", "gone", "unknown"]
"""How somebody stands in a workspace or group, by the platform's word; a stranger is at home elsewhere, and who is gone
nowhere: their account was closed. ``unknown``: it did not answer just now, which lets nobody do more than look, and
changes nothing for who is known."""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file a person sent; ``size`` is what the platform says, in bytes. ``name`` is empty where it says that later.

    Either ``open`` streams its content while the event is taken in, or ``ref`` is what the platform's gateway
    fetches it by later (see ``ChatGateway.open_file``), so that the event can be acknowledged at once.
    """

    name: str
    mime_type: str
    size: int | None
    open: Callable[[], AsyncIterator[bytes]] | None = None
    ref: str | None = None
    of_others: bool = False
    """It came with what the message refers to. Where it cannot be fetched the message is understood without it."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button was pressed: what the button carried."""

    action: str
    value: str = ""
    answers: str | None = None
    """The platform's handle of this press, where it lets one be answered to whoever pressed."""
    org_id: UUID | None = None
    """The organization that the button was shown for. None: that of the chat."""

    @classmethod
    def of(cls, button: Button) -> Self:
        """What a button carries."""
        return cls(button.action, button.value, org_id=button.org_id)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """What ``as_json`` has made of one."""
        org_id = kept.get("org_id")
        return cls(kept["action"], kept["value"], kept.get("answers"), UUID(org_id) if org_id is not None else None)

    def as_json(self) -> dict[str, str]:
        """To be stored."""
        found = {"action": self.action, "value": self.value, "answers": self.answers}
        org_id = str(self.org_id) if self.org_id is not None else None
        return {name: value for name, value in (found | {"org_id": org_id}).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event of a chat, in no platform's words.

    Either ``text`` (with files, and what it refers to) or ``press`` is given, or ``change``: the message
    ``message_id`` was edited (its new text is ``text``) or deleted.
    """

    platform: str
    workspace: str
    chat: str
    person: str
    event_key: str
    """Unique for the event within (platform, workspace), the same when the platform delivers it again."""
    message_id: str | None = None
    """Unique within the chat; one message that arrives as two events is still one message."""
    thread: str | None = None
    """The platform's own thread. None: the chat's current thread."""
    new_thread: bool = False
    """Begin a new current thread with this message."""
    private: bool = True
    """Only this person and Legwork read the chat."""
    organization: str | None = None
    """Names the organization the chat belongs to, such as a Slack workspace's. None: the person's own."""
    organization_name: str | None = None
    """What that is called, where the platform says so."""
    standing: Stands | None = None
    """How the person stands there. None: the platform does not say such things."""
    vouched: bool = False
    """Whoever runs the installation has connected its workspace themselves."""
    held: bool = False
    """Only the process that heard this can answer it (see Capabilities.held)."""
    person_name: str | None = None
    timezone: str | None = None
    afresh: Callable[["Incoming"], Awaitable["Incoming"]] | None = field(default=None, compare=False, repr=False)
    """What it says of the person was read a while ago: the event with what the platform says now. None: it is that."""
    text: str = ""
    """The person's own words, and nobody else's."""
    files: tuple[IncomingFile, ...] = ()
    quoted: tuple[Quoted, ...] = ()
    """What the message refers to."""
    in_thread: bool = False
    """It stands in a thread that others may have begun: what was said there before can be read (see ``earlier``)."""
    comment: str | None = None
    """The message (its id) sent a moment before that says what is wanted with what this one passes on."""
    answers: str | None = None
    """The message of Legwork's (its id) that this one answers, where the platform says so."""
    untaken: str = ""
    """One sentence for the person, where the message holds what Legwork cannot take: what, and what to do instead."""
    press: Press | None = None
    change: Literal["edited", "deleted"] | None = None
    most: int | None = None
    """Characters that a message of the platform holds: one stored with more came as several. None: any number."""
    new_if_unknown: bool = False
    """The edit made the message one for Legwork: where it was not heard before, it counts as sent only now."""

    @property
    def address(self) -> "Address":
        """Where it was said, and by whom."""
        return Address(self.platform, self.workspace, self.chat, self.thread, self.person)


@dataclass(frozen=True, slots=True)
class About:
    """What a platform says of somebody without a message of theirs: how they stand in a workspace, whose organization
    is named as ``Incoming.organization`` names it, and what they are called. None: it says nothing of it."""

    platform: str
    workspace: str
    person: str
    organization: str
    standing: Stands
    name: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is said. ``person`` is who says it; or whom it answers, where a platform has to be told.

    ``answers`` is the platform's id of the message it answers; ``crossed``: since then the person has written more in
    the thread, so that it is not plain which message that is.
    """

    platform: str
    workspace: str
    chat: str
    thread: str | None = None
    person: str | None = None
    answers: str | None = None
    crossed: bool = False

    @property
    def account(self) -> str:
        """The bot or workspace, whose chats share the platform's limits."""
        return f"{self.platform}:{self.workspace}"

    @property
    def named(self) -> dict[str, str | None]:
        """Its place and person by their names, as statements have them."""
        return {
            "platform": self.platform,
            "workspace": self.workspace,
            "chat": self.chat,
            "thread": self.thread,
            "person": self.person,
        }


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can show. Where it lacks something, its renderer uses the plain form."""

    edits: bool
    previews: bool
    buttons: bool
    files: bool
    tables: bool
    charts: bool
    text_limit: int
    """Characters one message may hold; longer texts are split by the renderer."""
    finds: bool = False
    """Whether ``find`` can tell what became of a post whose answer was lost."""
    held: bool = False
    """Only the process that holds the connection (a terminal) can deliver; workers leave the rows to it."""
    edit_interval: float = 1.0
    """Seconds between two edits of one message that the platform likes to see."""


@dataclass(frozen=True, slots=True)
class Posted:
    """``message_id`` is the platform's, for later edits; None where it gives none."""

    message_id: str | None


Found = Posted | Literal["absent", "unknown"]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was said before, oldest first, and the files that came with it."""

    quoted: tuple[Quoted, ...] = ()
    files: tuple[IncomingFile, ...] = ()


class Moved(LegworkError):
    """The chat goes on under another id, and nothing was said: everything of it goes there."""

    def __init__(self, chat: str) -> None:
        super().__init__("The chat goes on under another id.", code="moved")
        self.chat = chat


@runtime_checkable
class Tended(Protocol):
    """A gateway with something to be done beside what is said, such as a token that expires."""

    async def tend(self) -> None:
        """Do it, where it is due. It may be called at any time, by one process at once."""
        ...


class ChatGateway(Protocol):
    """Says things on one platform.

    Errors of post and edit: Unavailable (not accepted; again after ``after``), Invalid (the platform
    rejects the form: say it plainer), NotFound (the message to edit is gone), Refused (this chat may not
    be written to any more), Moved (the chat has another id now), Ambiguous (sent, and the answer was lost).
    """

    platform: str
    capabilities: Capabilities

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False, over: str | None = None) -> Posted:
        """Say something new. ``key`` is the row's dedupe key; ``plain`` asks for the simplest form. ``over`` is a
        message of ours it takes the place of, whatever its length; raises NotFound where that is gone.
        """
        ...

    async def edit(self, to: Address, message_id: str, said: Said, *, key: str, plain: bool = False) -> None:
        """Replace what was said."""
        ...

    async def find(self, to: Address, key: str) -> Found:
        """What became of a post with this key."""
        ...

    async def preview(self, to: Address, key: str, text: str) -> None:
        """Show the text so far of an answer being written. Never raises: what counts is the row.

        The post whose key is this one, or begins with it and a colon, takes the preview's place.
        """
        ...

    def open_file(self, ref: str) -> AsyncIterator[bytes]:
        """Stream a file a person sent, by its ``IncomingFile.ref``. Raises NotFound, Unavailable."""
        ...

    async def about_file(self, ref: str) -> IncomingFile | None:
        """Name, type and size of a file that came without them; None where the platform says no more.

        Raises NotFound, Unavailable, Refused.
        """
        ...

    async def earlier(self, to: Address, message_id: str) -> "Earlier":
        """What was said in a thread before a message, as far as the platform lets it be read.

        Raises Unavailable, Refused where it cannot be read.
        """
        ...

    async def close(self) -> None: ...
