from dataclasses import asdict, dataclass
from datetime import timedelta, tzinfo
from typing import Any
from uuid import UUID

from domain.audit import Actor
from domain.conversations.ports import Address, Press
from domain.conversations.quoted import Quoted
from domain.core.clock import zone_of
from domain.orgs.access import Principal, Role


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message. ``size`` is in bytes, ``sha256`` in hexadecimal.

    Until it has been fetched (``key`` is None) the platform holds it, under ``ref``.
    """

    name: str
    mime_type: str
    size: int | None
    key: str | None = None
    sha256: str | None = None
    ref: str | None = None
    of_others: bool = False
    """It came with what the message refers to (see ``IncomingFile``)."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is speaking, in which organization, and what they may do there."""

    user_id: UUID
    org_id: UUID
    role: str | None
    """In that organization; None: they are no member, or no active one, and may nothing there."""
    name: str | None
    timezone_name: str
    nameless: bool = False
    """The platform does not say who it is (see ``NAMELESS``): several may be one."""
    account_id: UUID | None = None
    """The account they speak by."""
    others: frozenset[UUID] = frozenset()
    """Who they were by accounts that have been linked to this one since."""

    @property
    def user_ids(self) -> frozenset[UUID]:
        """All that they are known as."""
        return self.others | {self.user_id}

    @property
    def timezone(self) -> tzinfo:
        return zone_of(self.timezone_name)


@dataclass(frozen=True, slots=True)
class Thread:
    id: UUID
    chat_id: UUID
    name: str | None
    instructions: str | None
    model: str | None
    held: bool
    """Its chat is delivered by the process of its terminal."""
    account: str
    """Of the bot or workspace: those of one account share the platform's limits."""
    org_id: UUID
    private: bool = True
    """Nobody but its person reads the chat."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stored message with everything needed to understand it."""

    message_id: UUID
    text: str
    """The person's own words."""
    attachments: tuple[Attachment, ...]
    quoted: tuple[Quoted, ...]
    """What the message refers to."""
    press: Press | None
    handled: bool
    person: Person
    thread: Thread
    address: Address
    may_wait: bool = False
    """New work may have to wait: there is maintenance, or was just now."""
    in_shell: bool = False
    """It was typed in a shell of the installation, by whoever runs it."""

    @property
    def actor(self) -> Actor:
        """Who the audit trail says did what comes of it."""
        return Actor("operator" if self.in_shell else "person", self.person.user_id)

    @property
    def principal(self) -> Principal:
        """Who asks, as far as it decides what they may. What is the operator's, ``CommandTable`` knows."""
        person = self.person
        role = Role(person.role) if person.role is not None else None
        return Principal(person.user_ids, person.org_id, role, private=self.thread.private)

    @property
    def own_files(self) -> tuple[Attachment, ...]:
        """Those that came with the person's own words."""
        return tuple(file for file in self.attachments if not file.of_others)

    @property
    def wordless(self) -> bool:
        """The person said nothing themselves: all there is are words, or files, of others."""
        return bool(self.quoted) and not self.text.strip() and not self.own_files


@dataclass(frozen=True, slots=True)
class Outbound:
    """One row of the outbox."""

    id: UUID
    seq: int
    task_id: UUID | None
    reply_to: UUID | None
    kind: str
    body: dict[str, Any]
    dedupe_key: str
    target_key: str | None
    status: str
    plain: bool
    attempts: int
    wait: timedelta | None
    """How long the platform still wants to be left alone."""
    thread_id: UUID
    outcome: bool
    """It is what came of its task: an answer, a question back, what went wrong, or a file that belongs to it."""
    behind: timedelta | None
    """How long it may still wait for the outcome of what its person asked in the thread before."""
    to: Address
    """Its chat and thread, and whose thread that is."""

    @property
    def is_over(self) -> bool:
        """It takes the place of what was said under ``target_key``."""
        return self.kind == "post" and self.target_key is not None
