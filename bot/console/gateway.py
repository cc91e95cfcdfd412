"""The console as a chat platform: what is posted or edited changes the screen of this process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from bot.console.board import Board
from bot.console.look import Look, Screen
from bot.console.render import render
from bot.views import compose
from bot.views.blocks import Chart, File, Line, View
from domain.conversations.ports import Address, Capabilities, Earlier, Found, IncomingFile, Posted
from domain.conversations.said import FileRef, Said
from domain.core.db import AWAY
from domain.core.errors import NotFound
from domain.core.logging import logger

log = logger(__name__)

PLATFORM = "console"

CAPABILITIES = Capabilities(
    edits=True,
    previews=True,
    buttons=True,
    files=True,
    tables=True,
    charts=True,
    text_limit=1_000_000,
    finds=True,  # what is not on this screen has not been read by anyone at it
    held=True,
    edit_interval=0.1,
)

Locate = Callable[[FileRef], Awaitable[Path | None]]

Elsewhere = Callable[[str], Awaitable[str | None]]
"""What announces that something, by its key, belongs to another thread than the present one."""


class ConsoleGateway:
    """Says things on one screen. Editing what another process showed raises NotFound; nothing else fails."""

    platform = PLATFORM
    capabilities = CAPABILITIES

    def __init__(self, screen: Screen, board: Board, locate: Locate, elsewhere: Elsewhere | None = None) -> None:
        self._elsewhere = elsewhere
        self._line: str | None = None
        """What was announced last: what follows from the same thread is not announced again."""
        self._screen = screen
        self._board = board
        self._locate = locate
        self._turn = asyncio.Lock()

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False, over: str | None = None) -> Posted:
        async with self._turn:
            known = self._board.posted(key)
            if known is not None:
                return Posted(known)
            line = await self._announced(key)
            message_id, written = self._board.post(key, said, over)
            await self._sort_out()
            await self._update(message_id, said, line, plain=plain, written=written)
        return Posted(message_id)

    async def edit(self, to: Address, message_id: str, said: Said, *, key: str, plain: bool = False) -> None:
        async with self._turn:
            line = await self._announced(key)
            written = self._board.edit(message_id, said)
            await self._sort_out()
            await self._update(message_id, said, line, plain=plain, written=written)

    async def find(self, to: Address, key: str) -> Found:
        known = self._board.posted(key)
        return Posted(known) if known is not None else "absent"

    async def preview(self, to: Address, key: str, text: str) -> None:
        if key not in self._board.under_way() and not await self._is_placed(key):
            return  # a preview may be left out
        self._board.preview(key, text)
        self._screen.refresh()

    def open_file(self, ref: str) -> AsyncIterator[bytes]:
        raise NotFound("A terminal sends its files at once; none is left to fetch.")

    async def about_file(self, ref: str) -> IncomingFile | None:
        return None

    async def earlier(self, to: Address, message_id: str) -> Earlier:
        return Earlier()  # whatever is said at a terminal is said to Legwork

    async def close(self) -> None:
        """The screen belongs to whoever opened it."""

    async def _announced(self, key: str) -> str | None:
        return await self._elsewhere(key) if self._elsewhere is not None else None

    async def _sort_out(self) -> None:
        """Draw only what belongs to the present thread, which may be another one than before."""
        for key in self._board.under_way():
            await self._is_placed(key)

    async def _is_placed(self, key: str) -> bool:
        """Whether it could be said in which thread it is; if not, that stays as it was."""
        try:
            self._board.set_apart(key, apart=await self._announced(key) is not None)
        except AWAY as error:
            log.debug("nobody can say which thread something belongs to", key=key, error=str(error)[:200])
            return False
        return True

    async def _update(self, message_id: str, said: Said, line: str | None, *, plain: bool, written: bool) -> None:
        if written:
            view = await self._with_paths(compose(said), said)
            if plain:
                view = tuple(block for block in view if not isinstance(block, Chart))
            look = _unstyled(self._screen.look) if plain else self._screen.look
            # drawing a chart or a long text must not hold up the previews
            text = await asyncio.to_thread(render, view, look, numbered=self._board.is_current(message_id))
            if line is not None and line != self._line:
                await self._screen.show(render((Line(line, "quiet"),), look))
            self._line = line
            await self._screen.show(f"{text}\n")
        self._screen.refresh()

    async def _with_paths(self, view: View, said: Said) -> View:
        if said.type != "file":
            return view
        path = await self._locate(said.file)
        where = (Line(str(path), "quiet"),) if path is not None else ()
        return tuple(part for block in view for part in ((block, *where) if isinstance(block, File) else (block,)))


def _unstyled(look: Look) -> Look:
    return Look(look.width, look.height, styled=False, coloured=False)
