"""Whatever is said to work that runs, and whoever dies meanwhile: it is heard once, and the work comes to its end."""

from hypothesis import event, example, given

from tests.factories.histories import Act, History, remarked
from tests.factories.plans import Planned
from tests.factories.specs import tool
from tests.fixtures import promises
from tests.fixtures.playing import REST, Playing, play_out, played

NOTES = Planned((tool("n1", "note", text="n1"), tool("n2", "note", text="n2")), (["n1", "n2"],), held=frozenset({"n1"}))
BOTH = Planned((tool("n1", "note", text="n1"), tool("n2", "send", to="ben", text="n2")), ())
SENDS = Planned((tool("n1", "send", to="ben", text="n1"), tool("n2", "note", text="n2")), ())


@played(40)
@example(history=History(NOTES, (Act("remark", 8), Act("die", 3), Act("open", 2))))
@example(history=History(NOTES, (Act("remark", 8, flag=True), Act("remark", 6), Act("say", 2, 0))))  # and stop
@example(history=History(NOTES, (Act("remark", 8), Act("say", 3, 1), Act("remark", 3), Act("reword", 4))))  # and pause
@example(history=History(SENDS, (Act("remark", REST), Act("agree", 5), Act("die", 4, flag=True), Act("remark", REST))))
@example(history=History(BOTH, (Act("say", 0, 4), Act("say", 0, 4))))  # two times yes, before anything is asked
@given(history=remarked)
async def test_what_is_said_is_heard_once_and_the_work_ends(playing: Playing, history: History) -> None:
    player = await playing(history)
    try:
        await play_out(player, promises.hold)
        for by in {str(row["heard_by"]).partition(":")[0] for row in await player.rows("SELECT * FROM task_notes")}:
            event(f"heard by {by}")
    finally:
        await player.stage.close()
