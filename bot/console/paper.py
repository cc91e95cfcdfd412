"""Writing to a standard output without a prompt: to a file or pipe, or to a terminal that shows progress meanwhile."""

from dataclasses import replace
from typing import TextIO

from bot.console.board import Board
from bot.console.live import Ticker, drawn
from bot.console.look import Look

_UP_AND_CLEAR = "\x1b[{lines}F\x1b[J"  # to the start of the live part, and away with it (ECMA-48: CPL, ED)


class Paper:
    """An output that only grows: nothing on it is drawn twice."""

    def __init__(self, out: TextIO, look: Look) -> None:
        self._out = out
        self.look = look

    async def show(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()

    def refresh(self) -> None:
        """Nothing on paper is live."""

    async def close(self) -> None:
        """What is written stays."""


class Slate:
    """A terminal whose last lines show what is under way, until it is done."""

    def __init__(self, out: TextIO, look: Look, board: Board) -> None:
        self._out = out
        self._board = board
        self.look = look
        self._lines = 0
        self._ticker = Ticker(board, self._redraw)

    async def show(self, text: str) -> None:
        self._erase()
        self._out.write(f"{text}\n")
        self._redraw()

    def refresh(self) -> None:
        self._redraw()
        self._ticker.start()

    async def close(self) -> None:
        """Leave only what stays."""
        await self._ticker.close()
        self._erase()
        self._out.flush()

    def _redraw(self) -> None:
        self._erase()
        # a little narrower than the screen: a line that wraps would not be counted
        live = drawn(self._board, replace(self.look, width=self.look.width - 4))
        if live:
            self._out.write(f"{live}\n")
            self._lines = live.count("\n") + 1
        self._out.flush()

    def _erase(self) -> None:
        if self._lines:
            self._out.write(_UP_AND_CLEAR.format(lines=self._lines))
            self._lines = 0


def sheet(out: TextIO, look: Look, board: Board) -> Paper | Slate:
    """The one that suits the output."""
    return Slate(out, look, board) if look.styled else Paper(out, look)
