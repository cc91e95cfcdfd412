"""search_google: a web search through whichever search service an administrator has configured."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from httpx import URL
from pydantic import Field

from domain.core.errors import Misconfigured, Unavailable
from domain.core.settings import Settings
from domain.core.web import GuardedClient
from domain.core.web.urls import host_and_port
from domain.tools.builtin.characters import clean
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["search_google"]

_TAG = re.compile(r"</?\w[^<>]{0,200}>")
_KEY_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)


class _Arguments(Arguments):
    query: str = Field(min_length=1, max_length=400)
    count: int = Field(default=5, ge=1, le=10, description="How many results.")


@dataclass(frozen=True, slots=True)
class _Service:
    """One search service: where to ask, and where its answer holds results and their parts."""

    name: str
    url: URL
    query: Callable[[str, int], Mapping[str, str]]
    headers: Mapping[str, str]
    results: tuple[str, ...]
    fields: tuple[str, str, str]
    """The names it gives to title, address and snippet."""


def search_google(settings: Settings, web: GuardedClient) -> Tool:
    service = _configured(settings)

    async def run(arguments: _Arguments, context: ToolContext) -> Output:
        if service is None:
            raise Misconfigured(
                "No web search is configured.",
                remedy=(
                    "Set LEGWORK_GOOGLE_SEARCH_KEY with LEGWORK_GOOGLE_SEARCH_ENGINE, LEGWORK_BRAVE_SEARCH_KEY, "
                    "or LEGWORK_SEARXNG_URL."
                ),
            )
        results = await _search(service, web, arguments.query, arguments.count)
        return {"query": arguments.query, "results": results, "untrusted": True}

    return Tool(
        name="search_google",
        display_name="Web search",
        description="Searches the web. Returns titles, addresses and snippets.",
        category=Category.BROWSER,
        effect=Effect.READ,
        arguments=_Arguments,
        run=run,
        configured=service is not None,
    )


def _configured(settings: Settings) -> _Service | None:
    """The first service that has what it needs."""
    if settings.google_search_key is not None and settings.google_search_engine:
        key, engine = settings.google_search_key.get_secret_value(), settings.google_search_engine
        return _Service(
            name="Google",
            url=URL(str(settings.google_search_url)),
            query=lambda text, count: {"key": key, "cx": engine, "q": text, "num": str(count)},
            headers={},
            results=("items",),
            fields=("title", "link", "snippet"),
        )
    if settings.brave_search_key is not None:
        return _Service(
            name="Brave",
            url=URL(str(settings.brave_search_url)),
            query=lambda text, count: {"q": text, "count": str(count)},
            headers={"x-subscription-token": settings.brave_search_key.get_secret_value()},
            results=("web", "results"),
            fields=("title", "url", "description"),
        )
    if settings.searxng_url is not None:
        return _Service(
            name="SearXNG",
            url=URL(f"{str(settings.searxng_url).rstrip('/')}/search"),
            query=lambda text, count: {"q": text, "format": "json"},
            headers={},
            results=("results",),
            fields=("title", "url", "content"),
        )
    return None


async def _search(service: _Service, web: GuardedClient, query: str, count: int) -> list[dict[str, str]]:
    host, port = host_and_port(service.url)
    # the address is an administrator's, so it may be a private one
    allowed = web.allowing(f"{host}:{port}")
    url = service.url.copy_merge_params(service.query(query, count))
    answer = await allowed.fetch("GET", str(url), headers={**service.headers, "accept": "application/json"})
    if answer.status in _KEY_REFUSED:
        raise Misconfigured(
            f"{service.name} search refused the request ({answer.status}).",
            remedy="An administrator should check the search key, and for SearXNG that the JSON format is enabled.",
        )
    found = answer.checked().json()
    for name in service.results:
        found = cast(dict[str, Any], found).get(name) if isinstance(found, dict) else None
    if not isinstance(found, list | None):
        raise Unavailable(f"{service.name} search answered in a form that cannot be read.")
    return [
        _result(cast(dict[str, Any], item), service.fields)
        for item in cast(list[Any], found or [])[:count]
        if isinstance(item, dict)
    ]


def _result(item: dict[str, Any], fields: tuple[str, str, str]) -> dict[str, str]:
    title, url, snippet = (str(item.get(name) or "") for name in fields)
    return {"title": _plain(title), "url": clean(url), "snippet": _plain(snippet)[:500]}


def _plain(marked: str) -> str:
    """Text without the tags and entities that highlight the words searched for."""
    return " ".join(clean(html.unescape(_TAG.sub("", marked))).split())
