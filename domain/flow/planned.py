"""What a decision rests on, and what came of it."""

from dataclasses import dataclass
from decimal import Decimal

from domain.flow.history import History
from domain.llm.decision import Decision
from domain.llm.model import Reply
from domain.llm.prices import total
from domain.workflows.spec import Spec


@dataclass(frozen=True, slots=True)
class Known:
    """``off`` names the tools an admin has switched off."""

    history: History
    off: frozenset[str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A direct answer, a question, or a valid plan; with every model call it took."""

    decision: Decision
    spec: Spec | None
    replies: list[Reply]
    version: str

    @property
    def cost(self) -> Decimal | None:
        """US dollars; None where the price of one of the calls is not known."""
        return total(reply.usage.cost for reply in self.replies)
