"""Upkeep of health: everything is looked at each minute, and who runs Legwork is told of what turned."""

from domain.audit import SYSTEM, record
from domain.conversations.said import Note
from domain.core.logging import logger
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.flow.deliver.operators import tell_operators
from domain.health import examine_timed, service
from domain.health.observed import Observed

log = logger(__name__)


def _told(one: Observed) -> Note:
    if one.standing == "up":
        return Note(text=f"**{one.name}** is well again.")
    return Note(text=f"**{one.name}** has failed twice. {one.message}{f' {one.remedy}' if one.remedy else ''}")


async def probe(legwork: Legwork, held: Held) -> None:
    """Look, keep what was seen, and say what turned: in the same transaction, so that it is said once."""
    found = await examine_timed(legwork.probes())
    async with held.transaction() as session:
        turned = await service.note(session, found, legwork.clock.now())
        for one in turned:
            action = "health.failed" if one.standing == "down" else "health.recovered"
            record(session, action, org_id=None, actor=SYSTEM, resource=("check", one.name))
            key = f"health:{one.name}:{one.turned_at.isoformat()}"
            await tell_operators(session, legwork.settings, _told(one), key=key, besides=one.name.split()[0])
    for one in turned:
        log.warning("a health check turned", check=one.name, standing=one.standing, message=one.message)
