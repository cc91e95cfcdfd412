"""What a server sends, as JSON objects one after another, whether it streams or sends its answer whole.

Read here rather than by the SDK's typed streams: those stumble over what compatible servers leave out or add.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from typing import Any, cast

import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream

from domain.llm.openai.call import WRONG_ADDRESS, Broken

Json = dict[str, Any]

LONGEST_ANSWER = 20_000_000
"""Bytes of one answer."""


async def objects(client: AsyncOpenAI, path: str, body: Mapping[str, Any]) -> AsyncGenerator[Json | None]:
    """Every object of the answer as it arrives; None where the server says that it is done.

    Raises Broken where what comes is no answer of a model, and the SDK's errors.
    """
    stream = await client.post(path, cast_to=object, body=dict(body), stream=True, stream_cls=AsyncStream[object])
    response = stream.response
    if (response.headers.get("content-type") or "").startswith("text/html"):
        raise Broken("it is a web page", code=WRONG_ADDRESS)
    read = _Read()
    try:
        async for part in _bytes(response):
            for event in read.take(part):
                yield event
        for event in read.end():
            yield event
    finally:
        await response.aclose()


async def _bytes(response: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for part in response.aiter_bytes():
            yield part
    except httpx2.TimeoutException:
        raise openai.APITimeoutError(request=response.request) from None
    except httpx2.RequestError:
        raise openai.APIConnectionError(request=response.request) from None


class _Read:
    """Lines put together to events; lines that are no events to the whole answer that they are."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._data: list[str] = []
        self._rest: list[str] = []
        self._taken = 0

    def take(self, part: bytes) -> Iterator[Json | None]:
        self._taken += len(part)
        if self._taken > LONGEST_ANSWER:
            raise Broken("it has no end")
        self._line += part
        *lines, last = self._line.replace(b"\r\n", b"\n").split(b"\n")
        self._line = bytearray(last)
        for line in lines:
            yield from self._take_line(line.decode("utf-8", "replace").rstrip("\r"))

    def end(self) -> Iterator[Json | None]:
        """What is left when the server has nothing more to send."""
        yield from self._take_line(self._line.decode("utf-8", "replace"))
        if self._data:
            raise Broken("it is unreadable")
        yield from self._whole("\n".join(self._rest).strip())

    def _take_line(self, line: str) -> Iterator[Json | None]:
        name, colon, value = line.partition(":")
        if not line.strip():
            if self._data:
                raise Broken("it is unreadable")
        elif name == "data" and colon:
            yield from self._take_data(value.strip())
        elif name.strip() not in ("", "event", "id", "retry"):
            self._rest.append(line)

    def _take_data(self, value: str) -> Iterator[Json | None]:
        """An event is whole when it is sound: some servers leave out the empty line between two."""
        if not self._data and value.startswith("[DONE]"):
            yield None
        elif value or self._data:
            self._data.append(value)
            found = _parsed("\n".join(self._data))
            if found is not None:
                self._data.clear()
                yield found

    def _whole(self, text: str) -> Iterator[Json | None]:
        """An answer that was sent whole, or line by line, though a stream was asked for."""
        if not text:
            return
        if text.startswith("<"):
            raise Broken("it is a web page", code=WRONG_ADDRESS)
        found = _parsed(text)
        for each in [found] if found is not None else [_parsed(line) for line in text.splitlines() if line.strip()]:
            if each is None:
                raise Broken("it is unreadable")
            yield each
        yield None


def _parsed(text: str) -> Json | None:
    try:
        value: object = json.loads(text, strict=False)
    except ValueError:
        return None
    if not isinstance(value, dict):
        raise Broken("it is unreadable")
    return cast("Json", value)


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
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def parts(value: object) -> list[Mapping[str, Any]]:
    """The objects of what should be a list of them."""
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return [found for entry in entries if (found := part(entry))]


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
