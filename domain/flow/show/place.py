"""Where a task says what it has to say: on its card, which is one message that changes, or below it.

The rules are those of docs/adr/0013-one-task-one-place.md, and stand in ``place`` alone.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from domain.conversations.outbox import say
from domain.conversations.ports import Capabilities
from domain.conversations.said import ApprovalCard
from domain.conversations.standing import Standing, standing
from domain.core.db import Session
from domain.flow.common.advance import Advance
from domain.flow.common.keys import asked_key, card_key
from domain.flow.show.asks import Ask, ask_kind, asks_of, briefly
from domain.tasks.schemas import Step

QUICK = timedelta(seconds=30)
"""So long after its card was posted a person is taken to be looking at it still."""


class Saying(StrEnum):
    ENDING = "ending"
    """The answer, or what went wrong."""
    ASKING = "asking"
    """A question, or what is to be approved."""


class Place(StrEnum):
    CARD = "card"
    """The card says it."""
    BELOW = "below"
    """A post of its own says it, and notifies; of the card one line is left."""
    BOTH = "both"
    """The card says it, and a short post below refers to it, and notifies."""


def place(saying: Saying, card: Standing | None, *, can: Capabilities | None) -> Place:
    """Where it is said. ``card``: where the task's card stands, None where nobody knows that it stands anywhere."""
    if card is None or can is None or not can.edits:
        return Place.BELOW
    if can.held or (card.age < QUICK and not card.buried):  # a terminal shows every change below all there is
        return Place.CARD
    return Place.BELOW if saying is Saying.ENDING else Place.BOTH


async def find_place(session: Session, advance: Advance, saying: Saying) -> Place:
    """Look where the task's card stands, in the transaction that says it."""
    gateway = advance.legwork.gateways.get(advance.address.platform)
    can = gateway.capabilities if gateway is not None else None
    stands = await standing(session, card_key(advance.task.id)) if can is not None and can.edits else None
    return place(saying, stands, can=can)


async def ask_below(session: Session, advance: Advance, steps: Sequence[Step]) -> None:
    """Post what the steps ask, where their card alone would not be noticed, or cannot show all of what is to be
    allowed. The card is said by the caller."""
    task = advance.task
    asks = [(step, ask) for step in steps for ask in asks_of(task.id, [step])]
    if not asks:
        return
    where = await find_place(session, advance, Saying.ASKING)
    long = _is_too_long(advance, [ask for _, ask in asks])
    if where is Place.CARD and not long:
        return
    for step, ask in asks:
        await say(
            session,
            advance.thread,
            briefly(ask) if where is Place.BOTH and not long else ask,
            key=asked_key(task.id, step.node_id, step.attempt_group, ask_kind(step, ask)),
            task_id=task.id,
            reply_to=task.message_id,
        )


def _is_too_long(advance: Advance, asks: Sequence[Ask]) -> bool:
    """Whether a card, which is one message of the platform's, may show only the beginning of it: nobody is to allow
    what they cannot read."""
    gateway = advance.legwork.gateways.get(advance.address.platform)
    if gateway is None:
        return False
    details = [part for ask in asks if isinstance(ask, ApprovalCard) for line in ask.details for part in line]
    return sum(len(part) for part in details) > gateway.capabilities.text_limit // 2
