"""When an answer is stopped, and when it is none: it repeats itself, nests without end, or holds no word."""

import re
from collections.abc import Mapping
from typing import Any, cast

from domain.llm.json_text import looks_like_json
from domain.llm.openai.call import Broken, Outcome
from domain.llm.thought import without_thought

EMPTY = "it is empty"
REPEATS = "it repeats itself without end"
TOO_DEEP = "it is nested without end"
THOUGHT_ONLY = "the model thought until its limit was reached"
ENDLESS = "it did not come to an end in time"

SAME = 60
"""Characters of which an answer that repeats itself repeats as many, or fewer, or a passage of several of them."""
TIMES = 20
_LONGEST_PASSAGE = 1_000
_SHALLOW = 8
"""Levels that are not without end, whatever the schema."""
_NESTING = re.compile(r'[\\"{}\[\]]')
_FREE = 12
"""Levels that an object without a schema of its own may have."""


class Guard:
    """Follows one answer as it is written. ``schema``: what it should keep, if anything."""

    def __init__(self, schema: Mapping[str, Any] | None) -> None:
        self._schema = schema
        self._level = 0
        self._in_string = self._escaped = False
        self._looked_at = 0

    def follow(self, text: str, added: str) -> None:
        """``text`` now ends with ``added``. Raises Broken where going on leads nowhere."""
        if self._schema is not None:
            self._nest(added)
            if self._level > _SHALLOW and self._level > depth(self._schema) and looks_like_json(text):
                raise Broken(TOO_DEEP)
        if len(text) - self._looked_at >= SAME:
            self._looked_at = len(text)
            if repeats(text):
                raise Broken(REPEATS)

    def _nest(self, added: str) -> None:
        if not self._escaped and not _NESTING.search(added):
            return
        for sign in added:
            if self._in_string:
                self._in_string = self._escaped or sign != '"'
                self._escaped = sign == "\\" and not self._escaped
            elif sign == '"':
                self._in_string = True
            elif sign in "{[":
                self._level += 1
            elif sign in "}]":
                self._level -= 1


def repeats(text: str) -> bool:
    """Whether the text ends with the same passage twenty times, of 60 characters or more in all of its rounds."""
    last = text[-SAME:]
    before = text.rfind(last, 0, len(text) - 1)
    if before < 0:
        return False
    passage = len(text) - len(last) - before
    if passage > _LONGEST_PASSAGE:
        return False
    rounds = text[-TIMES * max(passage, SAME) :]
    return len(rounds) >= TIMES * max(passage, SAME) and rounds[passage:] == rounds[:-passage]


def depth(schema: Mapping[str, Any]) -> int:
    """How many objects and lists an answer that keeps the schema has within one another at most."""
    inner = [depth(part) for part in _below(schema)]
    kind: object = schema.get("type")
    kinds = cast("list[object]", kind) if isinstance(kind, list) else [kind]
    own = int("object" in kinds or "array" in kinds)
    if not set(schema) & {"type", "enum", "const", "anyOf", "oneOf", "allOf"}:
        return _FREE
    free = ("object" in kinds and "properties" not in schema) or ("array" in kinds and "items" not in schema)
    return own + max([*inner, _FREE if free else 0], default=0)


def _below(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[object] = []
    found.extend(cast("Mapping[str, object]", schema.get("properties") or {}).values())
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        found.extend(cast("list[object]", schema.get(name) or []))
    found.append(schema.get("items"))
    return [cast("Mapping[str, Any]", part) for part in found if isinstance(part, Mapping)]


def check(outcome: Outcome) -> None:
    """Raises Broken where the whole answer holds nothing that can be used."""
    if outcome.calls or without_thought(outcome.text).strip():
        return
    raise Broken(THOUGHT_ONLY if outcome.cut or outcome.text.strip() else EMPTY)
