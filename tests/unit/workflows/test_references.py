"""``{{ ... }}``: what it can see, what it becomes, and that nothing else is evaluated."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import Invalid
from domain.workflows.references import expressions, names, resolve

SCOPE: dict[str, Any] = {
    "n1": {"output": {"text": "hello", "links": [{"url": "a"}, {"url": "b"}], "count": 3, "nothing": None}},
    "input": {"message": "the words"},
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{{ n1.output.links[].url }}", ["a", "b"]),
        ("  {{n1.output.count}}  ", 3),
        ("{{ n1.output.nothing }}", None),
        ("{{ n1.output.links[?url=='b'] | [0].url }}", "b"),
        ("{{ length(n1.output.links) }}", 2),
        ("{{ {first: n1.output.text, said: input.message} }}", {"first": "hello", "said": "the words"}),
        ("{{ missing.output }}", None),
    ],
)
def test_a_string_that_is_one_reference_becomes_the_value_itself(written: str, expected: Any) -> None:
    assert resolve(written, SCOPE) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("It says {{ n1.output.text }}!", "It says hello!"),
        ("{{ n1.output.count }} of {{ n1.output.count }}", "3 of 3"),
        ("Links: {{ n1.output.links[].url }}", 'Links: ["a", "b"]'),
        ("nothing: {{ n1.output.nothing }}.", "nothing: ."),
        ("no reference { n1 } {{", "no reference { n1 } {{"),
    ],
)
def test_inside_a_text_a_value_is_written_out(written: str, expected: str) -> None:
    assert resolve(written, SCOPE) == expected


def test_every_depth_of_a_config_is_resolved_and_the_rest_left_alone() -> None:
    config = {"a": [{"b": "{{ n1.output.count }}"}], "c": 1, "d": None, "e": True}
    assert resolve(config, SCOPE) == {"a": [{"b": 3}], "c": 1, "d": None, "e": True}


def test_what_came_out_of_a_reference_is_never_evaluated_again() -> None:
    scope = {"n1": {"output": {"text": "{{ secret }}"}}, "secret": "leaked"}
    assert resolve("{{ n1.output.text }}", scope) == "{{ secret }}"
    assert resolve("It says: {{ n1.output.text }}", scope) == "It says: {{ secret }}"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("n1.output.text", {"n1"}),
        ("n1.output.links[?size > other.output.limit]", {"n1"}),  # a filter looks at the items, not at the scope
        ("length(n1.output.links) > n2.output.count", {"n1", "n2"}),
        ("{a: n1.output, b: n2.output}", {"n1", "n2"}),
        ("[n1.output, n2.output][0]", {"n1", "n2"}),
        ("n1.output || n2.output", {"n1", "n2"}),
        ("sort_by(n1.output.links, &url)", {"n1"}),
        ("n1.output | links[0]", {"n1"}),
        ("n1.output.links[].{address: url}", {"n1"}),
        ("n1.output.*.url", {"n1"}),
        ("!n1.output.text", {"n1"}),
        ("`[1, 2]`", set()),
    ],
)
def test_the_names_an_expression_begins_from(expression: str, expected: set[str]) -> None:
    assert names(expression) == expected


@pytest.mark.parametrize("expression", ["n1.", "n1 > 3", "", "n1[?", "a-b", "no_such_function(n1.output)"])
def test_a_slip_is_told_in_one_sentence(expression: str) -> None:
    with pytest.raises(Invalid) as told:
        names(expression)
    assert "\n" not in told.value.sentence


@pytest.mark.parametrize("expression", ["sum(n1.output.text)", "n1.output.links[::0]", "join(n1.output.count, n1)"])
def test_an_expression_that_cannot_be_evaluated_is_invalid(expression: str) -> None:
    with pytest.raises(Invalid, match="cannot be evaluated"):
        resolve("{{ " + expression + " }}", SCOPE)


def test_expressions_are_found_at_every_depth() -> None:
    assert list(expressions({"a": ["{{ x }} and {{ y }}"], "b": {"c": "{{ z }}"}, "d": 3})) == ["x", "y", "z"]


@given(st.text())
def test_any_text_resolves_or_is_invalid(written: str) -> None:
    for text in (written, "{{" + written + "}}"):
        try:
            resolve(text, SCOPE)
            list(map(names, expressions(text)))
        except Invalid:
            continue


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_references_stays_as_it_is(written: str) -> None:
    assert resolve(written, SCOPE) == written
