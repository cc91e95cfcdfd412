"""Whenever an admin switches a tool off, and whoever dies meanwhile: nothing is begun with it that was not before."""

from hypothesis import event, example, given

from tests.factories.histories import Act, History, switched
from tests.factories.plans import Planned
from tests.factories.specs import tool
from tests.fixtures.playing import REST, Playing, play_out, played

SENDS = Planned((tool("n1", "send", to="ben", text="n1"), tool("n2", "send", to="ben", text="n2")), ())


@played(20)
@example(history=History(SENDS, (Act("agree", REST), Act("switch", 3), Act("die", 2), Act("switch", REST))))
@given(history=switched)
async def test_nothing_is_begun_with_what_is_switched_off(playing: Playing, history: History) -> None:
    player = await playing(history)
    try:
        await play_out(player)
        player.unintended()
        tasks = await player.tasks()
        assert {task["status"] for task in tasks} <= {"SUCCEEDED", "FAILED", "CANCELLED"}
        for code in {task["error"]["code"] for task in tasks if task["error"]}:
            event(f"a task failed: {code}")
    finally:
        await player.stage.close()
