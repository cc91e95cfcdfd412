"""A screen that remembers what was written on it."""

from bot.console.look import Look


class Sheet:
    def __init__(self, *, width: int = 80, height: int = 24, styled: bool = False, coloured: bool = False) -> None:
        self.look = Look(width, height, styled, coloured)
        self.written: list[str] = []
        self.refreshed = 0

    async def show(self, text: str) -> None:
        self.written.append(text)

    def refresh(self) -> None:
        self.refreshed += 1

    @property
    def text(self) -> str:
        return "\n".join(self.written)
