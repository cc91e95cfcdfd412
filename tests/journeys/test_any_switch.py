"""Whenever an admin switches a tool off, and whoever dies meanwhile: nothing is begun with it that was not before."""

import asyncio
import os

from hypothesis import HealthCheck, Phase, event, example, given, settings

from tests.factories.histories import Act, History, switched
from tests.factories.plans import Planned
from tests.factories.specs import tool
from tests.fixtures.player import PATIENCE
from tests.journeys.test_any_history import HUNG, REST, Playing, playing

__all__ = ["playing"]

EXAMPLES = int(os.environ.get("LEGWORK_EXAMPLES", "20"))

SENDS = Planned((tool("n1", "send", to="ben", text="n1"), tool("n2", "send", to="ben", text="n2")), ())


@settings(
    max_examples=EXAMPLES,
    derandomize="LEGWORK_EXAMPLES" not in os.environ,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(history=History(SENDS, (Act("agree", REST), Act("switch", 3), Act("die", 2), Act("switch", REST))))
@given(history=switched)
async def test_nothing_is_begun_with_what_is_switched_off(playing: Playing, history: History) -> None:
    player = await playing(history)
    try:
        async with asyncio.timeout(HUNG):
            await player.play()
            for _ in range(PATIENCE):
                await player.rest()
                if not await player.goes_on():
                    break
            player.unintended()
            tasks = await player.tasks()
            assert {task["status"] for task in tasks} <= {"SUCCEEDED", "FAILED", "CANCELLED"}
        for code in {task["error"]["code"] for task in tasks if task["error"]}:
            event(f"a task failed: {code}")
    finally:
        await player.stage.close()
