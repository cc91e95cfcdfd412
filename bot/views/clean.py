"""Text from outside, made safe to show.

A terminal obeys control characters, and every reader is fooled by marks that reorder what is read
(CVE-2021-42574). Both are shown as signs of themselves instead.
"""

import dataclasses
from typing import Any, TypeVar, cast

from pydantic import BaseModel

T = TypeVar("T")

_KEPT = {ord("\n"), ord("\t")}
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in _KEPT}
_DELETE = {0x7F: 0x2421}
_C1 = dict.fromkeys(range(0x80, 0xA0), "\N{REPLACEMENT CHARACTER}")
_REORDERING = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\N{REPLACEMENT CHARACTER}"
)
_LINES = {0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_SHOWN = {**_PICTURES, **_DELETE, **_C1, **_REORDERING, **_LINES}


def visible(text: str) -> str:
    """The text without a character that acts: line breaks and tabs stay, the others become signs."""
    return text.replace("\r\n", "\n").translate(_SHOWN)


def clean(value: T) -> T:
    """The same view, or block, or part of one, with every string in it made ``visible``."""
    return cast(T, _cleaned(value))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(_cleaned(part) for part in cast(tuple[Any, ...], value))
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _cleaned(getattr(value, name)) for name in type(value).model_fields})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{field.name: _cleaned(getattr(value, field.name)) for field in dataclasses.fields(value)}
        )
    return value
