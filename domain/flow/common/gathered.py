"""What a loop comes to, from what its items came to."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.flow.common.tally import Standing

ITEMS_FAILED = "items_failed"
_CAUSE = " could not be done: "


def results(held: Iterable[Standing], count: int) -> list[Any]:
    """For each item, what its last node put out."""
    found: list[Any] = [None] * count
    for one in held:
        if one.placed.index is not None and one.step.output is not None:
            found[one.placed.index] = one.step.output
    return found


def why(failed: Sequence[Standing], count: int) -> dict[str, Any] | None:
    """The error of a loop some of whose steps ``failed``; None where none did."""
    if not failed:
        return None
    broken = {one.placed.index for one in failed}
    first = failed[0].step.error or {}
    cause = str(first.get("sentence", "it failed."))
    if first.get("code") == ITEMS_FAILED:  # a loop in the loop: what went wrong in there
        cause = cause.removeprefix(cause.partition(_CAUSE)[0] + _CAUSE)
    return {
        "sentence": f"{len(broken)} of {count} items{_CAUSE}{cause}",
        "code": ITEMS_FAILED,
        "remedy": first.get("remedy"),
    }
