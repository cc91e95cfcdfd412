"""What a decision rests on, and what came of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.llm.decision import Decision
from domain.llm.model import Reply, Turn
from domain.llm.prices import total
from domain.workflows.spec import Spec


@dataclass(frozen=True, slots=True)
class History:
    turns: list[Turn]
    attachments: list[dict[str, Any]]
    files: list[dict[str, Any]]
    last: dict[str, Any] | None
    result: str
    """The whole of the last answer that was a result."""
    first: list[str]
    """What the thread's first messages said."""
    helped: bool
    """Whether the thread was told what Legwork can do."""
    under_way: bool
    """An earlier task of the thread has not ended."""
    open: list[dict[str, Any]]
    """The person's own earlier tasks there that have not ended, oldest first: number (from 1), id, title, and what was
    asked as ``doing``."""


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
