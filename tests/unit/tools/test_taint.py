"""Outputs that others wrote, by where they come from, and how a card says so."""

from typing import Any

import pytest

from domain.tools.taint import KEPT, new, source_of, worded


@pytest.mark.parametrize(
    ("output", "source"),
    [
        ({"url": "https://me:pw@Example.org:8443/a?b=secret"}, "example.org"),
        ({"url": "not an address"}, "what others wrote"),
        ({"url": "http://[::1"}, "what others wrote"),
        ({"file": "leads.csv", "url": None}, "leads.csv"),
        ({"file": "two\nlines  of " + "x" * 60}, "two lines of " + "x" * 26 + "…"),
        ({"query": "chairs", "results": []}, "a web search"),
        ({"rows": 3}, "what others wrote"),
    ],
)
def test_an_untrusted_output_has_a_source(output: dict[str, Any], source: str) -> None:
    assert source_of(output | {"untrusted": True}) == source


@pytest.mark.parametrize("marked", [{}, {"untrusted": False}, {"untrusted": "yes"}])
def test_what_is_not_marked_has_none(marked: dict[str, Any]) -> None:
    assert source_of({"url": "https://example.org"} | marked) is None


def test_each_source_is_kept_once_and_so_many_of_them() -> None:
    assert new(["a"], ["b", "a", "b"]) == ["b"]
    assert len(new(["a"], [str(number) for number in range(50)])) == KEPT - 1
    assert new([str(number) for number in range(20)], ["a"]) == []


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([], "after reading what others wrote"),
        (["a"], "after reading a"),
        (["a", "b"], "after reading a and b"),
        (["a", "b", "c"], "after reading a, b and c"),
        (["a", "b", "c", "d", "e"], "after reading a, b, c and others"),
    ],
)
def test_a_few_are_named(sources: list[str], words: str) -> None:
    assert worded(sources) == words
