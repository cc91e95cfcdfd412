"""Workers that die while they seal the audit trail: before what they sealed is committed, and after it.

One worker stays alive throughout. Acts of three organizations and of the platform are written, more of them than one
transaction seals, and some are committed late, behind younger ones that have their seals by then. The heads of the
chains are noted after each run, as whoever keeps the log would: at the end they still have to be what was sealed.
"""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from domain.audit import SYSTEM, record, repository
from domain.audit.chain import written
from domain.audit.sealing import MANY
from domain.core.db import Session
from domain.core.failpoints import Point
from domain.core.ids import new_id
from tests.chaos.crew import PATIENCE
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each, victims_beside
from tests.fixtures.waiting import eventually

BOUNDARIES: tuple[tuple[str, Point], ...] = (("acts", "seal.sealing"), ("acts", "seal.sealed"))
TIMES: dict[Point, int] = {"seal.sealing": 2, "seal.sealed": 2}
"""Transactions in which the acts of one run are sealed."""
LATE = 10
"""Acts of a run that are committed behind the others."""


class Trail:
    """What is written, and what was seen of it."""

    def __init__(self, ground: Ground) -> None:
        self.written = 0
        self.heads = set[str]()
        self._ground = ground
        self._chains: tuple[UUID | None, ...] = (None, new_id(), new_id(), new_id())

    async def run(self, _: str = "") -> None:
        """Some more, until each has its seal; what has none in time is counted in the end."""
        async with self._ground.database.system("a test") as late:
            self._write(late, LATE)
            await late.flush()
            async with self._ground.database.system("a test") as session:
                self._write(session, MANY)
            await self._sealed()
        await self._sealed()
        async with self._ground.database.system("a test") as session:
            self.heads.update(written(head) for head in await repository.heads(session, datetime.fromtimestamp(0, UTC)))

    def _write(self, session: Session, many: int) -> None:
        for number in range(many):
            chain = self._chains[number % len(self._chains)]
            record(session, "tools.off", org_id=chain, actor=SYSTEM, details={"number": self.written})
            self.written += 1

    async def _sealed(self) -> None:
        with suppress(TimeoutError):
            await eventually(self._is_sealed, PATIENCE, every=0.05)

    async def _is_sealed(self) -> bool:
        return await self._ground.crew.count("audit_logs WHERE seq IS NULL") == 0

    async def zeros(self) -> dict[str, int]:
        """What must not have happened."""
        kept = self._ground.folder / "heads"
        kept.write_text("\n".join(self.heads))
        verifying = await self._ground.crew.start("bot.cli", "audit", "verify", "--heads", str(kept))
        await verifying.ended()
        verified = verifying.printed
        [counted] = await self._ground.crew.rows(
            """SELECT count(*) AS there, count(*) FILTER (WHERE seq IS NULL) AS unsealed,
            count(seq) - count(DISTINCT (chain, seq)) AS twice FROM audit_logs"""
        )
        return {
            "acts not on the trail": abs(self.written - counted["there"]),
            "acts without a seal": counted["unsealed"],
            "places given twice": counted["twice"],
            "rows that “legwork audit verify” names": verified.count("✗"),
            "verifications that did not come to their end": f"{self.written:,} rows of" not in verified,
        }


async def drive(ground: Ground, count: int) -> Outcome:
    """So many at each boundary."""
    [survivor] = await ground.crew.muster(1)
    trail = Trail(ground)

    killed = await kill_at_each(BOUNDARIES, count, victims_beside(ground.crew, survivor), trail.run, TIMES, at_once=1)
    return Outcome(
        zero={
            **await trail.zeros(),
            "survivors that died": not survivor.alive,
            "boundaries at which nobody died": killed.short,
        },
        told={"killed": killed.at.total(), "acts": trail.written, "heads kept": len(trail.heads)},
        remarks=killed.missed,
    )


ROW = Row(
    name="sealer-killed",
    fault="a worker killed (SIGKILL) as it seals the audit trail, before the commit and after it",
    promise="each act has one seal in the end, and what was sealed stays what it is",
    full=20,
    short=1,
    drive=drive,
)
