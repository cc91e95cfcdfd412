"""In which order open rows are sent."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations.ports import Address
from domain.conversations.schemas import Outbound
from domain.flow.deliver.turns import in_turn

SOON = timedelta(seconds=3)


def row(
    seq: int, task: int, kind: str = "answer", *, thread: int = 1, behind: timedelta | None = None, edits: str = ""
) -> Outbound:
    """A row said as ``seq`` of a task; its key is “seq”."""
    return Outbound(
        id=UUID(int=seq),
        seq=seq,
        task_id=UUID(int=task),
        reply_to=None,
        kind="edit" if edits else "post",
        body={"type": kind},
        dedupe_key=str(seq),
        target_key=edits or None,
        status="queued",
        plain=False,
        attempts=0,
        wait=None,
        thread_id=UUID(int=thread),
        outcome=kind in ("answer", "file", "problem", "question") and not edits,
        behind=behind,
        to=Address("fake", "w", "c"),
    )


@pytest.mark.parametrize(
    ("rows", "order", "wait"),
    [
        ([row(1, 1), row(2, 2)], [1, 2], None),
        ([row(1, 2), row(2, 1)], [2, 1], None),
        ([row(1, 2), row(2, 2, "file"), row(3, 1), row(4, 1, "file")], [3, 4, 1, 2], None),
        ([row(1, 2), row(2, 1, thread=2)], [1, 2], None),
        ([row(1, 2), row(2, 1, "plan"), row(3, 1)], [2, 3, 1], None),
        ([row(1, 2, behind=SOON), row(2, 1, "plan")], [2], SOON),
        ([row(1, 3, behind=2 * SOON), row(2, 2, behind=SOON)], [], SOON),
        ([row(1, 2, "question", behind=SOON), row(2, 2, "note", edits="1"), row(3, 3, "note")], [3], SOON),
        ([row(1, 3), row(2, 2), row(3, 1)], [3, 2, 1], None),
        ([row(1, 3), row(2, 1), row(3, 2), row(4, 1, "file")], [2, 4, 3, 1], None),
        ([row(1, 2, "approval"), row(2, 1)], [1, 2], None),
    ],
)
def test_the_outcome_of_the_earlier_task_goes_first(
    rows: list[Outbound], order: list[int], wait: timedelta | None
) -> None:
    sent, behind = in_turn(rows)
    assert [one.seq for one in sent] == order
    assert behind == wait


ROWS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["answer", "file", "problem", "question", "plan", "note", "approval"]),
        st.integers(1, 2),
        st.none() | st.just(SOON),
    ),
    max_size=12,
)


@given(ROWS)
def test_nothing_is_lost_and_every_thread_keeps_its_order(
    given_rows: list[tuple[int, str, int, timedelta | None]],
) -> None:
    rows = [
        row(seq, task, kind, thread=thread, behind=behind if kind == "answer" else None)
        for seq, (task, kind, thread, behind) in enumerate(given_rows, start=1)
    ]
    sent, wait = in_turn(rows)
    held = [one for one in rows if one.behind is not None]
    assert sorted(one.seq for one in (*sent, *held)) == [one.seq for one in rows]
    assert (wait is None) is (not held)
    for thread in (1, 2):
        outcomes = [one for one in sent if one.outcome and one.thread_id == UUID(int=thread)]
        assert outcomes == sorted(outcomes, key=lambda one: (str(one.task_id), one.seq))
    others = [one.seq for one in sent if not one.outcome]
    assert others == sorted(others)
    for task in range(1, 5):  # what a task said before its outcome stays above it
        own = [one for one in sent if one.task_id == UUID(int=task)]
        for at, one in enumerate(own):
            if one.outcome:
                assert all(other.seq > one.seq for other in own[at + 1 :] if not other.outcome)
