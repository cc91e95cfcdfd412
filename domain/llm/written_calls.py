"""Calls of tools that a model writes into its text.

Where a server does not know a model's own marks for calls, they arrive as words: ``<tool_call>{…}</tool_call>``,
``[TOOL_CALLS][…]``, or an object with a tool's name and arguments, bare or in a code fence. They are meant as calls,
and nobody is to read them. Marks that an answer quotes (in backticks or a fenced block) are its words.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, cast

from domain.llm.json_text import mended_object
from domain.llm.model import ToolCall

_TAGS = ("<tool_call>", "<function_call>", "<|tool_call|>", "<|python_tag|>", "[tool_calls]", "<function=")
_MARK = re.compile("(?<!`)(?:" + "|".join(re.escape(tag) for tag in _TAGS) + ")(?!`)", re.IGNORECASE)
_SIGNS = re.compile(r"[<\[]")
"""With one of which each of them begins."""
_LONGEST_MARK = max(len(tag) for tag in _TAGS)
_NAME = re.compile(r"\s*([\w.:-]+)\s*(?:\[(?:CALL_ID\][\w-]*\[)?ARGS\]\s*)?(?=\{)")
"""A name that stands before its arguments."""
_FUNCTION = re.compile(r"\s*<function=\s*([\w.:-]+)\s*>(.*?)(?:</function>|\Z)", re.IGNORECASE | re.DOTALL)
_PARAMETER = re.compile(r"<parameter=\s*([\w.:-]+)\s*>\n?(.*?)\n?(?:</parameter>|(?=<parameter=)|\Z)", re.DOTALL)
_BEGINS = re.compile(r"\s*(?:[\[{]|<function=|[\w.:-]+\s*(?:\[(?:CALL_ID|ARGS)\]|\{))", re.IGNORECASE)
_MAY_BEGIN = re.compile(r"\s*(?:<[a-z=]{0,9}|[\w.:-]*\s*(?:\[[\w\]\[-]*)?)", re.IGNORECASE)
_OPENED = re.compile(r'\s*(?:`{1,2}|```\w*|(?:```\w*\s+)?(?:\[\s*)?(?:\{\s*(?:"(\w*)(?:(").*)?)?)?)', re.DOTALL)
"""The beginning of an object, of a list of them, or of a fence around either; its first key."""
_NAMED = re.compile(r'"name"\s*:\s*"([^"]*)"')
_KEYS = ("name", "function", "type", "id", "arguments", "parameters")
_UNNAMED = 200
"""Signs of such an object after which it is no call, if no tool was named in it."""
_CLOSING = re.compile(r"[\s,;\]]*(?:</tool_call>|</function_call>|<\|/tool_call\|>|</function>)?[\s,;]*", re.IGNORECASE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_ALONE = re.compile(
    r"(?:\A|\n)\s*```(?:json|tool_call|tool_code)?\s*\n(\s*[\[{].*?)\n?```\s*\Z", re.IGNORECASE | re.DOTALL
)
_ARGUMENTS = ("arguments", "parameters", "args")
_DECODER = json.JSONDecoder(strict=False)


def written_calls(text: str, names: Collection[str]) -> tuple[str, tuple[ToolCall, ...]]:
    """The text without the calls that are written in it, and these.

    ``names``: of the tools on offer; what bears no mark is a call only where it names one of them. A marked call
    that cannot be read is left out of the text as well.
    """
    mark = _first_mark(text)
    if mark is not None and _BEGINS.match(text, _inside(mark)):
        return text[: mark.start()].rstrip(), _numbered(_marked(text, mark))
    alone = _ALONE.search(text)
    written = alone.group(1) if alone else text
    if not written.lstrip().startswith(("{", "[")):
        return text, ()
    found = list(_objects(written))
    if not found or any(name not in names for name, _ in found):
        return text, ()
    return (text[: alone.start()].rstrip() if alone else ""), _numbered(iter(found))


def before_calls(text: str, names: Collection[str]) -> str:
    """Of a text that is still being written, what stands before a call, or before what may become one."""
    mark = _first_mark(text)
    if mark is not None:
        rest = text[_inside(mark) :]
        return text[: mark.start()].rstrip() if _BEGINS.match(rest) or _MAY_BEGIN.fullmatch(rest) else text
    if _may_be_alone(text, names):
        return ""
    for sign in re.finditer(r"[<\[]", text[-_LONGEST_MARK:]):
        place = max(0, len(text) - _LONGEST_MARK) + sign.start()
        if any(tag.startswith(text[place:].lower()) for tag in _TAGS):
            return text[:place]
    return text


def _may_be_alone(text: str, names: Collection[str]) -> bool:
    """Whether a text that begins as an object does may become a call without a mark."""
    found = _OPENED.fullmatch(text)
    if not names or found is None or not text.strip():
        return False
    key, closed = found.group(1), found.group(2)
    if not closed:
        return any(known.startswith(key or "") for known in _KEYS)
    if key not in _KEYS:
        return False
    named = _NAMED.search(text)
    return named.group(1) in names if named else len(text) < _UNNAMED


def _first_mark(text: str) -> re.Match[str] | None:
    """The first mark that is not quoted, and not inside of an object."""
    if text.lstrip().startswith("{"):
        return None
    for sign in _SIGNS.finditer(text):
        mark = _MARK.match(text, sign.start())
        if mark and not any(fence.start() < mark.start() < fence.end() for fence in _FENCED.finditer(text)):
            return mark
    return None


def _inside(mark: re.Match[str]) -> int:
    """Where what is marked begins."""
    return mark.start() if mark.group().lower() == "<function=" else mark.end()


def _marked(text: str, mark: re.Match[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every call from this mark on, up to the first that cannot be read."""
    place = _inside(mark)
    while place < len(text):
        function = _FUNCTION.match(text, place)
        if function is not None:
            yield function.group(1), _parameters(function.group(2))
            place = function.end()
        else:
            named = _NAME.match(text, place)
            try:
                value, place = _DECODER.raw_decode(text, named.end() if named else _skipped(text, place))
            except ValueError:
                mended = mended_object(text[place:].partition("</")[0])
                yield from _calls_of(mended)
                return
            yield from [(named.group(1), _arguments(value))] if named else _calls_of(value)
        place = _closed(text, place)


