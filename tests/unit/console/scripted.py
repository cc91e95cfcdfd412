"""A conversation that answers by a script, through the gateway it was given, as the delivery of a real one does."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from bot.console.session import Outcome
from domain.conversations.ports import Address, ChatGateway, Incoming
from domain.conversations.said import FileRef
from domain.core.ids import new_id

Reply = Callable[["Turn"], Awaitable[Outcome]]


class Turn:
    """One event and the means to answer it."""

    def __init__(self, incoming: Incoming, gateway: ChatGateway, to: Address) -> None:
        self.incoming = incoming
        self.gateway = gateway
        self.to = to


class ScriptedConversation:
    """``reply`` answers each event; ``heard`` holds the events in order."""

    def __init__(self, reply: Reply, *, files: dict[str, Path] | None = None) -> None:
        self._reply = reply
        self._files = files or {}
        self._gateway: asyncio.Future[ChatGateway] | None = None
        self._work: dict[UUID, asyncio.Task[Outcome]] = {}
        self._to: Address
        self.heard: list[Incoming] = []
        self.refuse: Exception | None = None
        self.others: dict[str, str] = {}
        """What is announced as another thread's, by the key it is said under."""

    def at(self, to: Address) -> "ScriptedConversation":
        self._to = to
        return self

    def _ready(self) -> "asyncio.Future[ChatGateway]":
        if self._gateway is None:
            self._gateway = asyncio.get_running_loop().create_future()
        return self._gateway

    async def send(self, incoming: Incoming) -> UUID | None:
        if self.refuse is not None:
            raise self.refuse
        self.heard.append(incoming)
        key = new_id()
        self._work[key] = asyncio.create_task(self._answer(incoming))
        return key

    async def _answer(self, incoming: Incoming) -> Outcome:
        return await self._reply(Turn(incoming, await self._ready(), self._to))

    async def elsewhere(self, key: str) -> str | None:
        return self.others.get(key)

    async def deliver(self, gateway: ChatGateway) -> None:
        self._ready().set_result(gateway)
        try:
            await asyncio.Event().wait()
        finally:
            self.end()

    def end(self) -> None:
        """What nobody waits for any more must not be found pending by the tests that follow."""
        for work in self._work.values():
            work.cancel()

    async def settled(self, message_id: UUID) -> Outcome:
        return await asyncio.shield(self._work[message_id])

    async def local_path(self, file: FileRef) -> Path | None:
        return self._files.get(file.key)
