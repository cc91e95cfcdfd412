"""``{{ ... }}``: a JMESPath expression over earlier outputs. Nothing else in a spec is evaluated, and only once:
text that came out of a reference is never looked at again."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, cast

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from domain.core.errors import Invalid
from domain.workflows.spec import Node, NodeType

WHOLE = "@"
"""JMESPath's own name for all there is: an expression that begins from it sees the whole scope."""

_REFERENCE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)

# Children of these look at the value found by their first child, not at the whole scope.
_NARROWING = {"subexpression", "index_expression", "projection", "value_projection", "filter_projection", "pipe"}


@lru_cache(maxsize=2048)
def _compiled(expression: str) -> Any:
    try:
        return jmespath.compile(expression)
    except JMESPathError as error:
        reason = str(error).splitlines()[0]
        raise Invalid(f"“{{{{ {expression} }}}}” is not a JMESPath expression: {reason}.") from None


def holds_reference(value: Any) -> bool:
    return isinstance(value, str) and _REFERENCE.search(value) is not None


def whole_expression(text: str) -> str | None:
    """The expression of a text that is one reference and nothing else; None for any other text."""
    whole = _REFERENCE.fullmatch(text.strip())
    return whole.group(1).strip() if whole is not None and "{{" not in whole.group(1) else None


def expressions(value: Any) -> Iterator[str]:
    """Every expression inside a value, however deep."""
    if isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            yield match.group(1).strip()
    elif isinstance(value, Mapping):
        for part in cast("Mapping[str, Any]", value).values():
            yield from expressions(part)
    elif isinstance(value, list | tuple):
        for part in cast("list[Any]", value):
            yield from expressions(part)


@lru_cache(maxsize=2048)
def names(expression: str) -> frozenset[str]:
    """The names of the scope an expression begins from, such as the ids of nodes, or ``WHOLE``. Raises Invalid."""
    found: set[str] = set()
    _collect(_compiled(expression).parsed, found)
    return frozenset(found)


def expressions_of(node: Node) -> Iterator[str]:
    """Every expression that is resolved when the node runs; those of what a foreach repeats are resolved in there."""
    if node.literal:
        return
    repeats = ("do", "node") if node.type is NodeType.FOREACH else ()
    for key, part in node.config.items():
        if key not in repeats:
            yield from expressions(part)
    written: Any = node.config.get("if")  # may be written without braces
    if node.type is NodeType.CONDITION and isinstance(written, str) and written and not holds_reference(written):
        yield written


def names_of(node: Node) -> frozenset[str]:
    """The names of the scope that a node refers to. An expression that is none will say so when it is resolved."""
    found: set[str] = set()
    for expression in expressions_of(node):
        with suppress(Invalid):
            found |= names(expression)
    return frozenset(found)


def _collect(tree: Mapping[str, Any], found: set[str]) -> None:
    if tree["type"] == "field":
        found.add(tree["value"])
        return
    if tree["type"] in ("current", "identity"):
        found.add(WHOLE)
        return
    children: list[Any] = tree.get("children", [])
    if tree["type"] == "expref":
        return
    if tree["type"] == "function_expression" and tree["value"] not in Functions.FUNCTION_TABLE:
        raise Invalid(f"JMESPath has no function {tree['value']}().")
    if tree["type"] in _NARROWING:
        children = children[:1]
    for child in children:
        _collect(child, found)


def resolve(value: Any, scope: Mapping[str, Any]) -> Any:
    """The value with every reference replaced.

    A string that is one reference becomes the value itself; inside a longer string, text stays as it is and
    anything else is written as JSON. Raises Invalid where an expression cannot be evaluated.
    """
    if isinstance(value, str):
        return _resolve_text(value, scope)
    if isinstance(value, Mapping):
        return {name: resolve(part, scope) for name, part in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [resolve(part, scope) for part in cast("list[Any]", value)]
    return value


def _resolve_text(text: str, scope: Mapping[str, Any]) -> Any:
    whole = whole_expression(text)
    if whole is not None:
        return _search(whole, scope)
    return _REFERENCE.sub(lambda match: _written(_search(match.group(1), scope)), text)


def _search(expression: str, scope: Mapping[str, Any]) -> Any:
    expression = expression.strip()
    try:
        return _compiled(expression).search(scope)
    except (JMESPathError, ValueError) as error:  # ValueError: a slice with the step 0
        reason = str(error).splitlines()[0]
        raise Invalid(f"“{{{{ {expression} }}}}” cannot be evaluated: {reason}.") from None


def _written(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
