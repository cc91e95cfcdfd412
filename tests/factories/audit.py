"""Acts on the trail, sealed and tampered with."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.audit import SYSTEM, record, sealing
from domain.audit.chain import PLATFORM
from domain.audit.verify import Verified, verify
from domain.core.db import Database
from domain.core.ids import new_id
from tests.factories.jobs import rows

KEY = bytes(range(32))
ACME, OTHERS = new_id(), new_id()


async def act(database: Database, name: str = "tasks.stop", org: UUID | None = None, **given: Any) -> None:
    """One act, committed."""
    async with database.system("a test") as session:
        values: dict[str, Any] = {"org_id": org, "actor": SYSTEM, "details": {"why": name}, **given}
        record(session, name, **values)


async def seal(database: Database, key: bytes = KEY, many: int = sealing.MANY) -> int:
    async with database.system("a test") as session:
        return await sealing.seal(session, key, many)


async def seal_all(database: Database, key: bytes = KEY) -> None:
    while await seal(database, key):
        pass


async def verified(database: Database, **given: Any) -> Verified:
    return await verify(database, KEY, **given)


async def tamper(database: Database, statement: str, **values: Any) -> None:
    """As somebody does who may do anything in the database, and has switched its triggers off."""
    async with database.system("a test") as session:
        await session.execute(text("SELECT set_config('session_replication_role', 'replica', true)"))
        await session.execute(text(statement), values)


async def places(database: Database, org: UUID | None = None) -> list[tuple[str, int | None]]:
    found = await rows(
        database, "SELECT action, seq FROM audit_logs WHERE chain = :chain ORDER BY seq, id", chain=org or PLATFORM
    )
    return [(row.action, row.seq) for row in found]
