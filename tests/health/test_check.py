"""Checks run side by side, each within its time, and nothing they do gets out."""

import asyncio
from collections.abc import Sequence

import pytest

from domain.core.errors import Misconfigured
from domain.health import Check, Finding, Level, error, examine, failing, ok, warning


async def fine() -> Sequence[Finding]:
    return [ok("fine", "All is well.")]


async def hangs() -> Sequence[Finding]:
    await asyncio.Event().wait()
    return []


async def explains() -> Sequence[Finding]:
    raise Misconfigured("It is not set.", remedy="Set it.")


async def breaks() -> Sequence[Finding]:
    raise ZeroDivisionError("with a secret in it")


async def test_findings_come_in_the_order_of_the_checks() -> None:
    found = await examine([Check("one", fine), Check("two", explains), Check("three", fine)])
    assert [finding.name for finding in found] == ["fine", "two", "fine"]


async def test_a_check_that_takes_too_long_is_an_error_and_holds_up_no_other() -> None:
    found = await examine([Check("slow", hangs, limit=0.01), Check("fine", fine)])
    assert found[0] == error("slow", "No answer within 0.01 s.", "See whether it is reachable from here.")
    assert found[1].level is Level.OK


async def test_an_explained_failure_keeps_its_sentence_and_remedy() -> None:
    assert await examine([Check("set", explains)]) == [error("set", "It is not set.", "Set it.")]


async def test_an_unforeseen_failure_is_a_finding_without_what_the_error_said() -> None:
    [found] = await examine([Check("broken", breaks)])
    assert found.level is Level.ERROR
    assert "ZeroDivisionError" in found.message
    assert "secret" not in found.message


@pytest.mark.parametrize(
    ("found", "count"), [([ok("a", "")], 0), ([warning("a", "", "")], 0), ([error("a", "", "")], 1)]
)
def test_only_errors_count_as_failing(found: list[Finding], count: int) -> None:
    assert len(failing(found)) == count
