"""The interactive conversation: lines are sent as they are typed, answers come in their own time."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from bot.console import attachments
from bot.console.board import Board
from bot.console.notices import say_line, say_problem
from bot.console.session import Conversation
from bot.console.speaker import Speaker
from bot.console.terminal import PROMPT, Terminal
from domain.conversations.ports import Press
from domain.conversations.said import Button
from domain.core.errors import LegworkError

WELCOME = "Legwork. Write as to a colleague. @path adds a file, /help lists the commands, Ctrl-D ends."
_HINT = "Nothing is running. Ctrl-D ends."
_STOPPING = "Stopping …"
_SHOWN_LINES = 12
_LEFT = "What is still under way goes on; its answer will be in this chat."


class Talk:
    """One session at a terminal."""

    def __init__(
        self, conversation: Conversation, speaker: Speaker, board: Board, *, max_bytes: int, greeting: str = ""
    ) -> None:
        """``greeting`` is said at the start, below what the console itself can do."""
        self._conversation = conversation
        self._speaker = speaker
        self._board = board
        self._max_bytes = max_bytes
        self._greeting = greeting
        self._terminal: Terminal
        self._group: asyncio.TaskGroup
        self._open: set[asyncio.Task[None]] = set()

    async def run(self, terminal: Terminal) -> None:
        """Converse until Ctrl-D."""
        self._terminal = terminal
        await say_line(terminal, WELCOME)
        if self._greeting:
            await say_line(terminal, self._greeting)
        async with asyncio.TaskGroup() as self._group:
            begun = ""
            while (line := await self._next(begun)) is not None:
                begun = await self._typed(line)
            if self._board.is_live:
                await say_line(terminal, _LEFT)
            for task in self._open:
                task.cancel()

    def interrupted(self, empty: bool) -> None:
        """Ctrl-C: stops the running task; else clears what was typed; else says how to leave."""
        stop = self._board.stop()
        if stop is not None:
            self._begin(self._stop(stop))
        elif not empty:
            self._terminal.clear_line()
        else:
            self._begin(say_line(self._terminal, _HINT))

    async def _next(self, begun: str) -> str | None:
        try:
            return await self._terminal.line(begun)
        except EOFError:
            return None

    async def _typed(self, line: str) -> str:
        """Send a line. Returns what the prompt should start with: the line again, where it was not sent."""
        if not line.strip():
            return ""
        button = self._board.pressed(line)
        try:
            if button is not None:
                await self._press(button)
            else:
                await self._say(line)
        except LegworkError as error:
            await say_problem(self._terminal, error)
            return line
        return ""

    async def _say(self, line: str) -> None:
        typed = attachments.read(line, max_bytes=self._max_bytes)
        await say_line(self._terminal, f"{PROMPT}{_beginning(line)}")
        self._board.person_spoke()
        self._wait_for(await self._speaker.say(typed.text, typed.files))

    async def _press(self, button: Button) -> None:
        await say_line(self._terminal, f"{PROMPT}[{button.label}]")
        self._wait_for(await self._speaker.press(Press.of(button)))

    async def _stop(self, press: Press) -> None:
        await say_line(self._terminal, _STOPPING)
        try:
            await self._speaker.press(press)
        except LegworkError as error:
            await say_problem(self._terminal, error)

    def _wait_for(self, message_id: UUID | None) -> None:
        if message_id is not None:
            self._begin(self._settle(message_id))

    async def _settle(self, message_id: UUID) -> None:
        with self._board.waiting():
            self._terminal.refresh()
            try:
                await self._conversation.settled(message_id)
            except LegworkError as error:
                await say_problem(self._terminal, error)
        self._terminal.refresh()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._group.create_task(work)
        self._open.add(task)
        task.add_done_callback(self._open.discard)


def _beginning(typed: str) -> str:
    """What is shown of a text that was pasted: not screens full of it."""
    lines = typed.splitlines()
    if len(lines) <= _SHOWN_LINES:
        return typed
    return "\n".join([*lines[:_SHOWN_LINES], f"… and {len(lines) - _SHOWN_LINES:,} more lines"])
