"""Everything a stage of the flow may use besides its arguments. Put together once a process, at its edge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from domain.conversations.ports import ChatGateway
from domain.conversations.said import Said
from domain.conversations.schemas import Heard
from domain.core.clock import Clock
from domain.core.crypto.keyring import Keyring
from domain.core.db import Database, Session
from domain.core.settings import Settings
from domain.core.storage import Storage
from domain.emails.mailer import Mailer, Unsent
from domain.health import Check
from domain.llm.model import Model
from domain.tools.registry import Compute, Registry


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command: what to say in its thread, and the task it began, if it did."""

    said: Sequence[Said] = ()
    task_id: UUID | None = None
    private: bool = False
    """It is said where only the person who asked reads it."""


class Commands(Protocol):
    """The commands people can type; declared at the chat edge, run inside the flow."""

    def matches(self, text: str) -> bool:
        """Whether the text is written as a command (known or not)."""
        ...

    async def run(self, session: Session, heard: Heard) -> Ran:
        """Carry the command out in the caller's transaction. Raises LegworkError, whose sentence is said instead."""
        ...

    async def press(self, session: Session, heard: Heard) -> Ran:
        """The same for a button that runs a command (paging, opening a row)."""
        ...


@dataclass(frozen=True, slots=True)
class WideTable:
    """A table that has no room on a screen. ``place`` are its lines in the text; ``right`` columns hold numbers."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    place: tuple[int, int]


class Screens(Protocol):
    """What has room on the screens of a platform; known at the chat edge."""

    def too_wide(self, said: Said, platform: str) -> Sequence[WideTable]:
        """The tables of a text that would be broken in the middle of their lines."""
        ...

    def without(self, said: Said, tables: Sequence[tuple[WideTable, str]]) -> Said:
        """The same with a line of Markdown in the place of each table."""
        ...


@dataclass(frozen=True, slots=True)
class Legwork:
    settings: Settings
    database: Database
    keyring: Keyring
    storage: Storage
    model: Model
    tools: Registry
    gateways: Mapping[str, ChatGateway]
    commands: Commands
    clock: Clock
    compute: Compute
    screens: Screens
    mailer: Mailer = field(default_factory=Unsent)
    probes: Callable[[], Sequence[Check]] = tuple
    """What is looked at each minute; in processes that do."""
