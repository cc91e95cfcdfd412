"""Jobs of the queues that take tasks further."""

from uuid import UUID

from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.flow.execute.run import advance
from domain.flow.understand.notes import leave
from domain.flow.understand.settle import understand


async def handle_understand(legwork: Legwork, held: Held) -> None:
    await understand(legwork, held, UUID(held.job.data["message_id"]))


async def handle_left(legwork: Legwork, held: Held) -> None:
    await leave(legwork, held, UUID(held.job.data["task_id"]))


async def handle_advance(legwork: Legwork, held: Held) -> None:
    await advance(legwork, held, UUID(held.job.data["task_id"]))
