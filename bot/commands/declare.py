"""How a command is declared: a noun with its verbs, each with an example, and what running it is handed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.conversations.said import Said
from domain.conversations.schemas import Heard, Person
from domain.core.db import Session
from domain.core.errors import Invalid
from domain.core.settings import Settings
from domain.orgs.access import Permission, Principal
from domain.orgs.operators import is_named
from domain.tools.registry import Registry

_THREADED = frozenset({"slack"})


@dataclass(slots=True)
class Noted:
    """What the audit trail says of a command, as far as only the command knows it."""

    nothing: bool = False
    """It came to nothing: there is no act to write down."""
    resource: tuple[str, object] | None = None
    details: dict[str, object] = field(default_factory=dict[str, object])


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
    noted: Noted = field(default_factory=Noted)
    appointed: bool = False
    """Whoever asks was made a platform admin by a link; only looked at for what is for those alone."""

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

    @property
    def principal(self) -> Principal:
        """Who asks, and whether they run the installation."""
        at = self.heard.address
        operator = self.appointed or is_named(self.settings, at.platform, at.workspace, at.person)
        return replace(self.heard.principal, operator=operator)

    def about(self, kind: str, resource_id: object, **details: object) -> None:
        """What the command is done to, and what else the audit trail says of it: no secret, no content."""
        self.noted.resource = (kind, resource_id)
        self.noted.details |= details

    def changed_nothing(self) -> None:
        """It was so already, or was only asked: no act is written down."""
        self.noted.nothing = True


Run = Callable[[Call], Awaitable[Sequence[Said] | UUID]]
"""Carries a verb out: what to say, or the task it began."""


Confirms = Callable[[Call], Awaitable[str | None]]
"""Says in a sentence what will be destroyed, or done for good; None: as written it only reads. Raises LegworkError
where it cannot be."""


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    """One word, or two: “jobs list”."""
    summary: str
    example: str
    run: Run
    permission: Permission = Permission.SEE
    """What it needs."""
    personal: bool = False
    """It is about one person: nothing for who writes without a name."""
    private: bool = False
    """What it answers is read by this person alone, wherever they asked."""
    confirms: Confirms | None = None
    """It destroys something: the person sees what, and says yes to it first."""
    opens: bool = False
    """It may be what lets somebody in: also for who is no member."""
    yes: str = ""
    """What the button for that says; otherwise the verb's first word."""
    no: str = "Keep it"
    """What the button against it says."""
    lines: bool = False
    """It is given a text of several lines."""
    audited: bool | None = None
    """Whether the table writes down that it was done; None: where it needs more than ``SEE``. False: it only reads, or
    what it calls writes the row."""

    @property
    def is_audited(self) -> bool:
        return self.permission is not Permission.SEE if self.audited is None else self.audited


@dataclass(frozen=True, slots=True)
class Noun:
    """The first verb is what the bare noun does."""

    name: str
    summary: str
    verbs: Sequence[Verb]
    also: tuple[str, ...] = field(default=())
    """Other spellings."""

    def verb(self, words: Sequence[str]) -> tuple[Verb, Sequence[str]] | None:
        """The verb that the words begin with, and the words behind it. Of verbs that have their first word in common,
        that word alone is the first."""
        written = [word.lower() for word in words[:2]]
        for count in (2, 1):
            name = " ".join(written[:count])
            found = next((verb for verb in self.verbs if verb.name == name), None)
            if found is not None and len(written) >= count:
                return found, words[count:]
        group = [verb for verb in self.verbs if written and verb.name.startswith(f"{written[0]} ")]
        return (group[0], ()) if group and len(words) == 1 else None

    def action(self, verb: Verb) -> str:
        """The verb as the audit trail has it."""
        return f"{self.name}.{verb.name.replace(' ', '_')}"
