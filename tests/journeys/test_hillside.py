"""Find out why Hillside lost leads, and tell its manager: on every platform, with people who write meanwhile, and with
workers that are lost meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from arq.connections import ArqRedis
from sqlalchemy import text

from domain.flow.common.legwork import Legwork
from tests.fakes.web import FakeWeb
from tests.fixtures.faces import FACES, Face
from tests.fixtures.hillside import MEANWHILE, OPEN, TEXT, WORDS, Finder, finding
from tests.fixtures.waiting import eventually


class Story:
    """One telling of it."""

    def __init__(self, legwork: Legwork, web: FakeWeb, finder: Finder, face: Face) -> None:
        self.legwork = legwork
        self.web = web
        self.finder = finder
        self.face = face

    async def until(self, holds: Callable[[], bool]) -> None:
        try:
            await eventually(holds)
        except TimeoutError:
            pytest.fail(f"it does not come to that:\n{self.face.shows()}\n{list(self.finder.requests)}")

    async def shown(self, words: str) -> None:
        await self.until(lambda: words in self.face.shows())

    async def lost_while_thinking(self, name: str) -> None:
        """The worker is gone while its model is asked; another one asks the same."""
        before = self.finder.asked(name)
        await self.face.worker.lose_leases()
        await self.until(lambda: self.finder.asked(name) > before)
        first, *others = self.finder.requests[name]
        assert all(other == first for other in others)

    async def lost_while_reading(self, path: str) -> None:
        before = self.read(path)
        await self.face.worker.lose_leases()
        await self.until(lambda: self.read(path) > before)

    def read(self, path: str) -> int:
        return Counter(seen.path for seen in self.web.ledger)[path]

    async def rows(self, statement: str) -> Sequence[Any]:
        async with self.legwork.database.system("a test") as session:
            return [dict(row) for row in await session.all(text(statement))]

    async def stored(self, step_id: str) -> None:
        statement = f"SELECT 1 FROM task_steps WHERE node_id = '{step_id}' AND status = 'SUCCEEDED'"
        await eventually(lambda: self.rows(statement))


@pytest.fixture
def finder(loopback_web: FakeWeb, request: pytest.FixtureRequest) -> Finder:
    return Finder(loopback_web, rounds=getattr(request, "param", None))


@pytest.fixture(params=FACES)
async def story(
    legwork: Legwork, redis: ArqRedis, loopback_web: FakeWeb, finder: Finder, request: pytest.FixtureRequest
) -> AsyncIterator[Story]:
    found = await finding(legwork, loopback_web, finder)
    async with FACES[request.param](found, redis) as face:
        yield Story(found, loopback_web, finder, face)
    loopback_web.gates.clear()


async def find_out(story: Story) -> None:
    """Until the two pages are read, with a question on the way, another wish, and two workers lost."""
    story.finder.gate("read")
    story.web.gates["/hillside/prices"] = asyncio.Event()
    await story.face.tell(WORDS)
    await story.until(lambda: story.finder.asked("read") == 1)
    await story.face.tell("how far are you?")
    await story.shown("Round 2 of")
    await story.lost_while_thinking("read")
    story.finder.gate("read").set()
    await story.stored("n1[1].c0")
    await story.until(lambda: story.read("/hillside/prices") == 1)
    await story.face.tell(MEANWHILE)
    await story.shown("Noted for “Hillside leads”: only 2025.")
    await story.lost_while_reading("/hillside/prices")


async def be_refused(story: Story) -> None:
    """It asks before it writes; the person says no, and the worker that hears it is lost."""
    await story.shown("Approve")
    await story.face.worker.settle()
    assert story.face.shows().count("ben@hillside.example") >= 1
    story.finder.gate("text")
    await story.face.press("Reject")
    await story.until(lambda: story.finder.asked("text") == 1)
    await story.lost_while_thinking("text")
    story.finder.gate("text").set()
    await story.face.worker.settle()


async def nothing_was_done_twice(story: Story) -> None:
    assert {seen.method for seen in story.web.ledger} == {"GET"}
    read = Counter(seen.path for seen in story.web.ledger)
    assert read == {"/found/search": 1, "/hillside": 1, "/hillside/prices": 2, "/hillside/2025": 1}
    asked = await story.rows("SELECT decision FROM approvals")
    assert asked == [{"decision": "rejected"}]
    heard = await story.rows("SELECT words, heard_by FROM task_notes")
    assert heard == [{"words": MEANWHILE, "heard_by": "n1[2].think"}]
    calls = await story.rows("SELECT node_id, count(*) FROM tool_executions GROUP BY node_id HAVING count(*) > 1")
    assert calls == []
    shown = story.face.shows()
    assert shown.count("Noted for “Hillside leads”") == 1
    assert shown.count("It was not sent.") == 1
    [task, *others] = await story.rows("SELECT status, outcome, unheard FROM tasks ORDER BY id")
    assert task == {"status": "SUCCEEDED", "outcome": "answer", "unheard": 0}
    assert all(other["outcome"] == "noted" for other in others)


async def test_it_is_found_out_told_only_where_it_may_be_and_done_once_whoever_dies(story: Story) -> None:
    await find_out(story)
    story.web.gates["/hillside/prices"].set()
    await be_refused(story)
    await nothing_was_done_twice(story)
    assert TEXT in " ".join(story.face.shows().split())
    assert story.finder.asked("narrow") == story.finder.asked("write") == 1


@pytest.mark.parametrize("finder", [3], indirect=True)
async def test_with_three_rounds_it_stops_says_what_is_open_and_goes_on_from_there(story: Story) -> None:
    await find_out(story)
    story.web.gates["/hillside/prices"].set()
    await story.shown("I stopped after 3 rounds")
    await story.face.worker.settle()
    assert f"still open: {OPEN}" in " ".join(story.face.shows().split())
    assert story.finder.asked("stop") == 1
    await story.face.press("Go on")
    await be_refused(story)
    await nothing_was_done_twice(story)
