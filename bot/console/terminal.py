"""The interactive terminal: a prompt at the bottom, the live part above it, everything said above that."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import in_terminal
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import FileHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output

from bot.console.board import Board
from bot.console.completion import LineCompleter
from bot.console.live import Ticker, drawn
from bot.console.look import Look, look

PROMPT = "› "


class Terminal:
    """A screen with a prompt. ``interrupted`` is called on Ctrl-C, with whether the prompt is empty."""

    def __init__(
        self,
        board: Board,
        history: Path,
        *,
        interrupted: Callable[[bool], None],
        commands: Sequence[str] = (),
        environment: Mapping[str, str] = os.environ,
        keyboard: Input | None = None,
        display: Output | None = None,
    ) -> None:
        history.touch(mode=0o600)  # what a person types is theirs
        self._board = board
        self._environment = environment
        self._interrupted = interrupted
        self._session: PromptSession[str] = PromptSession(
            self._message,
            history=FileHistory(str(history)),
            completer=LineCompleter(commands),
            complete_in_thread=True,
            reserve_space_for_menu=4,
            key_bindings=self._keys(),
            erase_when_done=True,
            input=keyboard,
            output=display,
        )
        self._session.app.min_redraw_interval = 0.05  # seconds; previews may come faster
        self._ticker = Ticker(board, self._session.app.invalidate)

    @property
    def look(self) -> Look:
        size = self._session.output.get_size()
        return look(terminal=True, width=size.columns, height=size.rows, environment=self._environment)

    async def line(self, begun: str = "") -> str:
        """The next line typed, starting with the text given. Raises EOFError on Ctrl-D."""
        return await self._session.prompt_async(default=begun, set_exception_handler=False)

    async def show(self, text: str) -> None:
        async with in_terminal():
            self._session.output.write_raw(f"{text}\n".replace("\n", "\r\n"))
            self._session.output.flush()

    def refresh(self) -> None:
        self._session.app.invalidate()
        self._ticker.start()

    async def close(self) -> None:
        """Stop drawing."""
        await self._ticker.close()

    def clear_line(self) -> None:
        self._session.default_buffer.reset()

    def _message(self) -> ANSI:
        above = drawn(self._board, self.look)
        return ANSI(f"{above}\n\n{PROMPT}" if above else PROMPT)

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-c")
        @keys.add("<sigint>")
        def interrupt(event: KeyPressEvent) -> None:
            self._interrupted(not event.app.current_buffer.text)

        return keys
