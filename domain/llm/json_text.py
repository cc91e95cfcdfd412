"""Finding the JSON object in what a model wrote: bare, in a code fence, behind a sentence, or after thinking aloud."""

import ast
import json
import re
from collections.abc import Collection
from typing import Any, cast

from pydantic_core import from_json

from domain.llm.thought import without_thought

_FENCE_BEGINS = re.compile(r"\A([^`]*)\n`{1,3}(?:j|js|jso|json)?\s*\Z")
_FENCE = re.compile(r"```(?:json)?\s*(?=\{)", re.IGNORECASE)
_DECODER = json.JSONDecoder(strict=False)  # raw line breaks inside strings are a common slip
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_WRAPPED = re.compile(r"\A\s*```\w*\s*(.*?)\s*(?:```)?\s*\Z", re.DOTALL)
_OPENING = {"{": "}", "[": "]"}
_MOST_MISSING = 1


def looks_like_json(text: str, keys: Collection[str] = ()) -> bool:
    """Whether the answer means to be an object, whether or not it is a sound one. See ``json_object`` for keys."""
    return _body(text, keys).startswith("{")


def json_object(text: str, keys: Collection[str] = ()) -> dict[str, Any] | None:
    """The object a text holds, or None. What follows the object is ignored.

    ``keys``: names of which the object's first is one, where it may stand behind a sentence of introduction.
    """
    body = _body(text, keys)
    if not body.startswith("{"):
        return None
    try:
        value: object = _DECODER.raw_decode(body)[0]
    except ValueError:
        return mended_object(body)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def partial_object(text: str, keys: Collection[str] = ()) -> dict[str, Any]:
    """As much of an object as has arrived; empty where there is nothing yet."""
    try:
        value = from_json(_body(text, keys).encode("utf-8", "replace"), allow_partial="trailing-strings")
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def before_object(text: str, keys: Collection[str]) -> str:
    """A text that is still being written, without an object that begins behind its words."""
    begins = _beginning(text, keys, partly=True)
    return _FENCE_BEGINS.sub(r"\1", text) if begins is None else text[:begins].rstrip()


def mended_object(text: str) -> dict[str, Any] | None:
    """The object that an unsound text plainly means: a fence around it, encoded twice, written as Python writes it,
    with a comma too much, or without its last bracket. None: what it means is not plain.
    """
    fenced = _WRAPPED.match(text)
    candidate = fenced.group(1) if fenced and text.lstrip().startswith("```") else text.strip()
    for attempt in (candidate, _TRAILING.sub(lambda found: found.group(1) or "", candidate)):
        for closed in (attempt, _closed(attempt)):
            value = _read(closed)
            if isinstance(value, str):  # encoded twice
                value = _read(value) if value.lstrip().startswith("{") else None
            if isinstance(value, dict):
                return cast("dict[str, Any]", value)
    return _python_object(candidate)


def _read(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return None


def _closed(text: str) -> str:
    """With the bracket that is missing at the end; unchanged where more is missing than that."""
    open_: list[str] = []
    in_string = escaped = False
    for sign in text:
        if in_string:
            in_string = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            in_string = True
        elif sign in _OPENING:
            open_.append(_OPENING[sign])
        elif sign in "}]" and (not open_ or open_.pop() != sign):
            return text
    return text if in_string or len(open_) > _MOST_MISSING else text.rstrip().rstrip(",") + "".join(reversed(open_))


def _python_object(text: str) -> dict[str, Any] | None:
    if not text.startswith("{") or len(text) > 20_000:
        return None
    try:
        value: object = ast.literal_eval(text)
        json.dumps(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _body(text: str, keys: Collection[str]) -> str:
    """The text from its object on: fences are removed, also behind a sentence of introduction."""
    answer = without_thought(text)
    if answer.startswith("{"):
        return answer
    if answer.startswith('"{'):
        return _unpacked(answer)
    fence = _FENCE.search(answer)
    if fence:
        return answer[fence.end() :]
    begins = _beginning(answer, keys, partly=False)
    return answer if begins is None else answer[begins:]


def _unpacked(answer: str) -> str:
    """The object in a string, as far as it has come; an object that says nothing, where it cannot be told."""
    value = _read(answer)
    return without_thought(value) if isinstance(value, str) else "{"


def _beginning(text: str, keys: Collection[str], *, partly: bool) -> int | None:
    """Where an object with one of the keys begins; ``partly``: also where the end of the text may become one."""
    if not keys or "{" not in text:
        return None
    names = "|".join(re.escape(key) for key in keys)
    found = re.search(r'\{\s*"(?:' + names + r')"\s*:', text)
    if found is None and partly:
        for place in re.finditer(r"\{", text[-200:]):
            begins = max(0, len(text) - 200) + place.start()
            tail = re.sub(r"\s+", "", text[begins:])
            if any(f'{{"{key}":'.startswith(tail) for key in keys):
                return begins
    return found.start() if found else None
