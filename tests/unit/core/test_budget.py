"""A computation that may take only so long, and hold only so much, says what it left undone."""

from collections.abc import Iterator
from itertools import count

from domain.core.budget import Budget

MB = 1024 * 1024


def clock(step: float) -> Iterator[float]:
    return (step * at for at in count())


def test_parts_are_begun_while_there_is_time_and_named_when_there_is_none() -> None:
    ticks = clock(1.0)
    budget = Budget(3, clock=lambda: next(ticks), held=lambda: 0)
    assert [budget.allows(part) for part in ("one", "two", "three", "four")] == [True, True, False, False]
    assert budget.left_undone() == ["Not looked at for lack of time: three; four."]


def test_a_part_that_needs_more_memory_than_is_left_is_not_begun() -> None:
    budget = Budget(60, 100, clock=lambda: 0.0, held=lambda: 40 * MB)
    assert budget.allows("small", needed=50 * MB)
    assert not budget.allows("large", needed=70 * MB)
    assert budget.left_undone() == ["Not looked at for lack of memory: large."]


def test_what_a_process_holds_from_earlier_work_does_not_end_the_next() -> None:
    budget = Budget(60, 100, clock=lambda: 0.0, held=lambda: 99 * MB)
    assert budget.allows("small", needed=20 * MB)
    assert not budget.allows("large", needed=30 * MB)


def test_a_part_of_the_work_may_have_a_share_of_the_time() -> None:
    now = [0.0]
    budget = Budget(10, clock=lambda: now[0], held=lambda: 0)
    with budget.only(0.5):
        now[0] = 6.0
        assert not budget.allows("one")
    assert budget.allows("two")


def test_many_things_are_counted_and_the_first_of_them_named() -> None:
    budget = Budget(0, clock=lambda: 0.0, held=lambda: 0)
    for at in [*range(30), 3]:
        budget.allows("trends of", f"c{at}")
    budget.allows("slips")
    assert budget.left_undone() == ["Not looked at for lack of time: trends of c0, c1, c2, c3, c4 and 25 more; slips."]
