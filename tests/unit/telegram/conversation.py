"""A conversation over the double of Telegram: a person acts, and reads what was said once all has come to rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram import FakeTelegram, Seat
from tests.fixtures.talk import Worker
from tests.fixtures.waiting import eventually

Json = dict[str, Any]


@dataclass
class Conversation:
    fake: FakeTelegram
    seat: Seat
    worker: Worker

    async def settle(self) -> str:
        """Wait until what happened is stored and worked off. Returns all that stands in the chat."""
        await eventually(lambda: not self.fake.world.queue)
        await self.worker.settle()
        return self.seat.text

    async def say(self, text: str, *, reply_to: int | None = None) -> list[Json]:
        """Say something; the messages that were new after it, as they stand now."""
        return await self._new(lambda: self.seat.say(text, reply_to=reply_to))

    async def press(self, label: str) -> list[Json]:
        return await self._new(lambda: self.seat.press(label))

    async def does(self, act: Callable[[], object]) -> list[Json]:
        return await self._new(act)

    async def _new(self, act: Callable[[], object]) -> list[Json]:
        before = {message["message_id"] for message in self.seat.said}
        act()
        await self.settle()
        return [message for message in self.seat.said if message["message_id"] not in before]

    @property
    def card(self) -> str:
        """The plan card as it stands: the message with the steps' marks."""
        return next(message["text"] for message in reversed(self.seat.said) if "1 " in message.get("text", ""))
