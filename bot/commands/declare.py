"""How a command is declared: a noun with its verbs, each with an example, and what running it is handed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.conversations.said import Said
from domain.conversations.schemas import Heard, Person
from domain.core.db import Session
from domain.core.errors import Invalid
from domain.core.settings import Settings
from domain.tools.registry import Registry

_THREADED = frozenset({"slack"})


@dataclass(frozen=True, slots=True)
class Call:
    """One command as written: the words after noun and verb, and where and by whom."""

    session: Session
    heard: Heard
    settings: Settings
    tools: Registry
    """What this process can run."""
    nouns: "Sequence[Noun]"
    words: tuple[str, ...] = ()

    @property
    def person(self) -> Person:
        return self.heard.person

    @property
    def each_message_begins_one(self) -> bool:
        """Whether the platform has threads that people reply in, so that no thread is anybody's current one."""
        return self.heard.address.platform in _THREADED

    @property
    def here(self) -> str:
        """What is set for this thread holds for: where people reply in threads, a slash command stands in none."""
        outside = self.each_message_begins_one and self.heard.address.thread is None
        return "What begins with a command outside of a thread" if outside else "This thread"

    def word(self, place: int, what: str) -> str:
        """The word at a place. Raises Invalid, saying what is missing."""
        if place >= len(self.words):
            raise Invalid(f"Say {what} too.", remedy="“/help” shows examples.")
        return self.words[place]

    def rest(self, place: int = 0) -> str:
        """Everything from a place on, as one text."""
        return " ".join(self.words[place:])


Run = Callable[[Call], Awaitable[Sequence[Said] | UUID]]
"""Carries a verb out: what to say, or the task it began."""


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    summary: str
    example: str
    run: Run
    role: str = "viewer"
    """The least role that may: viewer, member, admin, owner."""
    personal: bool = False
    """It is about one person: nothing for who writes without a name."""


@dataclass(frozen=True, slots=True)
class Noun:
    """The first verb is what the bare noun does."""

    name: str
    summary: str
    verbs: Sequence[Verb]
    also: tuple[str, ...] = field(default=())
    """Other spellings."""

    def verb(self, name: str) -> Verb | None:
        return next((verb for verb in self.verbs if verb.name == name), None)
