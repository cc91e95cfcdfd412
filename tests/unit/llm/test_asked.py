"""Function calls however a server cuts and numbers their fragments."""

from typing import Any

import pytest

from domain.llm.openai.asked import Asked, arguments_of
from domain.llm.openai.call import Broken

A, B = '{"expression": "6*7"}', '{"expression": "40+2"}'


def fragment(arguments: Any = "", **more: Any) -> dict[str, Any]:
    function = {"arguments": arguments, **({"name": more.pop("name")} if "name" in more else {})}
    return {"function": function, **more}


def made(*fragments: dict[str, Any]) -> list[tuple[str, str, str]]:
    asked = Asked()
    for one in fragments:
        asked.add(one)
    return [(call.id, call.name, str(call.arguments.get("expression"))) for call in asked.calls()]


TWO = [("a", "calculate", "6*7"), ("b", "calculate", "40+2")]


@pytest.mark.parametrize(
    "fragments",
    [
        [fragment(A[:9], index=0, id="a", name="calculate"), fragment(A[9:], index=0),
         fragment(B[:9], index=1, id="b", name="calculate"), fragment(B[9:], index=1)],
        [fragment(A[:9], index=0, id="a", name="calculate"), fragment(B[:9], index=1, id="b", name="calculate"),
         fragment(B[9:], index=1), fragment(A[9:], index=0)],
        [fragment(A, index=0, id="a", name="calculate"), fragment(B, index=0, id="b", name="calculate")],
        [fragment(A[:9], index=0, id="a", name="calculate"), fragment(A[9:], index=0, id="a", name="calculate"),
         fragment(B[:9], index=0, id="b", name="calculate"), fragment(B[9:], index=0, id="b", name="calculate")],
        [fragment(A[:9], id="a", name="calculate"), fragment(A[9:]), fragment(B, id="b", name="calculate")],
        [fragment({"expression": "6*7"}, id="a", name="calculate"), fragment({"expression": "40+2"}, id="b", name="calculate")],  # noqa: E501
        [fragment(A, index=0, id="a", name="calculate"), fragment(A, index=0, id="a", name="calculate"),
         fragment(B, index=1, id="b", name="calculate")],
        [fragment(A, index=0, id="a", name="calculate"), fragment("", index=0, id="", name=None),
         fragment(B, index=1, id="b", name="calculate")],
    ],
    ids=["sound", "interleaved", "one index", "one index, all repeated", "no index", "objects", "said twice", "empty ones"],  # noqa: E501
)  # fmt: skip
def test_two_calls_are_two(fragments: list[dict[str, Any]]):
    assert made(*fragments) == TWO


@pytest.mark.parametrize(
    "fragments",
    [
        [fragment(A[:9], name="calculate"), fragment(A[9:]), fragment(B[:9], name="calculate"), fragment(B[9:])],
        [fragment(A, index=0, name="calculate"), fragment(B, index=0, name="calculate")],
        [fragment(A, index=0, id="x", name="calculate"), fragment(B, index=1, id="x", name="calculate")],
        [{"name": "calculate", "arguments": A}, {"name": "calculate", "arguments": B}],
    ],
    ids=["neither id nor index", "no id, one index", "one id", "not nested"],
)
def test_calls_get_ids_of_their_own(fragments: list[dict[str, Any]]):
    calls = made(*fragments)
    assert [call[1:] for call in calls] == [("calculate", "6*7"), ("calculate", "40+2")]
    assert len({call[0] for call in calls}) == 2
    assert all(call[0] for call in calls)


def test_a_name_may_come_in_parts():
    assert made(fragment("", index=0, id="a", name="calc"), fragment(A, index=0, name="ulate")) == [TWO[0]]


@pytest.mark.parametrize("written", ["", "null", "{}", '""'])
def test_no_arguments_are_no_arguments(written: str):
    assert arguments_of("look", written) == {}


def test_what_cannot_be_read_is_named():
    with pytest.raises(Broken, match="arguments of look are no JSON object"):
        arguments_of("look", "{not json}")
