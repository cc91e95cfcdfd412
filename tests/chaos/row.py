"""What a row of ``make chaos`` is: a fault, what is promised in spite of it, and how both are brought about.

Every file of ``tests/chaos/rows`` holds one as ``ROW``; that is all it takes to be run.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.ground import Ground

Figure = int | float | str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row came to. Counts are whole numbers by what is counted: ``{"tasks lost": 0}``."""

    zero: Mapping[str, int]
    """What must not have happened at all; one count above zero and the promise is broken."""
    told: Mapping[str, Figure] = field(default_factory=dict[str, Figure])
    """What a reader wants to know besides: how much was done, how long the worst took."""
    remarks: Sequence[str] = ()
    """Sentences: what was broken, and where to look."""

    @property
    def broken(self) -> dict[str, int]:
        """The counts that should be zero and are not."""
        return {what: count for what, count in self.zero.items() if count}


@dataclass(frozen=True, slots=True)
class Row:
    """``full`` is how often the fault is brought about by ``make chaos``, ``short`` how often in the suite."""

    name: str
    """Lower case with hyphens, as it is given on the command line; the file's name says the same."""
    fault: str
    promise: str
    full: int
    short: int
    drive: Callable[[Ground, int], Awaitable[Outcome]]
    """Brings the fault about so many times on a fresh ground, and counts. It raises what it did not expect."""