def _closed(text: str, place: int) -> int:
    """Where the next call begins: closing and opening marks between are passed over."""
    closing = _CLOSING.match(text, place)
    place = closing.end() if closing else place
    closing = _CLOSING.match(text, place)
    place = closing.end() if closing else place
    mark = _MARK.match(text, place)
    return _inside(mark) if mark else place


def _skipped(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _objects(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Calls that a text consists of; nothing where it holds anything else."""
    try:
        value, end = _DECODER.raw_decode(text.strip())
    except ValueError:
        return
    if not text.strip()[end:].strip():
        yield from _calls_of(value)


def _calls_of(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        for entry in cast("list[object]", value):
            yield from _calls_of(entry)
    if not isinstance(value, dict):
        return
    call = cast("dict[str, Any]", value)
    inner: object = call.get("function")
    if isinstance(inner, dict):
        call = cast("dict[str, Any]", inner)
    given = [call[key] for key in _ARGUMENTS if key in call]
    if isinstance(call.get("name"), str) and given:
        yield call["name"], _arguments(given[0])


def _arguments(value: object) -> dict[str, Any]:
    if isinstance(value, str):  # encoded once more
        value = mended_object(value)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _parameters(text: str) -> dict[str, Any]:
    """Arguments as an object, or each in a mark of its own."""
    if text.lstrip().startswith("{"):
        return mended_object(text.strip()) or {}
    return {each.group(1): _value(each.group(2)) for each in _PARAMETER.finditer(text)}


def _value(text: str) -> object:
    """Numbers, truth values, lists and objects are read; any other words stand as they are."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _numbered(calls: Iterator[tuple[str, dict[str, Any]]]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(f"written_{place}", name, arguments) for place, (name, arguments) in enumerate(calls, 1))
