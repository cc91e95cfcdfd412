"""A conversation read from standard input: one message a line, each answered before the next is sent."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import TextIO
from uuid import UUID

from bot.console import attachments
from bot.console.board import Board
from bot.console.look import Screen
from bot.console.notices import say_problem
from bot.console.session import Conversation, Outcome
from bot.console.speaker import Speaker
from bot.views.clean import visible
from domain.conversations.ports import Press
from domain.core.errors import LegworkError


async def read(source: TextIO) -> AsyncIterator[str]:
    """The lines of a stream, without their ends. A line that has not come yet holds up nothing but this."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def hand_over() -> None:
        try:
            for line in source:
                loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(lines.put_nowait, None)
        except RuntimeError:  # the loop is closed: nobody listens any more
            return

    # a daemon, since nothing can end a thread that waits for a line
    threading.Thread(target=hand_over, name="standard input", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line


async def answer(
    source: AsyncIterator[str],
    conversation: Conversation,
    speaker: Speaker,
    board: Board,
    screen: Screen,
    *,
    max_bytes: int,
    echo: bool,
) -> int:
    """Send every line in turn. A question counts as an answer: the next line answers it.

    Returns:
        0, or 1 where a line could not be sent, was not understood, or its task failed.
    """
    status = 0
    async for line in source:
        if not line.strip():
            continue
        if echo:
            await screen.show(f"> {visible(line)}")
        try:
            message_id = await _send(line, speaker, board, max_bytes=max_bytes)
            outcome = await _settled(message_id, conversation, board, screen) if message_id is not None else None
        except LegworkError as error:
            await say_problem(screen, error)
            status = 1
        else:
            status = 1 if outcome is not None and outcome.status in ("failed", "not_understood") else status
    return status


async def _send(line: str, speaker: Speaker, board: Board, *, max_bytes: int) -> UUID | None:
    button = board.pressed(line)
    if button is not None:
        return await speaker.press(Press.of(button))
    typed = attachments.read(line, max_bytes=max_bytes)
    board.person_spoke()
    return await speaker.say(typed.text, typed.files)


async def _settled(message_id: UUID, conversation: Conversation, board: Board, screen: Screen) -> Outcome:
    with board.waiting():
        screen.refresh()
        return await conversation.settled(message_id)
