"""Whatever is said to work that runs, and whoever dies meanwhile: it is heard once, and the work comes to its end."""

import asyncio
import os

from hypothesis import HealthCheck, Phase, event, example, given, settings

from tests.factories.histories import Act, History, remarked
from tests.factories.plans import Planned
from tests.factories.specs import tool
from tests.fixtures import promises
from tests.fixtures.player import PATIENCE
from tests.fixtures.playing import HUNG, REST, Playing

EXAMPLES = int(os.environ.get("LEGWORK_EXAMPLES", "40"))

NOTES = Planned((tool("n1", "note", text="n1"), tool("n2", "note", text="n2")), (["n1", "n2"],), held=frozenset({"n1"}))
SENDS = Planned((tool("n1", "send", to="ben", text="n1"), tool("n2", "note", text="n2")), ())


@settings(
    max_examples=EXAMPLES,
    derandomize="LEGWORK_EXAMPLES" not in os.environ,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(history=History(NOTES, (Act("remark", 8), Act("die", 3), Act("open", 2))))
@example(history=History(NOTES, (Act("remark", 8, flag=True), Act("remark", 6), Act("say", 2, 0))))  # and stop
@example(history=History(NOTES, (Act("remark", 8), Act("say", 3, 1), Act("remark", 3), Act("reword", 4))))  # and pause
@example(history=History(SENDS, (Act("remark", REST), Act("agree", 5), Act("die", 4, flag=True), Act("remark", REST))))
@given(history=remarked)
async def test_what_is_said_is_heard_once_and_the_work_ends(playing: Playing, history: History) -> None:
    player = await playing(history)
    try:
        async with asyncio.timeout(HUNG):
            await player.play()
            for _ in range(PATIENCE):
                await player.rest()
                await promises.hold(player)
                if not await player.goes_on():
                    break
            else:
                raise AssertionError("it does not come to its end")
        for by in {str(row["heard_by"]).partition(":")[0] for row in await player.rows("SELECT * FROM task_notes")}:
            event(f"heard by {by}")
    finally:
        await player.stage.close()
