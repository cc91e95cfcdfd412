"""Any history of one conversation: a plan, and what people, workers and the weather do while it runs."""

from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from tests.factories.plans import Planned, plans

MOST_ACTS = 8

Kind = Literal[
    "agree",  # the person approves, answers or resumes what waits
    "press",  # any button that was ever shown, the newest first
    "say",  # a word that steers, answers, or is new work
    "edit",
    "delete",
    "open",  # calls that take long come to their end
    "travel",  # two hours pass
    "die",  # the worker is gone, before or after its next commit
    "pause",  # it stands still, is taken for dead, and comes back later
    "return",  # whoever stood still goes on
    "lapse",  # its leases run out while it works
    "retire",  # it is told to stop, and hands back
    "flush",  # nobody is woken until the next sweep
    "switch",  # an admin switches the tool off that reaches outside, or on again
    "remark",  # something is said to a task: in answer to what it has said, or (flag) for the model to find out
    "reword",  # the last of that is edited, or (flag) deleted
]

WORDS = ("stop", "pause", "resume", "/tasks retry", "yes", "no", "a")


@dataclass(frozen=True)
class Act:
    """One thing that happens. ``after`` so many transactions of workers, or once nothing moves any more."""

    kind: Kind
    after: int = 0
    which: int = 0
    """Of the buttons the so-many-newest; of the words its place."""
    flag: bool = False
    """Of a worker's end: after the commit. Of an event: it comes twice."""


@dataclass(frozen=True)
class History:
    planned: Planned
    acts: tuple[Act, ...] = ()
    away: tuple[bool, ...] = ()
    """For each call of the model in turn, whether it is away."""
    asks: bool = False
    """The model asks back before it plans."""


_KINDS: tuple[Kind, ...] = (
    *("agree", "agree", "agree", "die", "die", "press", "press", "open", "pause", "return", "lapse"),
    *("travel", "say", "retire", "flush", "edit", "delete"),
)

acts = st.builds(
    Act,
    kind=st.sampled_from(_KINDS),
    after=st.integers(0, 14),
    which=st.integers(0, 6),
    flag=st.booleans(),
)

switched = st.builds(
    History,
    planned=plans(),
    acts=st.lists(acts | st.builds(Act, kind=st.just("switch"), after=st.integers(0, 8)), max_size=MOST_ACTS).map(
        tuple
    ),
)
"""Those in which an admin switches, too."""

_REMARKS = st.builds(
    Act,
    kind=st.sampled_from(("remark", "remark", "remark", "reword")),
    after=st.integers(0, 14),
    which=st.integers(0, 6),
    flag=st.sampled_from([False, False, True]),
)

remarked = st.builds(
    History,
    planned=plans(),
    acts=st.lists(acts | _REMARKS, min_size=1, max_size=MOST_ACTS).map(tuple),
    away=st.lists(st.booleans(), max_size=4).map(tuple),
)
"""Those in which something is said to what runs."""

histories = st.builds(
    History,
    planned=plans(),
    acts=st.lists(acts, max_size=MOST_ACTS).map(tuple),
    away=st.lists(st.booleans(), max_size=3).map(tuple),
    asks=st.sampled_from([False, False, False, True]),
)
