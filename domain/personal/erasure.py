"""Erases what is one person's, table by table, as each has declared.

Every batch is a transaction of its own, fenced by the job, and finds what is left by looking: whoever takes over after
a death begins at the first table again and has nothing to do there. Rows that lead to others go after those. Files go
before the rows that name them, so that none is left that nobody knows of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping

from domain.connectors import repository as connectors
from domain.core.crypto import repository as keys
from domain.core.db import Fate
from domain.core.db.tables import Declared, Personal
from domain.core.failpoints import reach
from domain.core.queue import Held, Snooze
from domain.core.storage import Storage
from domain.personal import repository
from domain.personal.fenced import fenced, reading
from domain.personal.inventory import PEOPLE, personal_tables
from domain.personal.rows import Rows, files_in
from domain.personal.scope import Scope
from domain.tasks import control
from domain.tasks import repository as tasks

MANY = 100
"""Tasks that are stopped in one transaction."""
SOON = timedelta(seconds=1)
"""When it is looked again whether what was stopped has come to its boundary."""
PASSES = 3
"""How often everything is looked through: what was under way at the first may have left something."""


@dataclass(frozen=True, slots=True)
class Eraser:
    """Carries one erasure out on behalf of a job."""

    held: Held
    storage: Storage
    erasure_id: UUID
    scope: Scope

    async def stop(self) -> None:
        """What runs for this person comes to an end first. Raises Snooze while it has not."""
        while True:
            async with fenced(self.held) as session:
                found = await repository.open_tasks(session, self.scope.people, self.scope.chats, MANY)
                for task in found:
                    await control.cancel(session, task["id"])
                    tasks.add_log(session, task["id"], "INFO", "Stopped: its person's data is being deleted.")
                    session.signal(f"legwork:task:{task['id']}")
            if not found:
                break
        reach("erase.stopping")
        async with fenced(self.held) as session:
            runs = await repository.stop_jobs(session, self.scope.people)
            if not runs:
                await repository.leave_unsaid(session, self.scope.people)
        if runs:
            raise Snooze(SOON)
        reach("erase.stopped")

    async def erase(self) -> None:
        """All of it. Raises Unavailable where a file could not be removed."""
        for _ in range(PASSES):
            if not sum([await self._table(Rows(one.table, one.told, self.scope)) for one in in_order()]):
                break
        async with fenced(self.held) as session:  # of an organization the row stays, and so would what leads to it
            await connectors.erase_of(session, self.scope.orgs)
            await keys.erase_of(session, self.scope.orgs)

    async def _table(self, rows: Rows) -> int:
        erased = 0
        async for goes, batch in rows.condemned(lambda: reading(self.held)):
            await self._remove_files(rows.told, batch)
            async with fenced(self.held) as session:
                await rows.erase(session, [row["id"] for row in batch], goes=goes)
                await repository.count_erased(session, self.erasure_id, rows.table.name, len(batch))
                reach("erase.erasing")
            reach("erase.erased")
            erased += len(batch)
        return erased

    async def _remove_files(self, told: Personal, batch: Sequence[RowMapping]) -> None:
        if told.files is None:
            return
        for row in batch:
            for key in files_in(told.files, row):
                await self.storage.remove(key)
                reach("erase.removed")


def in_order() -> Sequence[Declared]:
    """The tables in the order in which they are erased: first what lets the person in (names on platforms, sessions,
    links, keys: whatever is about them alone), then what leads to others before those."""
    found = personal_tables()
    return sorted(found, key=lambda one: not _lets_in(one.told))


def _lets_in(told: Personal) -> bool:
    return told.fate is Fate.ERASED and {*told.of.values()} == {PEOPLE} and not told.place
