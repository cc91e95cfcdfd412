"""Without a model: “find out …” searches, reads, answers, and hears what is said on the way."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from domain.conversations.said import Answer
from domain.core.web import GuardedClient
from domain.flow.common.legwork import Legwork
from domain.llm.offline.extract import LABEL
from domain.llm.offline.provider import OfflineModel
from domain.reports.tools import report_tools
from domain.tools import service as tools
from domain.tools.builtin import builtin_tools
from domain.tools.registry import Registry
from tests.fakes.chat import FakeChat
from tests.fakes.web import FakeWeb
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


@pytest.fixture
async def searching(legwork: Legwork, chat: FakeChat, loopback_web: FakeWeb) -> AsyncIterator[Talk]:
    """A conversation with the offline provider where a web search is configured."""
    given = {"searxng_url": loopback_web.url("/found/")}
    settings = legwork.settings.model_validate(legwork.settings.model_dump() | given)
    registry = Registry([*builtin_tools(settings, GuardedClient(settings)), *report_tools(settings)])
    async with legwork.database.system("a test") as session:
        await tools.seed(session, registry)
    talk = Talk(replace(legwork, model=OfflineModel(), tools=registry, settings=settings), chat)
    yield talk
    await talk.worker.stop()


async def test_it_searches_reads_what_it_can_and_answers_with_where_it_stands(
    searching: Talk, loopback_web: FakeWeb
) -> None:
    answer = (await searching.say("find out why garden furniture sells well")).one(Answer).text
    assert "**Garden furniture sells well" in answer
    assert f"({loopback_web.url('/article')})" in answer
    assert "rose by 14 per cent" in answer
    assert f"I could not read {loopback_web.url('/status/404')}." in answer
    assert answer.endswith(LABEL)
    paths = [seen.path for seen in loopback_web.ledger]
    assert paths[0] == "/found/search"
    assert sorted(paths[1:]) == ["/article", "/plain", "/status/404"]
    steps = await searching.steps()
    assert {name: status for name, status in steps.items() if "think" in name} == {
        f"n1[{place}].think": "SUCCEEDED" for place in range(3)
    }


async def test_a_search_that_finds_nothing_says_so(searching: Talk, loopback_web: FakeWeb) -> None:
    assert "found nothing" in (await searching.say("find out about nothing at all")).one(Answer).text
    assert len(loopback_web.ledger) == 1


async def test_where_no_search_is_configured_it_says_so(offline: Talk) -> None:
    assert "cannot search the web here" in (await offline.say("find out who owns Riverside Motors")).one(Answer).text


async def test_what_narrows_it_on_the_way_is_searched_for_before_it_answers(
    searching: Talk, loopback_web: FakeWeb
) -> None:
    loopback_web.arrived.clear()
    loopback_web.let_go.clear()
    await searching.begin("find out why slow furniture sells well")
    await eventually(loopback_web.arrived.is_set)
    await searching.begin("only 2025 please")
    await eventually(lambda: any("Noted for" in str(said) for said in searching.chat.posts()))
    loopback_web.let_go.set()
    answer = (await searching.settle()).one(Answer).text
    queries = [parse_qs(seen.query)["q"][0] for seen in loopback_web.ledger if seen.path == "/found/search"]
    assert queries == ["why slow furniture sells well", "why slow furniture sells well 2025"]
    assert "2025" in answer
    assert "**Garden furniture sells well" in answer
    assert [row["heard_by"] for row in await searching.rows("SELECT heard_by FROM task_notes")] == ["n1[2].think"]
