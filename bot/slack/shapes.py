"""Reading JSON that others made: what is not of the shape that is looked for counts as empty."""

import re
from typing import Any, cast

Json = dict[str, Any]
_ID = re.compile(r"[A-Z][A-Z0-9]{1,31}")


def mapping(value: object) -> Json:
    return cast(Json, value) if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    """The objects in a list."""
    return [cast(Json, item) for item in cast(list[object], value) if isinstance(item, dict)] if _is_list(value) else []


def lists(value: object) -> list[list[object]]:
    """The lists in a list."""
    return [cast(list[object], item) for item in cast(list[object], value) if _is_list(item)] if _is_list(value) else []


def string(value: object) -> str:
    return value if isinstance(value, str) else ""


def name(value: object) -> str | None:
    """An id of Slack's, such as ``C0123ABC456``; None for anything else."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _is_list(value: object) -> bool:
    return isinstance(value, list)
