"""Finding the JSON object in what a model wrote: bare, in a code fence, or after its own thinking aloud."""

import json
import re
from typing import Any, cast

from pydantic_core import from_json

_THOUGHT = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_FENCE = re.compile(r"```(?:json)?\s*(?=\{)", re.IGNORECASE)
_DECODER = json.JSONDecoder(strict=False)  # raw line breaks inside strings are a common slip


def without_thought(text: str) -> str:
    """The text without a leading ``<think>`` block, which some open models write into their answer."""
    return _THOUGHT.sub("", text).lstrip()


def looks_like_json(text: str) -> bool:
    """Whether the answer means to be an object, whether or not it is a sound one."""
    return _body(text).startswith("{")


def json_object(text: str) -> dict[str, Any] | None:
    """The object a text holds, or None. What follows the object is ignored."""
    body = _body(text)
    if not body.startswith("{"):
        return None
    try:
        value: object = _DECODER.raw_decode(body)[0]
    except ValueError:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def partial_object(text: str) -> dict[str, Any]:
    """As much of an object as has arrived; empty where there is nothing yet."""
    try:
        value = from_json(_body(text).encode("utf-8", "replace"), allow_partial="trailing-strings")
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _body(text: str) -> str:
    """The text from its object on: fences are removed, also behind a sentence of introduction."""
    answer = without_thought(text)
    if answer.startswith("{"):
        return answer
    fence = _FENCE.search(answer)
    return answer[fence.end() :] if fence else answer
