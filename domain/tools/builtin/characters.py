"""Text without what neither a database nor a file format can hold."""

import re
from typing import Any, cast

__all__ = ["clean", "clean_json"]

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Control characters (XML 1.0, section 2.2; Postgres refuses U+0000) and halves of characters (no UTF-8 for them)."""


def clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def clean_json(value: Any) -> Any:
    """A JSON value with every text in it clean, names included."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_json(item) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        return {clean(name): clean_json(item) for name, item in cast(dict[str, Any], value).items()}
    return value
