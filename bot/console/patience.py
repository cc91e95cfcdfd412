"""How one message is waited for: signs of life on the way, and an end in any case."""

import asyncio
from typing import TextIO
from uuid import UUID

from bot.console.board import Board
from bot.console.session import Conversation, Outcome
from bot.console.speaker import Speaker
from domain.conversations.ports import Press
from domain.conversations.said import StepState
from domain.core.errors import Unavailable

LIMIT = 600.0
"""Seconds after which a script is answered in any case."""

LOOK_SECONDS = 2.0
SIGN_SECONDS = 15.0
"""So often something is written while nothing changes."""

STOP_SECONDS = 5.0
"""What a stop may take before the caller is answered all the same."""


async def report(board: Board, err: TextIO, *, every: float = LOOK_SECONDS) -> None:
    """Write what is being done, whenever that changes and as a sign of life, until cancelled."""
    told, at = "", 0.0
    while True:
        await asyncio.sleep(every)
        waited = board.waited() or 0.0
        doing = _doing(board)
        if doing != told or waited - at >= SIGN_SECONDS:
            told, at = doing, waited
            err.write(f"{doing} … {waited:.0f} s\n")
            err.flush()


def _doing(board: Board) -> str:
    cards = [card for _, card in board.live_cards()]
    begun = [step.label for card in cards for step in card.steps if step.state is StepState.RUNNING]
    return ", ".join(begun) or next((card.title for card in cards), "Working")


async def settled_within(
    limit: float,
    conversation: Conversation,
    message_id: UUID,
    speaker: Speaker,
    board: Board,
    *,
    stop_within: float = STOP_SECONDS,
) -> Outcome:
    """What became of the message. Raises Unavailable after so many seconds, having stopped the task.

    Nobody would be there to read what a task said later, and nobody to notice what it still does.
    """
    try:
        async with asyncio.timeout(limit):
            return await conversation.settled(message_id)
    except TimeoutError:
        stopped = await _stop(stop_within, conversation, speaker, board)
    what = "it was stopped" if stopped else "stopping it takes longer than that too"
    raise Unavailable(
        f"There was no answer within {limit:g} seconds; {what}.",
        remedy="--timeout SECONDS waits longer.",
        code="timeout",
    )


async def _stop(limit: float, conversation: Conversation, speaker: Speaker, board: Board) -> bool:
    try:
        async with asyncio.timeout(limit):
            stop = await speaker.press(board.stop() or Press("stop"))
            if stop is not None:
                await conversation.settled(stop)
            return True
    except TimeoutError:
        return False
