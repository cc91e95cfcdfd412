"""The work on one person's own data: an export, an erasure, and what sees to it that both come to an end."""

from uuid import UUID

from sqlalchemy import RowMapping

from domain.audit import SYSTEM, record
from domain.audit.repository import erase as erase_details
from domain.conversations.private import Recipient, say_privately
from domain.conversations.said import Note
from domain.core.db import Session
from domain.core.errors import Refused
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Held
from domain.core.text import literal
from domain.flow.common.legwork import Legwork
from domain.identity.repository import ids_of
from domain.personal import journal, repository, service
from domain.personal.erasure import Eraser
from domain.personal.export import Collector
from domain.personal.exported import GOOD, files_of, key_of
from domain.personal.fenced import fenced
from domain.personal.organizations import scope_of_organizations
from domain.personal.scope import Scope, read, scope_of

log = logger(__name__)

MANY = 100
"""Exports or erasures that one run of the upkeep looks after."""


async def export(legwork: Legwork, held: Held, export_id: UUID) -> None:
    """Collect an export, or what is missing of it, and hand it over."""
    async with fenced(held) as session:
        row = await repository.export(session, export_id)
        if row is None or row["status"] != "collecting":
            return
        scope = await scope_of(session, await _accounts(session, row["user_id"]))
    collector = Collector(held, legwork.storage, export_id, scope)
    size = await collector.collect(row["state"])
    if size is None:
        return
    person = Recipient(row["user_id"], row["org_id"])
    state = {"files": files_of(key_of(export_id))}
    async with fenced(held) as session:
        is_wanted = await repository.set_ready(session, export_id, state=state, size=size, good=GOOD)
        if is_wanted:
            said = await service.handed_over(session, legwork.settings, person, export_id, size)
            await say_privately(session, person, said, key=f"{service.EXPORT}:{export_id}")
            service.note_export(session, person, "data.export", export_id)
            reach("export.handing")
    reach("export.handed")
    if not is_wanted:
        await collector.drop(key_of(export_id))


async def erase(legwork: Legwork, held: Held, erasure_id: UUID) -> None:
    """Carry out an erasure that is due, or what is left of it. Raises Snooze while something still runs."""
    scope = await _begun(held, erasure_id)
    if scope is None:
        return
    async with fenced(held) as session:
        row = await repository.erasure(session, erasure_id)
    assert row is not None  # it has begun
    await journal.note(legwork.storage, journal.Noted(erasure_id, row["user_id"], row["org_id"], scope))
    reach("erase.begun")
    eraser = Eraser(held, legwork.storage, erasure_id, scope)
    await eraser.stop()
    await eraser.erase()
    async with fenced(held) as session:
        await erase_details(session, scope.people)
        await repository.end_erasure(session, erasure_id, scope.people)
        record(session, "data.erased", org_id=row["org_id"], actor=SYSTEM, resource=("erasure", erasure_id))
    log.info("data was erased", erasure=str(erasure_id))


async def _accounts(session: Session, user_id: UUID) -> frozenset[UUID]:
    """All that whoever asked is known as by now; and what they were known as then."""
    return await ids_of(session, await repository.known_as(session, user_id)) | {user_id}


async def _begun(held: Held, erasure_id: UUID) -> Scope | None:
    """What an erasure is about, which nothing undoes from here on; None: it is not the time, or never will be."""
    async with fenced(held) as session:
        row = await repository.erasure(session, erasure_id)
        if row is None or row["cancelled_at"] or row["done_at"]:
            return None
        before = read(row["scope"])
        if before.orgs and not before.people:
            scope = before.joined(await scope_of_organizations(session, before.orgs))
            await repository.begin_erasure(session, erasure_id, scope.as_json())
            return scope
        people = before.people or tuple(await _accounts(session, row["user_id"]))
        try:
            if row["began_at"] is None:
                await service.leave(session, people)
        except Refused as refusal:
            await _hold_back(session, row, refusal)
            return None
        # what a restored database has again besides, and what is gone already
        scope = before.joined(await scope_of(session, people))
        if scope.orgs:  # which go whole, and of a chat that others have had there only what was said for these
            scope = scope.joined(await scope_of_organizations(session, scope.orgs))
        await repository.begin_erasure(session, erasure_id, scope.as_json())
        return scope


async def _hold_back(session: Session, row: RowMapping, refusal: Refused) -> None:
    """It is due, and its person has to do something first: they are told once."""
    await repository.hold_back(session, row["id"], str(refusal))
    if row["waits_for"] is None:
        person = Recipient(row["user_id"], row["org_id"])
        await say_privately(session, person, Note(text=literal(str(refusal))), key=f"{service.ERASE}:{row['id']}")


async def see_to(legwork: Legwork, held: Held) -> None:
    """What is due is begun, what was cut off goes on, and archives whose time is over go."""
    async with fenced(held) as session:
        for erasure_id in await repository.due_erasures(session, MANY):
            await service.queue_erasure(session, erasure_id)
        for export_id in await repository.exports_lying(session, MANY):
            await service.queue_export(session, export_id)
        over = await repository.exports_over(session, MANY)
    for row in over:
        for file in row["state"].get("files", ()):
            await legwork.storage.remove(file["key"])
        async with fenced(held) as session:
            await repository.expire_export(session, row["id"], failed=row["status"] == "collecting")
