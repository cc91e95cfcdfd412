"""Workers that die as they mail a link: as the letter is marked and not handed over, and as the mail server has it and
that is not noted.

One worker stays alive throughout. Each person invites one address; the survivor finds the letter cut off, sends it no
second time, and tells who asked.
"""

from collections import Counter
from contextlib import suppress

from domain.core.failpoints import Point
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each, victims_beside
from tests.fakes.smtp import fake_smtp
from tests.fixtures.waiting import eventually

POINTS: tuple[Point, ...] = ("mail.sending", "mail.taken")
WITHIN = 60.0
"""Seconds after which a letter counts as lost."""


class Letters:
    """Those that were asked for."""

    def __init__(self, ground: Ground) -> None:
        self.asked = 0
        self._ground = ground

    async def run(self, _: str = "") -> None:
        self.asked += 1
        address = f"p{self.asked}@example.org"
        await self._ground.crew.say(f"/org invite {address}", f"person-{self.asked}")
        with suppress(TimeoutError):
            await eventually(lambda: self._settled(address), WITHIN, every=0.05)

    async def _settled(self, address: str) -> bool:
        rows = await self._ground.crew.rows(
            "SELECT id FROM mailed_links WHERE address = :address AND decided_at IS NOT NULL", address=address
        )
        return bool(rows)

    async def came_to(self) -> Counter[str]:
        rows = await self._ground.crew.rows("SELECT status, count(*) AS count FROM mailed_links GROUP BY status")
        return Counter({row["status"]: row["count"] for row in rows})

    async def told(self) -> list[int]:
        """How often each that is not known was told to be so."""
        rows = await self._ground.crew.rows(
            """SELECT count(o.id) AS told FROM mailed_links m
            LEFT JOIN outbound_messages o ON o.body ->> 'text' LIKE '%' || m.address || ': It is not known%'
            WHERE m.status = 'unknown' GROUP BY m.id"""
        )
        return [row["told"] for row in rows]


async def drive(ground: Ground, count: int) -> Outcome:
    """So many at each boundary."""
    async with fake_smtp() as server:
        ground.crew.environment.update(
            LEGWORK_MAIL_URL=f"smtp://127.0.0.1:{server.port}",
            LEGWORK_MAIL_FROM="legwork@example.com",
            LEGWORK_MAIL_TLS="none",
        )
        [survivor] = await ground.crew.muster(1)
        letters = Letters(ground)
        boundaries: list[tuple[str, Point]] = [("mail", point) for point in POINTS]
        killed = await kill_at_each(boundaries, count, victims_beside(ground.crew, survivor), letters.run, at_once=1)
        await ground.crew.settles()
        came_to, sent = await letters.came_to(), Counter(taken.to for taken in server.taken)
        told = await letters.told()
        return await killed.outcome(
            ground.crew,
            survivor,
            {
                "letters sent twice": sum(times - 1 for times in sent.values()),
                "letters that came to nothing": letters.asked - came_to["sent"] - came_to["unknown"],
                "letters that are not known, and were told of otherwise than once": sum(times != 1 for times in told),
            },
            {"letters": letters.asked, "sent": len(sent), **came_to},
        )


ROW = Row(
    name="mailer-killed",
    fault="a worker killed (SIGKILL) as it mails a link: before the mail server has it, and after",
    promise="no mail twice; what is not known to be sent is told to who asked, once",
    full=20,
    short=1,
    drive=drive,
)
