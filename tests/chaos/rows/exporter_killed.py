"""Workers that die while they collect somebody's data: as a part lies in storage, as the parts are one file, and as
their person is told, before the commit and after it.

One worker stays alive throughout. One person has sent files that make two parts, and asks for their data again and
again (an hour is taken off each time); each archive is looked into, and its time is over then.
"""

import asyncio
import io
import os
from collections import Counter
from contextlib import suppress
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from sqlalchemy import text

from domain.core.errors import NotFound
from domain.core.failpoints import Point
from domain.personal.exported import key_of
from jobs.upkeep import bring_forward
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.chaos.victims import kill_at_each, victims_beside
from tests.factories.incoming import file
from tests.fixtures.waiting import eventually

POINTS: tuple[Point, ...] = ("export.written", "export.joined", "export.handing", "export.handed")
TIMES: dict[Point, int] = {"export.written": 2}
"""Parts of one export."""
PERSON = "mara"
FILES, BYTES = 3, 17 * 1024 * 1024
WITHIN = 60.0
"""Seconds after which an export counts as lost."""


class Exports:
    """Those that were asked for; ``asked`` only grows."""

    def __init__(self, ground: Ground) -> None:
        self.asked: list[UUID] = []
        self.wrong = Counter[str]()
        self._ground = ground
        self._files = [os.urandom(BYTES) for _ in range(FILES)]

    async def send_files(self) -> None:
        """What is to be exported."""
        for number, content in enumerate(self._files):
            sent = file(f"{number}.bin", content, "application/octet-stream")
            await self._ground.crew.say("/about", PERSON, files=(sent,))
        await self._ground.crew.settles()

    async def run(self, _: str = "") -> None:
        """One more, until it is handed over, looked into, and its time is over."""
        crew = self._ground.crew
        await self._change("UPDATE data_exports SET created_at = created_at - interval '2 hours'")
        await crew.say("/export my data", PERSON)
        export_id = (await eventually(lambda: self._ids("id <> ALL(:known)", known=self.asked), WITHIN))[0]
        self.asked.append(export_id)
        with suppress(TimeoutError):
            await eventually(lambda: self._ids("id = :id AND status = 'ready'", id=export_id), WITHIN, every=0.05)
            await crew.settles()
            await self._look_into(export_id)
        await self._change("UPDATE data_exports SET expires_at = now() WHERE status = 'ready'")
        with suppress(TimeoutError):
            await bring_forward(self._ground.database, "data.due")
            await eventually(lambda: self._ids("id = :id AND status = 'expired'", id=export_id), WITHIN, every=0.05)

    async def _look_into(self, export_id: UUID) -> None:
        there = [key async for key in self._ground.storage.keys("exports")]
        self.wrong["files in storage besides one archive each"] += len({*there} - {key_of(export_id)})
        try:
            read = await self._ground.storage.read(key_of(export_id))
            self.wrong["archives that are not whole"] += not await asyncio.to_thread(self._is_whole, read)
        except (NotFound, BadZipFile):
            self.wrong["archives that are not whole"] += 1

    def _is_whole(self, read: bytes) -> bool:
        archive = ZipFile(io.BytesIO(read))
        held = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
        return archive.testzip() is None and all(held.count(content) == 1 for content in self._files)

    async def _ids(self, where: str, **values: object) -> list[UUID]:
        rows = await self._ground.crew.rows(f"SELECT id FROM data_exports WHERE {where}", **values)
        return [row["id"] for row in rows]

    async def _change(self, statement: str) -> None:
        async with self._ground.database.system("a test") as session:
            await session.execute(text(statement))

    async def zeros(self) -> dict[str, int]:
        """What must not have happened."""
        handed = [
            row["key"]
            for row in await self._ground.crew.rows(
                "SELECT body #>> '{file,key}' AS key FROM outbound_messages WHERE kind = 'file'"
            )
        ]
        noted = [
            row["resource_id"]
            for row in await self._ground.crew.rows("SELECT resource_id FROM audit_logs WHERE action = 'data.export'")
        ]
        return {
            "exports lost": len(self.asked) - len(await self._ids("status = 'expired'")),
            "archives that are not whole": self.wrong["archives that are not whole"],
            "messages of one archive too many, or too few": sum(handed.count(key_of(one)) != 1 for one in self.asked),
            "lines of the audit trail too many, or too few": sum(noted.count(str(one)) != 1 for one in self.asked),
            "files in storage besides one archive each": self.wrong["files in storage besides one archive each"],
            "files left in storage": len([key async for key in self._ground.storage.keys("exports")]),
        }


async def drive(ground: Ground, count: int) -> Outcome:
    """So many at each boundary."""
    [survivor] = await ground.crew.muster(1)
    exports = Exports(ground)
    await exports.send_files()

    boundaries: list[tuple[str, Point]] = [("export", point) for point in POINTS]
    killed = await kill_at_each(boundaries, count, victims_beside(ground.crew, survivor), exports.run, TIMES, at_once=1)
    await ground.crew.settles()
    return await killed.outcome(ground.crew, survivor, await exports.zeros(), {"exports": len(exports.asked)})


ROW = Row(
    name="exporter-killed",
    fault="a worker killed (SIGKILL) as it collects somebody's data: a part, the whole, telling them",
    promise="one archive and one message, and nothing besides is left in storage",
    full=20,
    short=1,
    drive=drive,
)
