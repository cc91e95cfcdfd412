"""Upkeep of health: everything is looked at each minute, and who runs Legwork is told of what turned."""

from domain.audit import SYSTEM, record
from domain.core.logging import logger
from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.health import examine_timed, service

log = logger(__name__)


async def probe(legwork: Legwork, held: Held) -> None:
    """Look, keep what was seen, and say what turned: in the same transaction, so that it is said once."""
    found = await examine_timed(legwork.probes())
    async with held.transaction() as session:
        turned = await service.note(session, found, legwork.clock.now())
        for one in turned:
            action = "health.failed" if one.standing == "down" else "health.recovered"
            record(session, action, org_id=None, actor=SYSTEM, resource=("check", one.name))
    for one in turned:
        log.warning("a health check turned", check=one.name, standing=one.standing, message=one.message)
