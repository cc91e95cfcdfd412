"""Commands in what is said, as they are typed where it is read.

In texts of ours a command is written ``/noun …`` between “ ” or backticks, or is the beginning of a line or cell. What
a model answers is left as it is.
"""

import re
from typing import Any, cast

from bot.commands.table import WORDS
from domain.conversations.said import Said

_WORD = "|".join(sorted(WORDS))
_WRITTEN = re.compile(rf"(?:(?<=[“`])|\A)/(?=(?:{_WORD})(?![\w/-]))")
_OTHERS_WORDS = frozenset({"answer", "file"})
_NO_WORDS = frozenset({"type", "buttons", "status", "task_id"})


def typed(said: Said, sign: str) -> Said:
    """The same with ``sign`` instead of the slash: ``!`` makes “/tasks show” “!tasks show”."""
    if said.type in _OTHERS_WORDS:
        return said
    changed = {
        name: now
        for name in type(said).model_fields
        if name not in _NO_WORDS and (now := _typed(was := getattr(said, name), sign)) != was
    }
    return said.model_copy(update=changed) if changed else said


def _typed(value: Any, sign: str) -> Any:
    if type(value) is str:
        return _WRITTEN.sub(sign, value)
    return tuple(_typed(part, sign) for part in cast(tuple[Any, ...], value)) if isinstance(value, tuple) else value
