"""Jobs of steps that were handed over to their tool's queue."""

from uuid import UUID

from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.flow.execute.hand_over import Carried, carry_on


async def handle_step(legwork: Legwork, held: Held) -> None:
    data = held.job.data
    task_id = UUID(data["task_id"])
    carried = Carried(task_id, data["node_id"], data["group"], data["limits"], data["on_card"], data.get("room"))
    await carry_on(legwork, held, carried)
