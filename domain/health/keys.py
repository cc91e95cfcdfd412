"""Whether the key can be used, and opens what is stored."""

import stat
from collections.abc import Sequence
from pathlib import Path

from domain.core.crypto import repository
from domain.core.crypto.given import OWN, Keys
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.required import required
from domain.core.db import AWAY
from domain.core.errors import Unavailable
from domain.core.settings import Settings
from domain.health.check import Finding, ok, warning

__all__ = ["key", "secrets"]

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def key(settings: Settings) -> Sequence[Finding]:
    """The key that is given. Raises Misconfigured, Unavailable where there is none, or it cannot be used."""
    required(settings)
    keys = Keys(settings)
    await (await keys.present()).id()
    path = settings.data_dir / OWN if keys.is_own else settings.key_file
    if path is None:
        return [ok("key", "The key for secrets is set.")]
    if keys.is_own and _open_to_others(path):
        return [warning("key", f"Others may read the key in {path}.", f"Run: chmod 600 {path}")]
    kept = "Keep a copy of it apart from those of the database." if keys.is_own else ""
    return [ok("key", f"The key for secrets is in {path}. {kept}".strip())]


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & _OTHERS)


async def secrets(keyring: Keyring) -> Sequence[Finding]:
    """Open the known row. Raises Misconfigured where the key is another, Unavailable where it cannot be asked for, or
    the database does not answer.
    """
    try:
        return await _opened(keyring)
    except AWAY as failure:
        raise Unavailable("Secrets cannot be looked at.", remedy="See what is said about Postgres.") from failure


async def _opened(keyring: Keyring) -> Sequence[Finding]:
    async with keyring.database.system("a check of the installation") as session:
        row = await repository.of(session, None) if await repository.is_migrated(session) else None
    if row is None:
        return [ok("secrets", "None are stored yet.")]
    await keyring.unwrapped(row)
    async with keyring.database.system("a check of the installation", single=True) as session:
        stands = await repository.standing(session, row["key_id"])
    there = f"The key opens them; {stands['organizations']} organizations have some."
    if stands["rotating"] or stands["others"] or row["key_id"] != await (await keyring.keys.present()).id():
        return [
            warning(
                "secrets",
                f"{there} Not all are under the present key.",
                "Run “legwork keys rotate”; until it is through LEGWORK_KEY_PREVIOUS has to be set.",
            )
        ]
    return [ok("secrets", there)]
