"""What can be wrong with what a plan says of failures, retries and time limits is found before anything runs."""

from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.workflows.spec import read_spec
from domain.workflows.validate import problems
from tests.factories.specs import Node, node, spec, tool
from tests.unit.workflows.checked import FETCH, TOOLS, nested, wrong


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
