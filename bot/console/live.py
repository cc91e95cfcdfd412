"""The part of the screen above the prompt that is drawn again and again: plan cards, and answers being written."""

import asyncio
from collections.abc import Callable
from functools import lru_cache

from bot.console.board import Board
from bot.console.look import Look
from bot.console.render import render
from bot.views import compose, words
from bot.views.blocks import Line, Text

_TAIL = 4_000  # characters of a long preview: more than a screen holds
_ROOM = 6  # lines kept for the prompt and its completions


def drawn(board: Board, look: Look) -> str:
    """The live part, no taller than the terminal allows: its end is what changes. Empty when nothing is under way."""
    parts = [
        render(compose(card), look, numbered=board.is_current(message_id)) for message_id, card in board.live_cards()
    ]
    parts += [_preview(text[-_TAIL:], look) for text in board.previews()]
    waited = board.waited()
    if not parts and waited is not None:
        parts.append(render((Line(f"◌ Working … {words.duration(int(waited * 1000))}", "quiet"),), look))
    lines = "\n\n".join(parts).split("\n")
    room = max(look.height - _ROOM, 3)
    return "\n".join(lines if len(lines) <= room else ["…", *lines[-room + 1 :]])


@lru_cache(maxsize=4)  # drawn again with every key that is pressed
def _preview(text: str, look: Look) -> str:
    return f"{render((Text(text),), look)} ▌"


class Ticker:
    """Redraws once a second while something is live, so that elapsed times run on."""

    def __init__(self, board: Board, redraw: Callable[[], None]) -> None:
        self._board = board
        self._redraw = redraw
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Tick until nothing is live any more; does nothing where it ticks already."""
        if self._board.is_live and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._tick())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tick(self) -> None:
        while self._board.is_live:
            await asyncio.sleep(1)
            self._redraw()
