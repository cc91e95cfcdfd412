"""From a message to a proposal: the first rule that knows what to do."""

from collections.abc import Callable

from domain.llm.offline.doing import asking, request, writing
from domain.llm.offline.gathering import gathering
from domain.llm.offline.plans import Proposal
from domain.llm.offline.situation import Situation
from domain.llm.offline.sums import calculation, clock
from domain.llm.offline.talk import empty, not_understood, rejected, small_talk

RULES: tuple[Callable[[Situation], Proposal | None], ...] = (
    rejected,
    empty,
    small_talk,
    asking,
    calculation,
    clock,
    request,
    writing,
    gathering,
)


def decide(situation: Situation) -> Proposal:
    for rule in RULES:
        proposal = rule(situation)
        if proposal is not None:
            return proposal
    return not_understood(situation)
