"""Upkeep of what opens things: platforms' tokens before they expire, and secrets that are still under an older key."""

from domain.conversations.ports import Tended
from domain.core.crypto import rotation
from domain.core.db.tables import sealed_tables
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.metadata import metadata


async def platforms(legwork: Legwork, held: Held) -> None:
    """Whatever a platform needs from time to time."""
    for gateway in legwork.gateways.values():
        if isinstance(gateway, Tended):
            await gateway.tend()


async def keys(legwork: Legwork, held: Held) -> None:
    """What another process still sealed under a data key that a rotation had just followed."""
    await rotation.tend(legwork.keyring, sealed_tables(metadata))
