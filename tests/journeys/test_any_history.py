"""Whatever the plan, whatever people do and whoever dies: what is promised holds once nothing moves any more.

``LEGWORK_EXAMPLES`` says how many histories are played, and has them be others each time.
"""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings

from domain.flow.common.legwork import Legwork
from tests.factories.histories import Act, History, histories
from tests.factories.plans import Planned
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import tool
from tests.fixtures import promises
from tests.fixtures.player import PATIENCE, Player
from tests.fixtures.servers import empty
from tests.fixtures.stage import Death

EXAMPLES = int(os.environ.get("LEGWORK_EXAMPLES", "60"))

HUNG = 20.0
"""Seconds after which a history that is not over hangs."""


REST = 1_000
"""More transactions than there are: the act comes when nothing moves any more."""

SENDS = Planned((tool("n1", "send", to="ben", text="n1"),), (), held=frozenset({"n1"}))
NOTES = Planned((tool("n1", "note", text="n1"),), ())
RENDERS = Planned(
    (tool("n1", "render", text="n1"), tool("n2", "note", text="n2")), (["n1", "n2"],), held=frozenset({"n1"})
)
PUBLISHES = Planned((tool("n1", "publish", to="ben", text="n1"),), (), held=frozenset({"n1"}))
BOTH = Planned((tool("n1", "note", text="n1"), tool("n2", "send", to="ben", text="n2")), ())

Playing = Callable[[History], Awaitable[Player]]


@pytest.fixture
async def playing(legwork: Legwork, tables: list[str], rehearsal: Rehearsal) -> AsyncIterator[Playing]:
    """Makes a player of a history, in a database without any other."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_leave_the_dead_alone)

    async def begin(history: History) -> Player:
        await empty(legwork.database, [table for table in tables if table != "tools"])
        rehearsal.forget()
        return Player(legwork, history, rehearsal)

    yield begin
    gc.collect()  # the last of the dead are found while they are left alone
    loop.set_exception_handler(None)


def _leave_the_dead_alone(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Nobody waits for what a dead process was doing: that is no news."""
    if not isinstance(context.get("exception"), Death):
        loop.default_exception_handler(context)


@settings(
    max_examples=EXAMPLES,
    derandomize="LEGWORK_EXAMPLES" not in os.environ,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # each history empties the database and makes all else anew
        HealthCheck.too_slow,  # a history is a hundred transactions or more
    ],
)
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
@given(history=histories)
async def test_what_is_promised_holds_after_any_history(playing: Playing, history: History) -> None:
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
        assert player.stage.counted, "the stage saw no worker at work"
        for state in sorted({f"a task ended {task['status']}" for task in await player.tasks()}):
            event(state)  # told with --hypothesis-show-statistics
    finally:
        await player.stage.close()
