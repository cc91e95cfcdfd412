"""The model proposes, the program disposes: everything that can be wrong with a spec is found before anything runs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast

import orjson

from domain.core.errors import Invalid
from domain.workflows import agents
from domain.workflows.references import WHOLE, expressions_of, holds_reference, names, whole_expression
from domain.workflows.spec import AT_ONCE, ERROR, PLANNED, Node, NodeType, Spec, body_of

GIVEN = frozenset({"input", "context"})
"""Names every reference may begin from, besides the nodes before it."""

IN_LOOPS = frozenset({"item", "index", "outer"})
"""Names that mean something inside a foreach: its item, that item's number, and those of the foreach around it."""

LEVELS = 3
"""So deep a foreach or an agent may lie in others, itself counted."""

_OF_ITS_OWN = "give what is to be done when {} fails a node of its own."

_NEEDED = {
    NodeType.LLM: "prompt",
    NodeType.CONDITION: "if",
    NodeType.FOREACH: "items",
    NodeType.ASK: "question",
    NodeType.APPROVAL: "text",
    NodeType.POST: "text",
    NodeType.AGENT: "goal",
}


@dataclass(frozen=True, slots=True)
class KnownTool:
    """What the validator must know of a tool. ``schema`` is the JSON Schema of its arguments."""

    schema: dict[str, Any]
    enabled: bool = True


def problems(
    spec: Spec, tools: Mapping[str, KnownTool], *, given: frozenset[str] = GIVEN, most: int = PLANNED
) -> list[str]:
    """Every reason the spec cannot run, each a sentence that says which node and what; empty: it can. ``most``: so many
    nodes it may have."""
    return _problems(spec, tools, given, most, level=1)


def _problems(spec: Spec, tools: Mapping[str, KnownTool], given: frozenset[str], most: int, *, level: int) -> list[str]:
    """``level``: how deep it lies, 1 for the plan itself."""
    found = list(_shape(spec))
    if len(spec.nodes) > most:
        found.append(f"The plan has {len(spec.nodes)} nodes, and at most {most} are possible; do lists with a foreach.")
    if found:
        return found
    before = ancestors(spec)
    for node in spec.nodes:
        found.extend(_node(node, tools))
        found.extend(_limits(node))
        found.extend(_references(node, spec, given | before[node.id]))
        if node.type is NodeType.AGENT and level > LEVELS:
            found.append(_too_deep(node))
        if node.type is NodeType.FOREACH:
            found.extend(_body(node, tools, given | before[node.id], most, level))
    return found


def ancestors(spec: Spec) -> dict[str, frozenset[str]]:
    """For each node, all that run before it. The spec must be acyclic."""
    needs = _needs(spec)
    reached: dict[str, frozenset[str]] = {}
    for node_id in TopologicalSorter(needs).static_order():
        direct = needs.get(node_id, set())
        reached[node_id] = frozenset(direct).union(*(reached[other] for other in direct))
    return reached


def _needs(spec: Spec, without: Collection[tuple[str, str]] = ()) -> dict[str, set[str]]:
    needs: dict[str, set[str]] = {node.id: set() for node in spec.nodes}
    for edge in spec.edges:
        if edge[:2] not in without:
            needs[edge[1]].add(edge[0])
    return needs


def _shape(spec: Spec) -> Iterator[str]:
    ids = [node.id for node in spec.nodes]
    for node_id in sorted({node_id for node_id in ids if ids.count(node_id) > 1}):
        yield f"Two nodes are called {node_id}."
    for node_id in sorted(set(ids) & (GIVEN | IN_LOOPS)):
        yield f"A node may not be called {node_id}: that name is taken."
    unknown = sorted({end for edge in spec.edges for end in edge[:2]} - set(ids))
    for node_id in unknown:
        yield f"An edge names {node_id}, and there is no such node."
    types = {node.id: node.type for node in spec.nodes}
    for edge in spec.edges:
        if edge[2:] in ((True,), (False,)) and types.get(edge[0]) is not NodeType.CONDITION:
            yield f"The edge from {edge[0]} to {edge[1]} has an outcome, and {edge[0]} is no condition."
    if not unknown:
        yield from _order(spec)


def _order(spec: Spec) -> Iterator[str]:
    """Nothing waits for itself; a failure is dealt with later, and not by what comes after a success."""
    errors = {edge[:2] for edge in spec.edges if edge[2:] == (ERROR,)}
    back = {edge for edge in errors if edge[0] in _after(spec, edge[1], without=edge)}
    for start, end in sorted(back):
        where = f"to {end} itself" if start == end else f"back to {end}, which runs before it"
        remedy = _OF_ITS_OWN if start == end else "lead it to a node that comes after {}."
        yield f"The error edge from {start} leads {where}; {remedy.format(start)}"
    pairs = [edge[:2] for edge in spec.edges]
    for start, end in sorted(edge for edge in errors if pairs.count(edge) > 1):
        yield f"{end} hangs on {start} by an error edge and by another; {_OF_ITS_OWN.format(start)}"
    try:
        TopologicalSorter(_needs(spec, without=back)).prepare()
    except CycleError as error:
        yield f"The nodes {' → '.join(reversed(error.args[1]))} wait for each other in a circle."


