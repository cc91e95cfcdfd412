"""What is for one person alone goes to their private chat; where they have none, they are told how to open one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.conversations import chats, service
from domain.conversations.outbox import say
from domain.conversations.private import NO_PLACE, OPEN_ONE
from domain.conversations.said import Note, read
from domain.core.logging import logger
from domain.core.queue import Command, Held, Queue, enqueue
from domain.identity import profiles
from domain.identity.notifications import Kind, told_at

log = logger(__name__)

SAID = Note(text="I have answered you in our private chat.")
NO_CHAT = Note(text=f"{NO_PLACE} {OPEN_ONE}")


async def tell_privately(held: Held, data: dict[str, Any]) -> None:
    """Say what a job of ``say_privately`` holds."""
    user_id, org_id = UUID(data["user_id"]), UUID(data["org_id"])
    asked_in = UUID(data["place"]) if data["place"] else None
    if data.get("about"):
        wait = await _wait(held, user_id, data["about"], waited=data.get("waited", False))
        if wait is None:
            await held.complete()
            return
        if wait:
            await _put_off(held, data, wait)
            return
    besides = [data["besides"]] if data.get("besides") else []
    async with held.transaction(done=True) as session, session.system("a private chat may be of another organization"):
        thread_id = await chats.private_thread(session, user_id, org_id, near=asked_in, besides=besides)
        if thread_id is None:
            log.info("somebody has no private chat to be told in", person=str(user_id))
        else:
            thread, _, _ = await service.setting(session, thread_id, user_id)
            await say(session, thread, read(data["said"]), key=data["key"])
        if asked_in is not None:
            place, _, _ = await service.setting(session, asked_in, user_id)
            reply_to = UUID(data["reply_to"]) if data["reply_to"] else None
            told = NO_CHAT if thread_id is None else SAID
            await say(session, place, told, key=f"{data['key']}:place", reply_to=reply_to)


async def _wait(held: Held, user_id: UUID, about: Kind, *, waited: bool) -> timedelta | None:
    """How long it is until somebody wants to be told of that; None: never."""
    async with held.database.system("a person's profile is of no organization", single=True) as session:
        person = await profiles.telling(session, user_id)
    if person is None:
        return timedelta()
    at = told_at(about, person.notifications, person.now, person.zone, waited=waited)
    return max(timedelta(), at - person.now) if at is not None else None


async def _put_off(held: Held, data: dict[str, Any], wait: timedelta) -> None:
    """Say it later, by a job that knows that it has waited."""
    job, key = held.job, f"private:{data['key']}"
    later = Command(
        Queue(job.queue),
        job.kind,
        data | {"waited": True},
        org_id=job.org_id,
        lane=job.lane,
        dedupe_key=key,
        priority=job.priority,
        delay=wait,
    )
    async with held.transaction(done=True) as session:
        await enqueue(session, later)
