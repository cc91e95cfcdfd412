"""What a plan says of its steps: how long is waited before one is tried again; and no more than it has to."""

import pytest

from domain.workflows.spec import Retry
from tests.factories.specs import spec, tool

NOTE = tool("n1", "note", text="x")


@pytest.mark.parametrize(
    ("retry", "waits"),
    [
        (Retry(), [1, 2, 4, 8, 16]),
        (Retry(first_seconds=10, factor=1), [10, 10, 10]),
        (Retry(first_seconds=10, factor=3, most_seconds=60), [10, 30, 60, 60]),
        (Retry(first_seconds=0), [0, 0]),
        (Retry(attempts=10, factor=5), [1, 5, 25, 125, 300, 300]),
    ],
)
def test_each_wait_is_so_many_times_the_one_before_up_to_the_longest(retry: Retry, waits: list[float]) -> None:
    assert [retry.wait(tried, 0.0).total_seconds() for tried in range(len(waits))] == waits


def test_by_chance_it_is_waited_up_to_half_as_long_again_and_never_longer_than_the_longest() -> None:
    assert Retry(first_seconds=10).wait(0, 1.0).total_seconds() == 15
    assert Retry(first_seconds=10, most_seconds=12).wait(0, 1.0).total_seconds() == 12


def test_what_is_not_said_is_not_written() -> None:
    assert spec(NOTE).model_dump(mode="json") == {
        "trigger": {"type": "manual"},
        "nodes": [NOTE],
        "edges": [],
    }


def test_what_is_said_is_written() -> None:
    said = spec(NOTE | {"timeout_seconds": 5, "retry": {"attempts": 2}}).model_copy(update={"at_once": 2})
    written = said.model_dump(mode="json", include={"nodes", "edges", "at_once"})
    assert written["at_once"] == 2
    assert written["nodes"][0]["timeout_seconds"] == 5
    assert written["nodes"][0]["retry"]["attempts"] == 2
