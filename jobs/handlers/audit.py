"""Upkeep of the audit trail: what was written is sealed, and how far its chains have come is said."""

from domain.audit import sealing
from domain.audit.chain import KEY
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Held, recurring
from domain.flow.common.legwork import Legwork

log = logger(__name__)


async def seal(legwork: Legwork, held: Held) -> None:
    """Seal whatever was committed, some rows a transaction."""
    key = await legwork.keyring.derive(KEY)
    sealed = sealing.MANY
    while sealed == sealing.MANY:
        async with held.transaction() as session:
            sealed = await sealing.seal(session, key)
            reach("seal.sealing")
        reach("seal.sealed")


async def heads(legwork: Legwork, held: Held) -> None:
    """Log the head of each chain that grew since the last time: whoever keeps the log can show that a tail is gone."""
    for head in await grown(legwork, held):
        log.info("head of an audit chain", head=head)


async def grown(legwork: Legwork, held: Held) -> list[str]:
    """The heads of the chains that grew since this job last ran, with what was just sealed."""
    await seal(legwork, held)
    async with held.transaction() as session:
        return await sealing.grown(session, since=await recurring.last_run(session, held.job.id))
