"""Jobs about people's own data, and the upkeep that sees to it that they come to an end."""

from uuid import UUID

from domain.core.logging import logger
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.personal import retention, work

log = logger(__name__)


async def handle_export(legwork: Legwork, held: Held) -> None:
    await work.export(legwork, held, UUID(held.job.data["export_id"]))


async def handle_erase(legwork: Legwork, held: Held) -> None:
    await work.erase(legwork, held, UUID(held.job.data["erasure_id"]))


async def see_to(legwork: Legwork, held: Held) -> None:
    """What is due is begun, what was cut off goes on, and archives whose time is over go."""
    await work.see_to(legwork, held)


async def let_go(legwork: Legwork, held: Held) -> None:
    """What is older than it is kept goes."""
    gone = await retention.apply(held, legwork.storage)
    if gone:
        log.info("what was older than it is kept is gone", rows=gone)
