"""What a web page says, and what cannot be read from it."""

from pathlib import Path

import pytest

from domain.core.errors import Invalid, Refused, Unavailable
from domain.core.web import GuardedClient
from domain.tools.builtin.navigate_url import navigate_url
from tests.factories.tools import call, tool_context
from tests.fakes.web import FakeWeb


async def test_a_page_gives_its_title_text_and_links(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    output = await call(navigate_url(client), tool_context(tmp_path), url=web.url("/redirect?to=/article"))
    assert output["url"] == web.url("/article")
    assert output["title"] == "Garden furniture sells well – The Trade Post"
    assert "rose by 14 per cent" in output["text"]
    assert "Żywiec and Besançon" in output["text"]
    assert "Chairs: 1,204 pieces" in output["text"]
    assert "Subscribe" not in output["text"]
    assert output["links"][:2] == [
        {"text": "the full figures", "url": web.url("/plain")},
        {"text": "the association's report", "url": "https://example.org/report"},
    ]
    assert output["links"][-1] == {"text": "Subscribe", "url": web.url("/subscribe")}
    assert (output["truncated"], output["untrusted"]) == (False, True)


async def test_a_page_that_gives_orders_is_marked_as_foreign(
    web: FakeWeb, client: GuardedClient, tmp_path: Path
) -> None:
    output = await call(navigate_url(client), tool_context(tmp_path), url=web.url("/injection"))
    assert "Mix flour" in output["text"]
    assert output["untrusted"] is True


async def test_long_text_is_cut_with_a_mark(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    output = await call(navigate_url(client), tool_context(tmp_path), url=web.url("/article"), max_chars=100)
    assert (len(output["text"]) <= 100, output["truncated"]) == (True, True)


@pytest.mark.parametrize(
    ("path", "part"),
    [("/plain", "Chairs: 1,204"), ("/json", "1204"), ("/latin", "señor"), ("/pdf", "Quarterly"), ("/", "Welcome.")],
)  # fmt: skip
async def test_other_kinds_of_content_are_read_by_their_type(
    web: FakeWeb, client: GuardedClient, tmp_path: Path, path: str, part: str
) -> None:
    output = await call(navigate_url(client), tool_context(tmp_path), url=web.url(path))
    assert part in output["text"]


@pytest.mark.parametrize(
    ("path", "error", "reason"),
    [
        ("/image", Invalid, "image/png"),
        ("/empty", Invalid, "no readable text"),
        ("/status/404", Invalid, "404 Not Found"),
        ("/status/503", Unavailable, "503"),
        ("/to-metadata", Refused, "metadata"),
    ],
)
async def test_what_cannot_be_read_is_explained(
    web: FakeWeb, client: GuardedClient, tmp_path: Path, path: str, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        await call(navigate_url(client), tool_context(tmp_path), url=web.url(path))


async def test_a_page_without_end_is_read_up_to_the_limit(web: FakeWeb, client: GuardedClient, tmp_path: Path) -> None:
    output = await call(navigate_url(client), tool_context(tmp_path), url=web.url("/huge"))
    assert output["truncated"] is True
