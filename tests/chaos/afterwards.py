"""What has to be so after whatever was broken: asked of every row's database, beside what the row counts itself."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Table

from domain.audit.chain import KEY
from domain.audit.sealing import MANY, seal
from domain.audit.verify import verify
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.settings import Settings
from domain.metadata import metadata
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row


async def drive(row: Row, ground: Ground, count: int) -> Outcome:
    """A row's outcome, with what has to be zero after each."""
    outcome = await row.drive(ground, count)
    return replace(outcome, zero={**outcome.zero, **await _trail(ground), **await _tenancy(ground)})


async def _trail(ground: Ground) -> dict[str, int]:
    """Whoever would seal the last of it may be dead by now, so that is done here."""
    settings = Settings.model_validate({"data_dir": ground.folder, "key": ground.environment.get("LEGWORK_KEY")})
    key, sealed = await Keyring(ground.database, Keys(settings)).derive(KEY), MANY
    while sealed == MANY:
        async with ground.database.system("a test") as session:
            sealed = await seal(session, key)
    found = await verify(ground.database, key)
    return {"chains of the audit trail that are not what was written": len(found.misfits)}


async def _tenancy(ground: Ground) -> dict[str, int]:
    strays = [await ground.crew.count(condition) for condition in _strays()]
    return {"rows of another organization than what they hang on": sum(strays)}


def _strays() -> Iterator[str]:
    """Tables joined with those that their rows hang on, where both are somebody's, and not the same one's."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            above = key.column.table
            if _is_of_one(table) and _is_of_one(above) and above is not table and key.column.primary_key:
                yield (
                    f"{table.name} below JOIN {above.name} above ON above.id = below.{key.parent.name} "
                    "WHERE below.org_id <> above.org_id"
                )


def _is_of_one(table: Table) -> bool:
    return "org_id" in table.columns
