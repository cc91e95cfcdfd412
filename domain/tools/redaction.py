"""What must not be written down: values of telling names, and text that looks like a credential."""

import re
from typing import Any, cast

MARK = "•••"

_NAMES = re.compile(r"authorization|cookie|passw|secret|token|api[-_]?key|credential|private[-_]?key", re.IGNORECASE)
_SHAPES = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|lw_live_[A-Za-z0-9_]{16,}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,})"
    r"|(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]{12,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)


def redacted(value: Any) -> Any:
    """The same JSON value with secrets replaced by a mark."""
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return {name: MARK if part and _NAMES.search(name) else redacted(part) for name, part in named.items()}
    if isinstance(value, list | tuple):
        return [redacted(part) for part in cast("list[Any]", value)]
    if isinstance(value, str):
        return _SHAPES.sub(MARK, value)
    return value
