"""Jobs that tell everybody what whoever runs the installation says."""

from uuid import UUID

from domain.announcements import service
from domain.core.queue import Held, Snooze
from domain.flow.common.legwork import Legwork


async def handle_announce(legwork: Legwork, held: Held) -> None:
    """Tell the next ones, and come back for others. Raises Snooze."""
    async with held.transaction() as session:
        pause = await service.go_on(session, UUID(held.job.data["announcement_id"]))
    if pause is not None:
        raise Snooze(pause)
