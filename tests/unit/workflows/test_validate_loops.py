"""What can be wrong with a loop, its items and what it repeats is found before anything runs."""

from typing import Any

import pytest

from domain.workflows.validate import problems
from tests.factories.specs import node, spec, tool
from tests.unit.workflows.checked import FETCH, TOOLS, nested, wrong


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


def test_what_a_loop_repeats_does_not_say_how_many_run_at_once() -> None:
    body = {"nodes": [FETCH], "at_once": 2}
    assert wrong(node("l", "foreach", items=[1], do=body)) == (
        "In l: at_once is said once, of the whole plan; leave it out here."
    )