def _after(spec: Spec, first: str, *, without: tuple[str, str]) -> set[str]:
    """All that comes after a node, itself included, where one edge is left out."""
    reached, left = set[str](), [first]
    while left:
        node_id = left.pop()
        if node_id not in reached:
            reached.add(node_id)
            left += [edge[1] for edge in spec.edges if edge[0] == node_id and edge[:2] != without]
    return reached


def _node(node: Node, tools: Mapping[str, KnownTool]) -> Iterator[str]:
    if node.type is NodeType.THINK:
        yield f"{node.id} (think) is a round of an agent, which places those itself; give the plan an agent node."
    needed = _NEEDED.get(node.type)
    if needed is not None and not node.config.get(needed):
        yield f"{node.id} ({node.type}) needs “{needed}” in its config."
    if node.type is NodeType.DELAY and not {"seconds", "until"} & set(node.config):
        yield f"{node.id} (delay) needs “seconds” or “until” in its config."
    if node.type is NodeType.TOOL:
        yield from _tool(node, tools)
    if node.type is NodeType.LLM:
        yield from _offered(node, tools)
    if node.type is NodeType.AGENT:
        yield from agents.wrong_with(node, tools)
    if node.type is NodeType.FOREACH and node.config.get("items"):
        items: Any = node.config["items"]
        if not isinstance(items, list) and not (isinstance(items, str) and whole_expression(items)):
            yield f"{node.id} (foreach): “items” is a list, or one expression such as {{{{ n1.output.links }}}}."
    written: Any = node.config.get("if")
    if node.type is NodeType.CONDITION and holds_reference(written) and whole_expression(written) is None:
        yield f"{node.id} (condition): “if” is one expression, such as {{{{ n1.output.value > `3` }}}}."


def _limits(node: Node) -> Iterator[str]:
    asks = node.type in (NodeType.ASK, NodeType.APPROVAL)
    works = node.type in (NodeType.TOOL, NodeType.LLM, NodeType.AGENT)
    idle = "calls no tool and no model"
    if node.retry is not None and not works:
        why = "asks a person, and is not tried again by itself" if asks else f"{idle}, and is not tried again"
        yield f"{node.id} ({node.type}) {why}; leave retry out."
    elif node.retry is not None and node.retry.first_seconds > node.retry.most_seconds:
        yield (
            f"{node.id} waits {node.retry.first_seconds:g} seconds before it is tried again, and "
            f"{node.retry.most_seconds:g} at most; let first_seconds be the smaller."
        )
    if node.timeout_seconds is not None and node.type is NodeType.AGENT:
        yield f"{node.id} (agent) says in its config how many minutes it may take; leave timeout_seconds out."
    elif node.timeout_seconds is not None and not works:
        why = "waits for a person, however long that takes" if asks else f"{idle}, and is not cut off"
        yield f"{node.id} ({node.type}) {why}; leave timeout_seconds out."


def _offered(node: Node, tools: Mapping[str, KnownTool]) -> Iterator[str]:
    offered: Any = node.config.get("tools") or []
    if not isinstance(offered, list):
        yield f"{node.id} (llm): “tools” is a list of names."
        return
    for name in cast("list[Any]", offered):
        if not isinstance(name, str) or name not in tools or not tools[name].enabled:
            yield f"{node.id} offers the model the tool {name}, and there is no such tool."


def _tool(node: Node, tools: Mapping[str, KnownTool]) -> Iterator[str]:
    tool = tools.get(node.name)
    if tool is None:
        yield f"{node.id} uses the tool {node.name or '(none)'}, and there is no such tool."
        return
    if not tool.enabled:
        yield f"{node.id} uses the tool {node.name}, which an admin has switched off."
    for error in _validator(orjson.dumps(tool.schema, option=orjson.OPT_SORT_KEYS)).iter_errors(node.config):
        if not holds_reference(error.instance):
            where = ".".join(str(part) for part in error.absolute_path)
            yield f"{node.id} ({node.name}){': ' + where if where else ''}: {error.message}."


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> Any:
    from jsonschema import Draft202012Validator  # a heavy import, needed with the first plan

    return Draft202012Validator(orjson.loads(schema))


def _references(node: Node, spec: Spec, allowed: frozenset[str]) -> Iterator[str]:
    everyone = {other.id for other in spec.nodes}
    for expression in expressions_of(node):
        try:
            unknown = names(expression) - allowed - {WHOLE}
        except Invalid as error:
            yield f"{node.id}: {error.sentence}"
            continue
        for name in sorted(unknown):
            if name in everyone:
                yield f"{node.id} refers to {name}, and no edge makes {name} run before it."
            else:
                yield f"{node.id} refers to {name}, and there is no such node."


def _too_deep(node: Node) -> str:
    return (
        f"{node.id} ({node.type}) is nested four deep, and three levels are possible; "
        "make one list of its items in a step before."
    )


def _body(node: Node, tools: Mapping[str, KnownTool], given: frozenset[str], most: int, level: int) -> Iterator[str]:
    if level > LEVELS:
        yield _too_deep(node)
        return
    try:
        body = body_of(node)
    except Invalid as error:
        yield f"{node.id} (foreach): what it should do is wrong. {error}"
        return
    if body.at_once != AT_ONCE:
        yield f"In {node.id}: at_once is said once, of the whole plan; leave it out here."
    seen = given | (IN_LOOPS if level > 1 else IN_LOOPS - {"outer"})
    for problem in _problems(body, tools, seen, most, level=level + 1):
        yield f"In {node.id}: {problem}"
