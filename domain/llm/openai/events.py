"""The JSON objects in the bytes that a server sends, however they are cut, framed as events or sent whole.

Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation. Their
names and ids are not read: each object says what it is.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

import orjson

from domain.llm.openai.call import WRONG_ADDRESS, Broken

Json = dict[str, Any]

LONGEST_ANSWER = 20_000_000
"""Bytes of one answer."""

_MARK = b"\xef\xbb\xbf"
"""Of the encoding, at the very beginning."""
_SILENT = (b"", b"event", b"id", b"retry")
"""Fields that say nothing here; a comment is one without a name."""


class Events:
    """Bytes go in with ``take``, and ``end`` says that there are no more; both give objects, None for “done”.

    Each object is given before the error that stands behind it is raised: Broken.
    """

    def __init__(self) -> None:
        self._begun: list[bytes] = []  # of a line
        self._data: list[bytes] = []  # of an event
        self._rest: list[bytes] = []  # lines that are of no event
        self._taken = 0
        self._first = True
        self._after_return = False

    def take(self, part: bytes) -> Iterator[Json | None]:
        self._taken += len(part)
        if self._taken > LONGEST_ANSWER:
            raise Broken("it has no end")
        if self._after_return and part:
            self._after_return = False
            part = part.removeprefix(b"\n")  # it belongs to the carriage return before it
        lines = part.splitlines()
        begun = lines.pop() if lines and part[-1] not in b"\r\n" else b""
        if lines:
            lines[0] = self._whole_line(lines[0])
            self._after_return = part.endswith(b"\r")
            for line in lines:
                yield from self._take_line(line)
        if begun:
            self._begun.append(begun)

    def end(self) -> Iterator[Json | None]:
        yield from self._take_line(self._whole_line(b""))
        if self._data:
            raise Broken("it is unreadable")
        yield from self._whole_answer(b"\n".join(self._rest).strip())

    def _whole_line(self, end: bytes) -> bytes:
        line = b"".join((*self._begun, end))
        self._begun.clear()
        if self._first:
            self._first = False
            return line.removeprefix(_MARK)
        return line

    def _take_line(self, line: bytes) -> Sequence[Json | None]:
        if line.startswith(b"data:"):
            return self._take_data(line[5:].strip())
        if not line.strip():
            if self._data:
                raise Broken("it is unreadable")
        elif line != b"data" and line.partition(b":")[0].strip() not in _SILENT:
            self._rest.append(line)
        return ()

    def _take_data(self, value: bytes) -> Sequence[Json | None]:
        """An event is whole when it is sound: some servers leave out the empty line between two."""
        if self._data:
            self._data.append(value)
            value = b"\n".join(self._data)
        elif not value:
            return ()
        elif value.startswith(b"[DONE]"):
            return (None,)
        found = _parsed(value)
        if found is not None:
            self._data.clear()
            return (found,)
        self._data = self._data or [value]
        return ()

    def _whole_answer(self, text: bytes) -> Iterator[Json | None]:
        """An answer that was sent whole, or line by line, though a stream was asked for."""
        if not text:
            return
        if text.startswith(b"<"):
            raise Broken("it is a web page", code=WRONG_ADDRESS)
        found = _parsed(text)
        for each in [found] if found is not None else [_parsed(line) for line in text.splitlines() if line.strip()]:
            if each is None:
                raise Broken("it is unreadable")
            yield each
        yield None


def _parsed(text: bytes) -> Json | None:
    """The object that the text is; None where it is no sound JSON, or not yet. Raises Broken where it is no object."""
    try:
        value: object = orjson.loads(text)
    except ValueError:
        try:  # which forgives what some servers do: bare line breaks in strings, halves of characters, NaN
            value = json.loads(text.decode("utf-8", "replace"), strict=False)
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, dict):
        raise Broken("it is unreadable")
    return cast("Json", value)
