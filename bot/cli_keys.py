"""``legwork keys``: the keys that secrets are sealed under."""

import argparse
import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.shell import DONE, on_database

if TYPE_CHECKING:
    from domain.core.db import Database
    from domain.core.settings import Settings


def declare(commands: Any) -> None:
    """Declare the command among those of ``legwork``."""
    keys = commands.add_parser("keys", help="the keys that secrets are sealed under")
    verbs = keys.add_subparsers(title="verbs", metavar="VERB", required=True)
    rotate = verbs.add_parser(
        "rotate",
        help="wrap every data key with the present key, and seal every secret under a new data key",
        description="Wrap every data key with the present key, and seal every secret anew. Legwork goes on meanwhile; "
        "where this is cut off, it goes on when it is called again. To change the key, set the new one and name the "
        "one before in LEGWORK_KEY_PREVIOUS, restart every process, rotate, and only then unset it.",
    )
    rotate.set_defaults(run=_rotate)


def _rotate(options: argparse.Namespace) -> int:
    asyncio.run(on_database(_rotate_on))
    return DONE


async def _rotate_on(settings: "Settings", database: "Database") -> None:
    from domain.audit import OPERATOR, record
    from domain.core import failpoints
    from domain.core.crypto.given import Keys
    from domain.core.crypto.keyring import Keyring
    from domain.core.crypto.required import required
    from domain.core.crypto.rotation import rotate
    from domain.core.db.tables import sealed_tables
    from domain.metadata import metadata

    failpoints.arm(settings)
    required(settings)
    done = await rotate(Keyring(database, Keys(settings)), sealed_tables(metadata))
    async with database.system("keys are the operator's to change") as session:
        record(session, "keys.rotate", org_id=None, actor=OPERATOR, details=asdict(done))
    print(
        f"Wrapped {done.rewrapped} data keys anew, made {done.renewed}, sealed the secrets of {done.resealed} rows "
        f"anew, and dropped {done.dropped} data keys that nothing is under."
    )
    if done.unopened:
        print(f"The secrets of {done.unopened} rows do not open; they were left as they are.")
