"""Checks of what Legwork reaches out to: the file store, the model, web search."""

import json
import secrets
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast

from domain.core.errors import Unavailable
from domain.core.settings import Settings
from domain.core.storage import Storage
from domain.health.check import Finding, error, ok, warning

__all__ = ["model", "search", "storage"]

_PUBLIC_ADDRESS = "https://api.openai.com/v1"
"""https://platform.openai.com/docs/api-reference/models/list"""
_MOST_NAMES = 12
_WINDOWS = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx", "n_ctx_train")
"""How servers name the size of a model's window in their lists."""
_SEARCH_REMEDY = (
    "Set LEGWORK_GOOGLE_SEARCH_KEY with LEGWORK_GOOGLE_SEARCH_ENGINE, LEGWORK_BRAVE_SEARCH_KEY, or LEGWORK_SEARXNG_URL."
)


async def storage(store: Storage) -> Sequence[Finding]:
    """Keep a small file, read it back, remove it. Raises NotFound, Unavailable."""
    content = secrets.token_bytes(32)
    stored = await store.add("health", "probe.bin", content)
    back = await store.read(stored.key)
    await store.remove(stored.key)
    if back != content:
        return [error("storage", "A file came back changed.", "Check the store named in LEGWORK_STORAGE_URL.")]
    return [ok("storage", "A file was written, read and removed.")]


async def model(settings: Settings) -> Sequence[Finding]:
    """Whether the model's server answers and takes the key; the key is never part of a finding."""
    if not settings.has_model:
        return [
            warning(
                "model",
                "None is configured: the offline provider answers by rules.",
                "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a compatible server.",
            )
        ]
    import httpx  # loading it takes as long as all other checks together

    given = settings.openai_base_url
    address = (given.get_secret_value() if given is not None else _PUBLIC_ADDRESS).strip().rstrip("/")
    key = settings.openai_api_key.get_secret_value().strip() if settings.openai_api_key else "none"
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(f"{address}/models", headers={"Authorization": f"Bearer {key}"})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
        raise Unavailable(
            f"The model's server could not be asked ({type(failure).__name__}).",
            remedy="Check OPENAI_BASE_URL, OPENAI_API_KEY and the network.",
        ) from None  # a cause could hold the key
    return [_answered(answer.status_code, answer.text, settings.model)]


def _answered(status: int, body: str, name: str) -> Finding:
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return error("model", f"The model's server refuses the key (HTTP {status}).", "Set another OPENAI_API_KEY.")
    if status == HTTPStatus.NOT_FOUND:
        return warning("model", "The model's server answers, but lists no models (HTTP 404).", "Check OPENAI_BASE_URL.")
    if status != HTTPStatus.OK:
        return error("model", f"The model's server answers HTTP {status}.", "Try again, or look at its status page.")
    offered = _offered(body)
    if name not in offered:
        others = ", ".join(list(offered)[:_MOST_NAMES]) + (", …" if len(offered) > _MOST_NAMES else "")
        remedy = f"Set LEGWORK_MODEL to one of these: {others}." if offered else "Set LEGWORK_MODEL."
        return warning("model", f"The key works, but {name} is not among the models.", remedy)
    window = f"; it takes {offered[name]:,} tokens" if offered[name] else ""
    return ok("model", f"The key works and {name} is there{window}.")


def _offered(body: str) -> dict[str, int | None]:
    """The models a server lists, with their windows in tokens where it tells them."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return {}
    entries: Any = cast("dict[str, Any]", answer).get("data") if isinstance(answer, dict) else answer
    found: dict[str, int | None] = {}
    for entry in cast("list[Any]", entries) if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(cast("dict[str, Any]", entry).get("id"), str):
            named = cast("dict[str, Any]", entry)
            found[named["id"]] = _window(named)
    return found


def _window(entry: dict[str, Any]) -> int | None:
    meta: Any = entry.get("meta")
    for part in (entry, cast("dict[str, Any]", meta) if isinstance(meta, dict) else {}):
        for name in _WINDOWS:
            if isinstance(part.get(name), int):
                return part[name]
    return None


async def search(settings: Settings) -> Sequence[Finding]:
    """Which service search_google asks; none is asked here, since a question may cost money."""
    given = (
        ("Google", settings.google_search_key is not None and settings.google_search_engine is not None),
        ("Brave", settings.brave_search_key is not None),
        ("SearXNG", settings.searxng_url is not None),
    )
    name = next((name for name, is_set in given if is_set), None)
    if name is None:
        return [warning("web search", "No search service is configured.", _SEARCH_REMEDY)]
    return [ok("web search", f"{name} is configured.")]
