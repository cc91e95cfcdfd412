"""After a failed node: leave out what the answer can do without, else say plainly what happened. What a person wrote
meanwhile changes nothing by rules, and that is said."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from domain.llm.offline.deeds import deed
from domain.llm.offline.plans import ANSWERING, Proposal, beginning_with, listed, refused
from domain.llm.offline.talk import OFFLINE

_DISPENSABLE = frozenset({"draw_chart"})
_SOURCES = frozenset({"analyse_table", "query_table", "read_file", "navigate_url", "search_google", "current_time"})

Node = Mapping[str, Any]


BY_RULES = "By rules I cannot change a plan that is under way"


def replan(variables: Mapping[str, Any]) -> Proposal:
    said = [f"“{note.get('words')}”" for note in cast("list[Node]", variables.get("notes") or [])]
    if said and not variables.get("failed"):
        return refused(f"{BY_RULES}; say it again when this is done.")
    proposal = _mended(variables)
    return _not_following(proposal, f"{BY_RULES}, so I did not follow {listed(said)}.") if said else proposal


def _not_following(proposal: Proposal, note: str) -> Proposal:
    told = proposal | {"reply": f"{proposal['reply']} {note}"}
    if proposal["plan"] is None:
        return told
    nodes = [beginning_with(node, note) if node["type"] in ANSWERING else node for node in proposal["plan"]["nodes"]]
    return told | {"plan": proposal["plan"] | {"nodes": nodes}}


def _mended(variables: Mapping[str, Any]) -> Proposal:
    failed = cast("Node", variables.get("failed") or {})
    spec = cast("Mapping[str, Any]", variables.get("plan") or {})
    nodes = cast("list[Node]", spec.get("nodes") or [])
    node = next((entry for entry in nodes if entry.get("id") == failed.get("id")), None)
    if node is not None and not variables.get("errors"):
        if _can_go(node, nodes):
            return _without(node, spec, nodes, failed)
        if node.get("name") == "analyse_table" and cast("Node", node.get("config") or {}).get("by"):
            return _undivided(node, spec, nodes, failed)
    return refused(_why(failed) if _asked_alone(node) else _given_up(variables, failed, nodes))


def _asked_alone(node: Node | None) -> bool:
    """Whether a table was asked something: why it has no answer says all there is to say."""
    return node is not None and node.get("name") == "query_table"


def _can_go(node: Node, nodes: Sequence[Node]) -> bool:
    """A chart can always be missing; one source of several too, as long as another remains to answer from."""
    name = node.get("name")
    if name in _DISPENSABLE:
        return True
    others = [entry for entry in nodes if entry.get("name") in _SOURCES and entry.get("id") != node.get("id")]
    return name in _SOURCES and bool(others)


def _without(node: Node, spec: Mapping[str, Any], nodes: Sequence[Node], failed: Node) -> Proposal:
    gone = {str(node["id"])} | _only_for(str(node["id"]), spec, nodes)
    kept = [_unwired(entry, gone) for entry in nodes if entry["id"] not in gone]
    edges = _bridged(spec, gone)
    return _changed(f"I go on without {deed(node)}: {_why(failed)}", kept, edges)


def _only_for(source: str, spec: Mapping[str, Any], nodes: Sequence[Node]) -> set[str]:
    """The charts that hang on a source that is gone."""
    after = {edge[1] for edge in cast("list[list[str]]", spec.get("edges") or []) if edge[0] == source}
    return {str(entry["id"]) for entry in nodes if entry["id"] in after and entry.get("name") in _DISPENSABLE}


def _unwired(node: Node, gone: set[str]) -> dict[str, Any]:
    """The node without the inputs that will not come."""
    config = dict(cast("Node", node.get("config") or {}))
    inputs = config.get("inputs")
    if isinstance(inputs, list):
        expressions = cast("list[Any]", inputs)
        config["inputs"] = [one for one in expressions if not any(f" {key}." in str(one) for key in gone)]
    return {**node, "config": config}


def _bridged(spec: Mapping[str, Any], gone: set[str]) -> list[list[str]]:
    """The edges with those that led through a node that is gone drawn past it."""
    edges = [list(edge) for edge in cast("list[list[str]]", spec.get("edges") or [])]
    for key in gone:
        before = [first for first, then in edges if then == key]
        after = [then for first, then in edges if first == key]
        edges = [edge for edge in edges if key not in edge]
        edges += [[first, then] for first in before for then in after if [first, then] not in edges]
    return edges


def _undivided(node: Node, spec: Mapping[str, Any], nodes: Sequence[Node], failed: Node) -> Proposal:
    """The whole table still has an answer where the column that was asked for does not exist."""
    key, fresh = str(node["id"]), f"{node['id']}b"
    changed = [_renamed(entry, key, fresh) for entry in nodes]
    edges = [
        [fresh if end == key else end for end in edge] for edge in cast("list[list[str]]", spec.get("edges") or [])
    ]
    return _changed(f"{_why(failed)} I look at the whole table instead.", changed, edges)


def _renamed(node: Node, key: str, fresh: str) -> dict[str, Any]:
    config = dict(cast("Node", node.get("config") or {}))
    config.pop("by", None)
    inputs = config.get("inputs")
    if isinstance(inputs, list):
        config["inputs"] = [str(one).replace(f"{key}.", f"{fresh}.") for one in cast("list[Any]", inputs)]
    return {**node, "id": fresh if node["id"] == key else node["id"], "config": config}


def _changed(note: str, nodes: Sequence[Node], edges: list[list[str]]) -> Proposal:
    """The answer begins with what was changed: a person must not take it for what they asked."""
    told = [beginning_with(entry, note) if entry.get("type") in ANSWERING else entry for entry in nodes]
    return {"reply": note, "kind": "plan", "title": "", "plan": {"nodes": told, "edges": edges}}


def _given_up(variables: Mapping[str, Any], failed: Node, nodes: Sequence[Node]) -> str:
    finished = {entry.get("id") for entry in cast("list[Node]", variables.get("done") or [])}
    done = [deed(entry) for entry in nodes if entry.get("id") in finished and not _tells(entry)]
    left = [
        deed(entry) for entry in nodes if entry.get("id") not in finished | {failed.get("id")} and not _tells(entry)
    ]
    what = deed(next((entry for entry in nodes if entry.get("id") == failed.get("id")), failed))
    parts = [f"{what[:1].upper()}{what[1:]} failed: {_why(failed)}"]
    parts += [f"Done before: {listed(done)}."] if done else []
    parts += [f"Not done: {listed(left)}."] if left else []
    return " ".join([*parts, OFFLINE])


def _tells(node: Node) -> bool:
    """Whether the node only says what the others found."""
    return node.get("type") == "llm"


def _why(failed: Node) -> str:
    """The error as one sentence."""
    text = " ".join(str(failed.get("error") or "it gave no reason").split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
