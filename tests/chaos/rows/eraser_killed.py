"""Workers that die while they erase somebody's data: at each transaction, before its commit and after it, and as a file
is gone whose row is not.

One worker stays alive throughout. Each time a person with a word of their own in every column of every table is erased,
who shares an organization and a chat with another, whose words and files have to be there still.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from domain.core.db import Fate
from domain.core.db.tables import Personal, people_in
from domain.core.failpoints import Point
from domain.metadata import metadata
from domain.personal import repository
from domain.personal.journal import noted
from jobs.upkeep import bring_forward
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each, victims_beside
from tests.fixtures.town import Town
from tests.fixtures.waiting import eventually

POINTS: tuple[Point, ...] = (
    "erase.begun",
    "erase.stopping",
    "erase.stopped",
    "erase.removed",
    "erase.erasing",
    "erase.erased",
)
TIMES: dict[Point, int] = {"erase.removed": 16, "erase.erasing": 80, "erase.erased": 80}
"""How often one erasure comes by there: each time is another table, or another way in which its rows are found."""
WITHIN = 60.0
"""Seconds after which an erasure counts as lost."""

# what was made up says nothing to a worker
_SILENCED = (
    "SET LOCAL session_replication_role = 'replica'",  # of the trail nothing can be changed otherwise
    # their hashes are made up as well: hers are erased with her, and what stays has to fit
    "UPDATE audit_logs SET hash = NULL, details = CASE WHEN actor_id = :mara THEN details END WHERE seq IS NULL",
    "UPDATE queue_jobs SET status = 'completed' WHERE kind LIKE 'Kanarie%'",
    "UPDATE outbound_messages SET status = 'sent' WHERE status IN ('queued', 'sending')",
    "UPDATE erasures SET done_at = now() WHERE user_id = ANY(:people)",
    "UPDATE data_exports SET status = 'expired' WHERE user_id = ANY(:people)",
)


@dataclass(frozen=True, slots=True)
class Gone:
    """An erasure that was begun, with what there was of the other person."""

    town: Town
    id: UUID
    of_other: set[tuple[str, str, str]]


class Erasures:
    """All that were begun."""

    def __init__(self, ground: Ground) -> None:
        self.begun: list[Gone] = []
        self._ground = ground

    async def run(self, _: str = "") -> None:
        """One more, to its end; what has none in time is counted in the end."""
        database = self._ground.database
        town = Town(database, self._ground.storage, str(len(self.begun)))
        await town.build()
        async with database.system("a test") as session:
            for statement in _SILENCED:
                await session.execute(text(statement), {"people": [town.mara, town.ben], "mara": town.mara})
        of_other = await town.left_of("ben")
        async with database.system("a test") as session:
            row = await repository.add_erasure(session, town.mara, town.acme, timedelta(0), [town.mara])
        self.begun.append(Gone(town, row["id"], of_other))
        await bring_forward(database, "data.due")
        with suppress(TimeoutError):
            await eventually(self._is_done, WITHIN, every=0.05)

    async def _is_done(self) -> bool:
        return await self._ground.crew.count(f"erasures WHERE id = '{self.begun[-1].id}' AND done_at IS NOT NULL") > 0

    async def zeros(self) -> dict[str, int]:
        """What must not have happened."""
        crew, counts = self._ground.crew, Counter[str]()
        journal = Counter([one.id async for one in noted(self._ground.storage)])
        files = {key async for key in self._ground.storage.keys("")}
        for gone in self.begun:
            town = gone.town
            told = await crew.count(
                f"audit_logs WHERE action = 'data.erased' AND outcome = 'done' AND resource_id = '{gone.id}'"
            )
            left = {(table, column) for table, _, column in await town.left_of("mara")}
            counts["erasures lost"] += await crew.count(f"erasures WHERE id = '{gone.id}' AND done_at IS NULL")
            counts["words left"] += sum(not _declared_kept(*one) for one in left)
            counts["files left"] += len(files & town.files_of("mara"))
            counts["words of others gone"] += len(gone.of_other - await town.left_of("ben"))
            counts["files of others gone"] += len(town.files_of("ben") - files)
            counts["people half alive"] += await self._half_alive(town)
            counts["shared messages without “(deleted)”"] += 1 - await crew.count(
                f"messages WHERE user_id = '{town.mara}' AND content = '(deleted)'"
            )
            counts["not once in the journal"] += journal[gone.id] != 1
            counts["not once on the audit trail"] += told != 1
        return dict(counts)

    async def _half_alive(self, town: Town) -> bool:
        """Whether anything of somebody who is erased could still speak, run or be spoken to."""
        [found] = await self._ground.crew.rows(
            """SELECT (SELECT deleted_at IS NULL FROM users WHERE id = :id)
            OR EXISTS (SELECT 1 FROM chat_identities WHERE user_id = :id)
            OR EXISTS (SELECT 1 FROM sessions WHERE user_id = :id)
            OR EXISTS (SELECT 1 FROM organization_members WHERE user_id = :id AND status = 'active')
            OR EXISTS (SELECT 1 FROM tasks WHERE user_id = :id AND status IN ('PENDING', 'RUNNING', 'PAUSED'))
            OR EXISTS (SELECT 1 FROM queue_jobs WHERE share = CAST(:id AS text)
                       AND status IN ('available', 'scheduled', 'running')) AS alive""",
            id=town.mara,
        )
        return bool(found["alive"])


def _declared_kept(table: str, column: str) -> bool:
    told = people_in(metadata.tables[table])
    return isinstance(told, Personal) and (told.fate is Fate.KEPT or column in told.stays)


async def drive(ground: Ground, count: int) -> Outcome:
    """So many at each boundary."""
    [survivor] = await ground.crew.muster(1)
    erasures = Erasures(ground)

    boundaries: list[tuple[str, Point]] = [("erasure", point) for point in POINTS]
    killed = await kill_at_each(
        boundaries, count, victims_beside(ground.crew, survivor), erasures.run, TIMES, at_once=1
    )
    await ground.crew.settles()
    return await killed.outcome(ground.crew, survivor, await erasures.zeros(), {"erasures": len(erasures.begun)})


ROW = Row(
    name="eraser-killed",
    fault="a worker killed (SIGKILL) as it erases somebody's data, at each of its transactions",
    promise="all of it is gone in the end, nothing of anybody else's, and it is on record once",
    full=20,
    short=1,
    drive=drive,
)
