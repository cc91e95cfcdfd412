"""Searching the web through whichever service is configured."""

from pathlib import Path

import pytest

from domain.core.errors import Misconfigured, Unavailable
from domain.core.settings import Settings
from domain.core.web import GuardedClient
from domain.tools.builtin.search_google import search_google
from domain.tools.registry import Tool
from tests.factories.tools import call, tool_context
from tests.fakes.web import FakeWeb


def search(**settings: object) -> Tool:
    configured = Settings(**settings)  # type: ignore[arg-type]
    return search_google(configured, GuardedClient(configured))


async def test_google_is_asked_with_its_key_and_engine(web: FakeWeb, tmp_path: Path) -> None:
    tool = search(
        google_search_key="k1", google_search_engine="e1", google_search_url=web.url("/google"), brave_search_key="k2"
    )
    output = await call(tool, tool_context(tmp_path), query="garden chairs & more")
    assert output == {
        "query": "garden chairs & more",
        "results": [
            {"title": "Garden chairs", "url": "https://chairs.example/", "snippet": "All about chairs."},
            {"title": "Tables", "url": "https://tables.example/", "snippet": "All about tables."},
        ],
        "untrusted": True,
    }
    assert web.ledger[-1].query == "key=k1&cx=e1&q=garden+chairs+%26+more&num=5"


async def test_brave_is_asked_where_google_is_not_configured(web: FakeWeb, tmp_path: Path) -> None:
    tool = search(brave_search_key="k2", brave_search_url=web.url("/brave"), searxng_url=web.url("/searxng"))
    output = await call(tool, tool_context(tmp_path), query="chairs", count=3)
    assert output["results"][0]["snippet"] == "All about chairs."
    assert web.ledger[-1].headers["x-subscription-token"] == "k2"


async def test_searxng_may_stand_on_a_private_address(web: FakeWeb, tmp_path: Path) -> None:
    output = await call(search(searxng_url=web.url("/searxng/")), tool_context(tmp_path), query="chairs", count=2)
    assert [result["title"] for result in output["results"]] == ["Garden chairs", "Tables"]
    assert web.ledger[-1].query == "q=chairs&format=json"


async def test_without_a_service_the_settings_are_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        await call(search(), tool_context(tmp_path), query="chairs")
    for name in ("LEGWORK_GOOGLE_SEARCH_KEY", "LEGWORK_BRAVE_SEARCH_KEY", "LEGWORK_SEARXNG_URL"):
        assert name in str(caught.value)


async def test_a_refused_key_is_for_the_administrator(web: FakeWeb, tmp_path: Path) -> None:
    tool = search(brave_search_key="wrong", brave_search_url=web.url("/status/401"))
    with pytest.raises(Misconfigured, match="search key"):
        await call(tool, tool_context(tmp_path), query="chairs")


async def test_a_spent_quota_is_worth_another_attempt_later(web: FakeWeb, tmp_path: Path) -> None:
    tool = search(brave_search_key="k2", brave_search_url=web.url("/status/429"))
    with pytest.raises(Unavailable) as caught:
        await call(tool, tool_context(tmp_path), query="chairs")
    assert caught.value.after is not None


@pytest.mark.parametrize(("path", "count"), [("/json", 0), ("/plain", None)])
async def test_an_answer_without_results_is_no_result_and_one_without_sense_an_error(
    web: FakeWeb, tmp_path: Path, path: str, count: int | None
) -> None:
    tool = search(brave_search_key="k2", brave_search_url=web.url(path))
    if count is None:
        with pytest.raises(Unavailable):
            await call(tool, tool_context(tmp_path), query="chairs")
    else:
        assert (await call(tool, tool_context(tmp_path), query="chairs"))["results"] == []
