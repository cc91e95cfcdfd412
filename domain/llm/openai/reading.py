"""What a server is sent, and what it answers, as JSON objects one after another.

Read here rather than by the SDK's typed streams: those stumble over what compatible servers leave out or add, and take
several times as long.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from time import monotonic
from typing import Any, cast

import httpx2
import openai
import orjson
from openai import AsyncOpenAI, AsyncStream

from domain.core.errors import Unusable
from domain.llm.openai.call import WRONG_ADDRESS, Broken, Patience
from domain.llm.openai.events import Events, Json

_JSON = {"Content-Type": "application/json"}

_LAST_BYTES = 1.0
"""Seconds in which an answer that is whole may end: a connection can be used again only once it has been read out."""

_ending: set[asyncio.Task[None]] = set()


async def objects(
    client: AsyncOpenAI,
    path: str,
    body: Mapping[str, Any],
    patience: Patience,
    is_last: Callable[[Json], bool] = lambda _: False,
) -> AsyncGenerator[Json | None]:
    """Every object of the answer as it arrives; None where the server says that it is done.

    ``is_last``: of an object that says so in its own way. Raises Broken where what comes is no answer of a model,
    Unusable where it has no end, and the SDK's errors.
    """
    begun = monotonic()
    stream = await client.post(
        path,
        cast_to=object,
        content=orjson.dumps(body),
        options={"headers": _JSON},
        stream=True,
        stream_cls=AsyncStream[object],
    )
    response, read, over = stream.response, Events(), False
    arriving, heard = response.aiter_bytes(), begun
    try:
        if (response.headers.get("content-type") or "").startswith("text/html"):
            raise Broken("it is a web page", code=WRONG_ADDRESS)
        async for packet in arriving:
            came = False
            for event in read.take(packet):
                came, over = True, over or event is None or is_last(event)
                yield event
            now = monotonic()
            if came:
                heard = now
            elif now - heard > patience.silence:
                raise openai.APITimeoutError(request=response.request)
            if now - begun > patience.whole:
                raise _endless(patience)
        for event in read.end():
            yield event
    except httpx2.TimeoutException:
        raise openai.APITimeoutError(request=response.request) from None
    except httpx2.RequestError:
        raise openai.APIConnectionError(request=response.request) from None
    finally:
        if over:
            _begin(_read_out(response, arriving))
        else:
            await response.aclose()  # whoever leaves early does not wait for the rest


def _endless(patience: Patience) -> Unusable:
    return Unusable(
        f"The model did not come to an end within {patience.whole:g} seconds.",
        remedy="Ask for less at once, or raise LEGWORK_LLM_LONGEST.",
    )


def _begin(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    _ending.add(task)
    task.add_done_callback(_ending.discard)


async def _read_out(response: httpx2.Response, arriving: AsyncIterator[bytes]) -> None:
    try:
        async with asyncio.timeout(_LAST_BYTES):
            async for _ in arriving:
                pass
    except (TimeoutError, httpx2.RequestError):
        pass  # the answer is there; its connection is closed
    finally:
        await response.aclose()


def told_error(event: Mapping[str, Any]) -> Broken | None:
    """The error that an event tells of, whatever the status it came with."""
    error: object = event.get("error")
    if not error:
        return None
    if not isinstance(error, Mapping):
        return Broken(str(error), code=None)
    named = cast("Mapping[str, Any]", error)
    code, message = named.get("code"), named.get("message")
    kind = code if isinstance(code, str) else named.get("type")
    return Broken(str(message or kind or "it failed"), code=kind if isinstance(kind, str) else None)


def part(value: object) -> Mapping[str, Any]:
    """An object's part that should be an object; empty where it is none."""
    return cast("Json", value) if isinstance(value, dict) else {}


def parts(value: object) -> list[Mapping[str, Any]]:
    """The objects of what should be a list of them."""
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Json", entry) for entry in entries if entry and isinstance(entry, dict)]


def words(value: object) -> str:
    """Text that is written as text, or as a list of parts, of which those that are thought are left out."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    return "".join(_words_of(entry) for entry in cast("list[object]", value))


def _words_of(entry: object) -> str:
    if isinstance(entry, str):
        return entry
    named = part(entry)
    if named.get("type") not in (None, "text", "output_text", "input_text", "refusal"):
        return ""
    for name in ("text", "refusal", "content"):
        value = named.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, Mapping):  # {"text": {"value": …}}
            return str(part(cast("object", value)).get("value") or "")
    return ""


def count(value: object) -> int | None:
    """A number of tokens; None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
