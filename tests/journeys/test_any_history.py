"""Whatever the plan, whatever people do and whoever dies: what is promised holds once nothing moves any more.

``LEGWORK_EXAMPLES`` says how many histories are played, and has them be others each time.
"""

from hypothesis import event, example, given

from tests.factories.histories import Act, History, histories
from tests.factories.plans import Planned
from tests.factories.specs import tool
from tests.fixtures import promises
from tests.fixtures.playing import REST, Playing, play_out, played

SENDS = Planned((tool("n1", "send", to="ben", text="n1"),), (), held=frozenset({"n1"}))
NOTES = Planned((tool("n1", "note", text="n1"),), ())
RENDERS = Planned(
    (tool("n1", "render", text="n1"), tool("n2", "note", text="n2")), (["n1", "n2"],), held=frozenset({"n1"})
)
PUBLISHES = Planned((tool("n1", "publish", to="ben", text="n1"),), (), held=frozenset({"n1"}))
BOTH = Planned((tool("n1", "note", text="n1"), tool("n2", "send", to="ben", text="n2")), ())


@played(60)
@example(history=History(SENDS, (Act("agree", REST), Act("die", REST))))  # in the middle of a call
@example(history=History(NOTES, (Act("pause", 9),)))  # between two rows of the outbox
@example(history=History(SENDS, (Act("say", 4, 5),)))  # a no to all there is to do
@example(history=History(NOTES, (Act("die", 5), Act("die", 2), Act("agree", 5), Act("die", 5))))  # all of one delivery
@example(history=History(BOTH, (Act("agree", 5), Act("agree", 8), Act("press", 9, 3), Act("die", 6))))  # a pause, then
@example(history=History(BOTH, (Act("say", 0, 0),), asks=True))  # one task asks back, another waits for approval
@example(
    history=History(RENDERS, (Act("die", REST), Act("say", 0, 0), Act("say", REST, 3)))
)  # handed over, and stopped
@example(history=History(PUBLISHES, (Act("agree", REST), Act("die", REST), Act("say", 0, 0))))  # in a call handed over
@example(history=History(BOTH, (Act("say", 0, 4), Act("say", 0, 4))))  # two times yes, before anything is asked
@given(history=histories)
async def test_what_is_promised_holds_after_any_history(playing: Playing, history: History) -> None:
    player = await playing(history)
    try:
        await play_out(player, promises.hold)
        assert player.stage.counted, "the stage saw no worker at work"
        for state in sorted({f"a task ended {task['status']}" for task in await player.tasks()}):
            event(state)  # told with --hypothesis-show-statistics
    finally:
        await player.stage.close()
