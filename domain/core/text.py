"""Text that Postgres can keep, and Markdown that shows what was written."""

import re
from typing import Any, cast

# Postgres takes neither NUL in text nor halves of surrogate pairs in UTF-8.
_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)])

_MARKS = re.compile(r"[\\`*\[\]~<|]|(?<!\w)_|_(?!\w)")
_MARKED = re.compile(r"\\([\\`*\[\]~<|_])")


def literal(text: str) -> str:
    """Markdown that shows the text, in which no mark counts."""
    return _MARKS.sub(r"\\\g<0>", text)


def unmarked(markdown: str) -> str:
    """Of Markdown, what ``literal`` made of a text as that text again, for where no mark counts in any case."""
    return _MARKED.sub(r"\1", markdown)


def storable(text: str) -> str:
    """The text without what no database column can hold."""
    return text if text.isprintable() else text.translate(_UNSTORABLE)


def storable_json(value: Any) -> Any:
    """The same for every text inside a JSON value."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return {storable(name): storable_json(part) for name, part in named.items()}
    if isinstance(value, list | tuple):
        return [storable_json(part) for part in cast("list[Any]", value)]
    return value
