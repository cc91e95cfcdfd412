"""Everything that can be wrong with a plan is found before anything runs, each place in its own sentence."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.core.errors import Invalid
from domain.workflows.spec import PLANNED, SAVED, NodeType, read_spec
from domain.workflows.validate import KnownTool, ancestors, problems
from tests.factories.specs import Node, node, spec, tool

TOOLS = {
    "fetch": KnownTool(
        {
            "type": "object",
            "properties": {"url": {"type": "string", "minLength": 3}, "count": {"type": "integer"}},
            "required": ["url"],
            "additionalProperties": False,
        }
    ),
    "off": KnownTool({"type": "object"}, enabled=False),
}

FETCH = tool("n1", "fetch", url="https://example.org")


def wrong(*nodes: Node, edges: list[list[Any]] | None = None) -> str:
    """The only problem."""
    [problem] = problems(spec(*nodes, edges=edges), TOOLS)
    return problem


def test_a_sound_plan_has_no_problems() -> None:
    nodes = [
        FETCH,
        node("n2", "condition", **{"if": "n1.output.count > `3`"}),
        node("n3", "foreach", items="{{ n1.output.links }}", node=tool("each", "fetch", url="{{ item.url }}")),
        node("n4", "llm", "answer", prompt="Sum up {{ n3.output.results }} for {{ context.person }}", tools=["fetch"]),
        node("n5", "post", text="{{ input.message }}: nothing"),
    ]
    assert not problems(spec(*nodes, edges=[["n1", "n2"], ["n2", "n3"], ["n3", "n4"], ["n2", "n5", False]]), TOOLS)


def test_a_circle_is_named() -> None:
    problem = wrong(FETCH, tool("n2", "fetch", url="abc"), edges=[["n1", "n2"], ["n2", "n1"]])
    assert "circle" in problem
    assert {"n1", "n2"} <= set(problem.replace("→", " ").split())


def test_a_node_that_waits_for_itself_is_a_circle() -> None:
    assert "circle" in wrong(FETCH, edges=[["n1", "n1"]])


def test_an_unknown_tool_is_named() -> None:
    assert wrong(tool("n1", "fly")) == "n1 uses the tool fly, and there is no such tool."


def test_a_tool_that_is_switched_off_is_no_tool() -> None:
    assert "switched off" in wrong(tool("n1", "off"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "'url' is a required property"),
        ({"url": 3}, "n1 (fetch): url: 3 is not of type 'string'."),
        ({"url": "abc", "colour": "red"}, "'colour' was unexpected"),
        ({"url": "abc", "count": "three"}, "count"),
        ({"url": "a"}, "too short"),
    ],
)
def test_arguments_are_checked_against_the_tools_schema(arguments: dict[str, Any], expected: str) -> None:
    assert expected in wrong(tool("n1", "fetch", **arguments))


def test_an_argument_that_is_a_reference_is_checked_when_it_is_known() -> None:
    second = tool("n2", "fetch", url="abc", count="{{ n1.output.count }}")
    assert not problems(spec(FETCH, second, edges=[["n1", "n2"]]), TOOLS)


def test_a_reference_to_a_later_node_is_told() -> None:
    assert wrong(tool("n1", "fetch", url="{{ n2.output.url }}"), tool("n2", "fetch", url="abc")) == (
        "n1 refers to n2, and no edge makes n2 run before it."
    )


def test_a_reference_to_no_node_is_told() -> None:
    assert wrong(tool("n1", "fetch", url="{{ elsewhere.output }}")) == (
        "n1 refers to elsewhere, and there is no such node."
    )


def test_a_reference_over_several_edges_is_good() -> None:
    third = node("n3", "llm", prompt="{{ n1.output.text }}")
    chain = spec(FETCH, tool("n2", "fetch", url="abc"), third, edges=[["n1", "n2"], ["n2", "n3"]])
    assert not problems(chain, TOOLS)
    assert ancestors(chain)["n3"] == {"n1", "n2"}


def test_an_expression_that_is_none_is_told() -> None:
    assert "is not a JMESPath expression" in wrong(tool("n1", "fetch", url="{{ n1. }}"))


@pytest.mark.parametrize("condition", ["nowhere.output.count > `3`", "{{ nowhere.output.count > `3` }}"])
def test_a_condition_is_checked_with_braces_and_without(condition: str) -> None:
    assert "nowhere" in wrong(node("n1", "condition", **{"if": condition}))


def test_a_comparison_around_a_reference_is_not_taken_for_a_text_that_is_always_true() -> None:
    second = node("n2", "condition", **{"if": "{{ n1.output.count }} > 3"})
    assert "one expression" in wrong(FETCH, second, edges=[["n1", "n2"]])


@pytest.mark.parametrize("items", ["the links", "{{ n1.output.a }} {{ n1.output.b }}", 3])
def test_foreach_goes_through_a_list_or_one_expression(items: Any) -> None:
    second = node("n2", "foreach", items=items, node=tool("each", "fetch", url="abc"))
    assert "is a list, or one expression" in wrong(FETCH, second, edges=[["n1", "n2"]])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"node": tool("each", "fly")}, "In n1: each uses the tool fly"),
        ({"node": tool("each", "fetch", url="{{ elsewhere.output }}")}, "In n1: each refers to elsewhere"),
        ({"node": "fetch"}, "what it should do is wrong"),
        ({}, "what it should do is wrong"),
        ({"do": {"nodes": []}}, "what it should do is wrong"),
    ],
)
def test_the_body_of_a_foreach_is_checked(body: dict[str, Any], expected: str) -> None:
    assert expected in wrong(node("n1", "foreach", items=[1, 2], **body))


def nested(levels: int, inner: Node = FETCH) -> Node:
    """A loop with so many loops in one another, itself among them."""
    body = inner if levels == 1 else nested(levels - 1, inner)
    return node(f"l{levels}", "foreach", items=[1, 2], node=body)


def test_loops_are_possible_three_deep_and_not_four() -> None:
    assert not problems(spec(nested(3)), TOOLS)
    assert wrong(nested(4)) == (
        "In l4: In l3: In l2: l1 (foreach) is nested four deep, and three levels are possible; "
        "make one list of its items in a step before."
    )


def test_a_loop_in_a_loop_sees_the_item_around_it_and_another_sees_none() -> None:
    around = tool("n1", "fetch", url="{{ outer.item }} {{ item }}")
    assert not problems(spec(nested(2, around)), TOOLS)
    assert wrong(nested(1, around)) == "In l1: n1 refers to outer, and there is no such node."


def test_a_mistake_far_inside_is_told_with_where_it_is() -> None:
    assert wrong(nested(3, tool("n1", "fly"))) == (
        "In l3: In l2: In l1: n1 uses the tool fly, and there is no such tool."
    )


def test_the_body_sees_its_item_and_its_siblings() -> None:
    body = {
        "nodes": [tool("a", "fetch", url="{{ item.url }}"), node("b", "llm", prompt="{{ a.output }} {{ index }}")],
        "edges": [["a", "b"]],
    }
    assert not problems(spec(node("n1", "foreach", items=[{"url": "abc"}], do=body)), TOOLS)


def test_the_item_is_seen_only_inside() -> None:
    assert "refers to item" in wrong(tool("n1", "fetch", url="{{ item.url }}"))


def test_only_an_edge_out_of_a_condition_has_an_outcome() -> None:
    second = tool("n2", "fetch", url="abc")
    assert "n1 is no condition" in wrong(FETCH, second, edges=[["n1", "n2", True]])


@pytest.mark.parametrize("kind", [kind for kind in NodeType if kind not in (NodeType.TOOL, NodeType.THINK)])
def test_every_kind_of_node_says_what_it_needs(kind: NodeType) -> None:
    assert "needs" in problems(spec(node("n1", kind.value)), TOOLS)[0]


def test_a_plan_holds_no_round_of_an_agent() -> None:
    assert "places those itself" in wrong(node("n1", "think"))


def test_a_plan_has_fewer_nodes_than_one_that_is_kept() -> None:
    nodes = [tool(f"n{number}", "fetch", url="abc") for number in range(PLANNED + 1)]
    assert wrong(*nodes) == "The plan has 51 nodes, and at most 50 are possible; do lists with a foreach."
    assert not problems(spec(*nodes), TOOLS, most=SAVED)


def test_a_plan_that_is_kept_has_at_most_200_nodes() -> None:
    with pytest.raises(Invalid, match="at most 200"):
        spec(*(tool(f"n{number}", "fetch", url="abc") for number in range(SAVED + 1)))


def chain(*edges: list[Any]) -> list[str]:
    """The problems of three nodes with these edges."""
    return problems(spec(*(tool(name, "fetch", url="abc") for name in ("n1", "n2", "n3")), edges=list(edges)), TOOLS)


def test_an_edge_may_be_for_when_a_node_fails() -> None:
    told = node("n3", "llm", prompt="{{ n1.output.error.sentence }}")
    edges = [["n1", "n2"], ["n1", "n3", "error"]]
    assert not problems(spec(FETCH, tool("n2", "fetch", url="abc"), told, edges=edges), TOOLS)
    assert not chain(["n1", "n2", "error"], ["n1", "n3"], ["n2", "n3"]), "both ways may come together again"


def test_an_edge_out_of_a_condition_may_be_for_when_it_fails() -> None:
    asked = node("if", "condition", **{"if": "`true`"})
    edges = [["if", "n1", False], ["if", "n2", "error"]]
    assert not problems(spec(asked, FETCH, tool("n2", "fetch", url="abc"), edges=edges), TOOLS)


def test_a_failure_is_not_dealt_with_in_the_past() -> None:
    assert chain(["n1", "n2"], ["n2", "n3"], ["n3", "n1", "error"]) == [
        "The error edge from n3 leads back to n1, which runs before it; lead it to a node that comes after n3."
    ]
    assert chain(["n1", "n2", "error"], ["n2", "n1", "error"])[0].startswith("The error edge from n1 leads back to n2")


def test_a_node_does_not_deal_with_its_own_failure() -> None:
    assert chain(["n1", "n2"], ["n2", "n3"], ["n1", "n1", "error"]) == [
        "The error edge from n1 leads to n1 itself; give what is to be done when n1 fails a node of its own."
    ]


@pytest.mark.parametrize("other", [["n1", "n2"], ["n1", "n2", "error"]])
def test_what_happens_after_a_failure_is_not_what_happens_after_a_success(other: list[Any]) -> None:
    assert chain(["n1", "n2", "error"], other, ["n2", "n3"]) == [
        "n2 hangs on n1 by an error edge and by another; give what is to be done when n1 fails a node of its own."
    ]


@pytest.mark.parametrize("outcome", ["failed", "", 3, None])
def test_an_edge_says_nothing_else(outcome: Any) -> None:
    with pytest.raises(Invalid, match="form is wrong") as caught:
        chain(["n1", "n2", outcome])
    assert (caught.value.remedy or "").startswith("An edge is [from, to]")


def form(problem: dict[str, Any], **more: Any) -> Invalid:
    """What is wrong with the form of a plan with such a node."""
    with pytest.raises(Invalid) as caught:
        read_spec({"nodes": [FETCH | problem], **more})
    return caught.value


@pytest.mark.parametrize("seconds", [0, -1, 0.5, 3_601, "soon", None, float("inf"), float("nan")])
def test_a_time_limit_is_between_a_second_and_an_hour(seconds: Any) -> None:
    if seconds is None:
        assert "timeout_seconds" not in read_spec({"nodes": [FETCH | {"timeout_seconds": None}]}).model_dump_json()
        return
    error = form({"timeout_seconds": seconds})
    assert "nodes.0.timeout_seconds" in error.sentence
    assert ";" not in error.sentence, "one thing is wrong, and one is told"
    assert error.remedy == "A step may take from 1 to 3,600 seconds; leave timeout_seconds out for no limit."


@pytest.mark.parametrize(
    "retry",
    [
        *({"attempts": attempts} for attempts in (0, 11, 1.5)),
        *({"factor": factor} for factor in (0.5, 6)),
        *({"first_seconds": -1}, {"most_seconds": 0}, {"times": 3}, 3, "often", {"first_seconds": 3_601}),
    ],
)
def test_a_retry_says_how_often_and_how_soon(retry: Any) -> None:
    error = form({"retry": retry})
    assert "nodes.0.retry" in error.sentence
    assert (error.remedy or "").startswith("A retry says attempts (1 to 10)")


@pytest.mark.parametrize("at_once", [0, 51, "all"])
def test_from_one_to_fifty_steps_run_at_once(at_once: Any) -> None:
    error = form({}, at_once=at_once)
    assert "at_once" in error.sentence
    assert error.remedy == "From 1 to 50 steps may run at once; leave at_once out for 4."


def test_the_first_wait_of_a_retry_is_not_above_the_longest() -> None:
    assert wrong(FETCH | {"retry": {"first_seconds": 60, "most_seconds": 30}}) == (
        "n1 waits 60 seconds before it is tried again, and 30 at most; let first_seconds be the smaller."
    )


ASKS = [node("n1", "approval", text="May I?"), node("n1", "ask", question="Which?")]
OTHERS = [node("n1", "delay", seconds=3), node("n1", "condition", **{"if": "`true`"}), node("n1", "post", text="x")]


@pytest.mark.parametrize("asks", ASKS)
def test_a_person_is_not_asked_again_by_a_retry_nor_cut_off(asks: Node) -> None:
    kind = asks["type"]
    assert wrong(asks | {"retry": {"attempts": 2}}) == (
        f"n1 ({kind}) asks a person, and is not tried again by itself; leave retry out."
    )
    assert wrong(asks | {"timeout_seconds": 60}) == (
        f"n1 ({kind}) waits for a person, however long that takes; leave timeout_seconds out."
    )


@pytest.mark.parametrize("other", [*OTHERS, nested(1) | {"id": "n1"}])
def test_only_what_calls_somebody_is_tried_again_and_cut_off(other: Node) -> None:
    assert "calls no tool and no model" in wrong(other | {"retry": {"attempts": 2}})
    assert "calls no tool and no model" in wrong(other | {"timeout_seconds": 60})


def test_what_a_loop_repeats_does_not_say_how_many_run_at_once() -> None:
    body = {"nodes": [FETCH], "at_once": 2}
    assert wrong(node("l", "foreach", items=[1], do=body)) == (
        "In l: at_once is said once, of the whole plan; leave it out here."
    )


def test_two_nodes_of_one_name_and_edges_to_nowhere_are_told() -> None:
    found = problems(spec(FETCH, FETCH, edges=[["n1", "n9"]]), TOOLS)
    assert found == ["Two nodes are called n1.", "An edge names n9, and there is no such node."]


@pytest.mark.parametrize("name", ["input", "context", "item", "index", "outer"])
def test_names_that_mean_something_else_are_refused(name: str) -> None:
    assert "that name is taken" in wrong(tool(name, "fetch", url="abc"))


# -- whatever a model may say -----------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_TEXT = st.sampled_from(["{{ n1.output }}", "{{ item }}", "{{ n2.output.a[?b] }}", "{{ }}", "{{{{", "plain"])
_CONFIG = st.dictionaries(
    st.sampled_from(["if", "items", "node", "do", "tools", "prompt", "seconds", "until", "question", "url", "text"]),
    _JSON | _TEXT,
    max_size=4,
)
_NODES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["n1", "n2", "n3", "item", "input", "outer"]),
            "type": st.sampled_from([kind.value for kind in NodeType]),
            "name": st.sampled_from(["fetch", "off", "fly", ""]),
            "config": _CONFIG,
        }
    ),
    min_size=1,
    max_size=4,
)
_ENDS = st.sampled_from(["n1", "n2", "n3", "n9"])
_EDGES = st.lists(
    st.tuples(_ENDS, _ENDS).map(list) | st.tuples(_ENDS, _ENDS, st.booleans() | st.just("error")).map(list), max_size=5
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({"nodes": _NODES, "edges": _EDGES}))
def test_the_validator_never_raises(data: dict[str, Any]) -> None:
    assert all(isinstance(problem, str) and problem for problem in problems(read_spec(data), TOOLS))


@given(_JSON)
def test_any_json_is_a_spec_or_invalid(data: Any) -> None:
    with suppress(Invalid):
        read_spec(data)
