"""One advance of one task: what every stage of it is handed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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

    @property
    def task(self) -> Task:
        return self.run.task

    async def look_at_kit(self, session: Session) -> None:
        """What it may use, as it is now."""
        self.kit = await kit_of(session, self.task.org_id, self.person.role)

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
