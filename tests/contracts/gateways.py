"""Every chat platform's gateway with a double of its platform behind it, for the one suite all must pass."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from bot.console import live
from bot.console.board import Board
from bot.console.gateway import ConsoleGateway
from bot.console.look import Look
from domain.conversations.ports import Address, ChatGateway, Press
from tests.contracts.slack import slack
from tests.contracts.telegram import telegram


class Harness(Protocol):
    """A gateway and the eyes and hands of the person behind it."""

    gateway: ChatGateway
    to: Address

    def shown(self) -> str:
        """Everything the person sees by now, as text without styles; line breaks may differ."""
        ...

    def messages(self) -> int:
        """How many messages of ours everybody sees; on a screen, how many were written."""
        ...

    def press(self, label: str) -> Press:
        """Press the newest button of that label: what comes back from the platform."""
        ...


class _Sheet:
    """A screen that remembers."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.written: list[str] = []

    async def show(self, text: str) -> None:
        self.written.append(text)

    def refresh(self) -> None:
        """The live part is read from the board."""


class ConsoleHarness:
    def __init__(self) -> None:
        self.look = Look(width=80, height=40, styled=True, coloured=False)
        self._sheet = _Sheet(self.look)
        self._board = Board()
        self.gateway: ChatGateway = ConsoleGateway(self._sheet, self._board, _nowhere)
        self.to = Address("console", "host", "mara/1")

    def shown(self) -> str:
        return _unstyled("\n".join([*self._sheet.written, live.drawn(self._board, self.look)]))

    def messages(self) -> int:
        return len(self._sheet.written)

    def press(self, label: str) -> Press:
        button = self._board.pressed(label)
        assert button is not None, f"no button {label}"
        return Press.of(button)


async def _nowhere(file: object) -> None:
    return None


def _unstyled(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@asynccontextmanager
async def _console() -> AsyncGenerator[Harness]:
    yield ConsoleHarness()


HARNESSES: dict[str, Callable[[], AbstractAsyncContextManager[Harness]]] = {
    "console": _console,
    "slack": slack,
    "telegram": telegram,
}
