"""The chat of one terminal, from its own end: what is typed goes in, what is said is delivered here."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import RowMapping

from bot.console.session import Outcome
from bot.console.shelf import shelve
from bot.inbound import accept
from domain.conversations import outbox
from domain.conversations.places import place_of
from domain.conversations.ports import Address, ChatGateway, Incoming
from domain.conversations.said import FileRef
from domain.core import ids
from domain.core.db import AWAY, Database
from domain.core.logging import logger
from domain.core.storage import Storage
from domain.core.wakes import messages
from domain.flow.common.keys import answered
from domain.flow.deliver.chat import deliver_chat
from domain.tasks import files
from domain.tasks.settled import facts_of, place_of_task, said_about, settled, waits

log = logger(__name__)

LOOK_AGAIN = 1.0
"""Seconds after which the outbox is looked at even though nobody rang."""


class ConsoleConversation:
    def __init__(self, database: Database, storage: Storage, redis: Redis, address: Address, *, made: Path) -> None:
        """``made``: the folder in which files that were made are found under their own names."""
        self._made = made
        self._database = database
        self._storage = storage
        self._redis = redis
        self._address = address
        self._last: UUID | None = None
        """The message that was sent last in this session; before the first, every thread is an earlier one."""
        self._look = asyncio.Event()
        self._delivered = asyncio.Event()

    async def send(self, incoming: Incoming) -> UUID | None:
        received = await accept(self._database, self._storage, replace(incoming, held=True))
        self._last = received.message_id or self._last
        self._look.set()
        return received.message_id

    # -- what is said --------------------------------------------------------------------------------

    async def deliver(self, gateway: ChatGateway) -> None:
        """Say everything that is due, as it comes, until cancelled."""
        chat_id = await self._chat()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(chat_id))
            while True:
                self._look.clear()
                try:
                    wait = await deliver_chat(self._database, gateway, chat_id)
                except AWAY as error:
                    log.warning("the database did not answer", error=str(error)[:200])
                    wait = None
                self._tell()
                await self._pause(wait.total_seconds() if wait is not None else LOOK_AGAIN)

    async def _chat(self) -> UUID:
        """The chat's row: it is there once the first message is."""
        while True:
            async with self._database.system("a terminal looks for its chat") as session:
                chat_id = await outbox.chat_at(session, self._address)
            if chat_id is not None:
                return chat_id
            await self._pause(LOOK_AGAIN)
            self._look.clear()

    async def _listen(self, chat_id: UUID) -> None:
        """A worker rings when it has said something."""
        async for _ in messages(self._redis, outbox.held_channel(chat_id)):
            self._look.set()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._look.wait()
        except TimeoutError:
            return

    def _tell(self) -> None:
        waiting, self._delivered = self._delivered, asyncio.Event()
        waiting.set()

    async def elsewhere(self, key: str) -> str | None:
        """Which other thread than the present one is spoken in under this key, in a line; None: in the present one."""
        task_id = answered(key)
        async with self._database.system("a terminal looks at its own chat") as session:
            place = await place_of(session, key)
            if place is None and task_id is not None:  # it is still being written
                place = await place_of_task(session, task_id)
        if place is None or (self._last is not None and (place.is_current or place.reply_to == self._last)):
            return None
        name = f"“{place.name}”" if place.name else "an earlier thread"
        return f"In {name} (/threads use {ids.short('thrd', place.thread_id)} goes back to it):"

    # -- what became of a message --------------------------------------------------------------------

    async def settled(self, message_id: UUID) -> Outcome:
        """Wait until everything said in reply to the message has been delivered."""
        while True:
            delivered = self._delivered
            outcome = await self._outcome(message_id)
            if outcome is not None:
                return outcome
            await delivered.wait()

    async def _outcome(self, message_id: UUID) -> Outcome | None:
        async with self._database.system("a terminal looks at its own message") as session:
            row = await settled(session, message_id)
            if row is None:
                if not await waits(session, message_id):
                    return None
                bodies = await said_about(session, message_id, None)
                return Outcome("waits", None, "\n".join(map(_text, bodies)))
            task_id: UUID | None = row["task_id"]
            bodies = await said_about(session, message_id, task_id)
            facts = await facts_of(session, task_id) if task_id is not None else []
            made: Sequence[RowMapping] = await files.of_task(session, task_id) if task_id is not None else ()
        return outcome_of(row, bodies, facts, [await self._artifact(file) for file in made])

    async def _artifact(self, file: RowMapping) -> dict[str, Any]:
        path = await self._shelved(file["key"], file["name"])
        return {
            "name": file["name"],
            "type": file["type"],
            "mime_type": file["mime_type"],
            "size": file["size"],
            "path": str(path),
        }

    async def local_path(self, file: FileRef) -> Path | None:
        return await self._shelved(file.key, file.name)

    async def _shelved(self, key: str, name: str) -> Path:
        return await asyncio.to_thread(shelve, self._made, await self._storage.local_path(key), name)


_FINAL_TYPES = ("answer", "problem", "question", "approval", "note", "details", "listing")


def outcome_of(
    row: Mapping[Any, Any],
    bodies: Sequence[dict[str, Any]],
    facts: Sequence[dict[str, Any]],
    artifacts: Sequence[dict[str, Any]],
) -> Outcome:
    """What became of a message: ``row`` of it and its task, ``bodies`` of what was said about it, in order."""
    parts = [part for body in bodies for part in (body.get("asks") or [body])]  # a card says what it asks
    final = [part for part in parts if part["type"] in _FINAL_TYPES]
    problem = next((body for body in reversed(final) if body["type"] == "problem"), None)
    result: Mapping[str, Any] = row["result"] or {}
    return Outcome(
        status=_status(row["status"], row["outcome"], problem is not None, cut=result.get("cut") is True),
        task_id=row["task_id"],
        text=_text(result) or (_text(final[-1]) if final else ""),
        facts=tuple(facts),
        artifacts=tuple(artifacts),
        error=row["error"] or (_error(problem) if problem else None),
        cost=row["cost"] if row["task_id"] is not None else Decimal(0),
        duration_ms=round(float(row["seconds"]) * 1000),
    )


def _status(
    status: str | None, outcome: str | None, problem: bool, *, cut: bool
) -> Literal["succeeded", "failed", "paused", "not_understood", "partial", "noted", "cut"]:
    if status == "PAUSED":
        return "paused"
    if status in ("FAILED", "CANCELLED") or (status is None and problem):
        return "failed"
    if cut:
        return "cut"
    return outcome if outcome in ("not_understood", "partial", "noted") else "succeeded"


def _error(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": "refused", "sentence": problem["sentence"], "remedy": problem.get("remedy") or None}


def _text(body: Mapping[str, Any]) -> str:
    if body.get("type") == "approval":
        return "\n".join(
            [f"Approval needed: {body['title']}", *(f"{name}: {value}" for name, value in body["details"])]
        )
    for name in ("text", "sentence", "title"):
        if body.get(name):
            return str(body[name])
    return ""
