"""Everything that can be wrong with a plan is found before anything runs, each place in its own sentence."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.core.errors import Invalid
from domain.workflows.spec import PLANNED, SAVED, NodeType, read_spec
from domain.workflows.validate import ancestors, problems
from tests.factories.specs import node, spec, tool
from tests.unit.workflows.checked import FETCH, TOOLS, wrong


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
