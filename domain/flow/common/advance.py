"""One advance of one task: what every stage of it is handed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.conversations import quoted as quotations
from domain.conversations.ports import Address
from domain.conversations.schemas import Person, Thread
from domain.core.db import Session
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.tasks.schemas import Run, Task
from domain.tools.kit import Kit, kit_of


@dataclass(slots=True)
class Advance:
    legwork: Legwork
    held: Held
    run: Run
    thread: Thread
    person: Person
    address: Address
    kit: Kit
    """What it may use, as it was looked at last."""
    behind: bool = False
    """When it began, what was asked in the thread before was still being worked on."""
    hearing: dict[UUID, str] = field(default_factory=dict[UUID, str])
    """Notes that thoughts under way have heard, by their ids: which thought each of them."""
    heard: set[UUID] = field(default_factory=set[UUID])
    """Those that were heard and stored so since it began."""
    yields: bool = False
    """It has had its turn: others wait for the slot."""

    @property
    def task(self) -> Task:
        return self.run.task

    def hear(self, note: UUID, step_id: str) -> bool:
        """Whether a thought is the first here that hears the note."""
        return note not in self.heard and self.hearing.setdefault(note, step_id) == step_id

    def unhear(self, step_id: str, *, heard: bool) -> None:
        """The thought is over: what it ``heard`` is stored with it, or is for another."""
        notes = {note for note, by in self.hearing.items() if by == step_id}
        for note in notes:
            del self.hearing[note]
        if heard:
            self.heard |= notes

    async def look_at_kit(self, session: Session, *, held: bool = False) -> None:
        """What it may use, and the role of its person, as they are now; ``held``: until the transaction ends."""
        self.kit = await kit_of(session, self.task.org_id, self.task.user_id, held=held)

    @property
    def given(self) -> Mapping[str, Any]:
        """What every reference of a plan may begin from, besides its nodes."""
        return {
            "input": {"message": self.task.description, "quoted": quotations.text_of(self.task.quoted)},
            "context": {
                "person": self.person.name,
                "timezone": self.person.timezone_name,
                "now": self.legwork.clock.now().astimezone(self.person.timezone).isoformat(timespec="seconds"),
            },
        }
