"""Reading JSON that others made: what is not of the shape that is looked for counts as empty."""

from typing import Any, cast

Json = dict[str, Any]


def mapping(value: object) -> Json:
    return cast(Json, value) if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    """The objects in a list."""
    return [cast(Json, item) for item in cast(list[object], value) if isinstance(item, dict)] if _is_list(value) else []


def string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_list(value: object) -> bool:
    return isinstance(value, list)
