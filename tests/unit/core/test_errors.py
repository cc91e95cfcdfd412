"""Errors carry a sentence for a person, a code for programs and what to do about it."""

from datetime import timedelta

import pytest

from domain.core.errors import Ambiguous, Invalid, LegworkError, Misconfigured, NotFound, Refused, Unavailable
from jobs.runner import backoff

KINDS: list[type[LegworkError]] = [Invalid, NotFound, Refused, Misconfigured, Unavailable, Ambiguous]


@pytest.mark.parametrize("kind", KINDS)
def test_sentence_remedy_and_code(kind: type[LegworkError]) -> None:
    error = kind("It broke.", remedy="Mend it.")
    assert str(error) == "It broke. Mend it."
    assert error.reason == kind.code
    assert kind("It broke.", code="special").reason == "special"
    assert str(kind("It broke.")) == "It broke."


def test_every_kind_has_a_code_of_its_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_unavailable_says_how_long_to_wait() -> None:
    assert Unavailable("Busy.", after=timedelta(seconds=7)).after == timedelta(seconds=7)
    assert Unavailable("Busy.").after is None


@pytest.mark.parametrize("attempts", range(1, 30))
def test_a_job_waits_twice_as_long_with_each_attempt_up_to_five_minutes(attempts: int) -> None:
    least = min(300.0, 0.5 * 2**attempts)
    waits = [backoff(attempts).total_seconds() for _ in range(20)]
    assert all(least <= wait <= least * 1.5 for wait in waits)
    assert len(set(waits)) > 1, "retries of many jobs must not come at once"
