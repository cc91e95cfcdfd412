"""What buttons carry, kept without a database."""

from bot.tokens import MARK, whole
from domain.conversations.ports import Address, Press
from domain.core.errors import NotFound


class MemoryTokens:
    def __init__(self) -> None:
        self.kept: dict[str, Press] = {}

    async def keep(self, press: Press, to: Address) -> str:
        token = f"token{len(self.kept)}"
        self.kept[token] = press
        return token

    async def look_up(self, token: str) -> Press:
        if token not in self.kept:
            raise NotFound("That button is no longer good.")
        return self.kept[token]

    def carried(self, press: Press) -> Press:
        """What the listener makes of a press."""
        return self.kept[press.action.removeprefix(MARK)] if press.action.startswith(MARK) else whole(press)
