"""What people ask of their own data: an export, an erasure, and to let it be.

One person is in several organizations: what is asked here is done in a transaction that sees all of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domain.audit import Actor, record
from domain.conversations.private import Whom, say_to_every_account
from domain.conversations.said import TOKEN, Button, FilePost, FileRef, Note, Said
from domain.core.clock import zone_of
from domain.core.db import Database, Session
from domain.core.errors import Refused
from domain.core.queue import Command, Queue, enqueue
from domain.core.settings import Settings
from domain.core.storage import Storage
from domain.core.text import literal
from domain.identity import magic_links
from domain.identity.repository import ids_of
from domain.orgs import repository as orgs
from domain.personal import journal, repository
from domain.personal.exported import GOOD, key_of
from domain.personal.scope import leave_to_others, left_without_owner

WAITS = timedelta(days=7)
"""How long an erasure can be undone before it begins."""
ONCE_IN = timedelta(hours=1)
"""How often somebody may ask for an export."""

EXPORT, ERASE = "export", "erase"
"""Kinds of jobs."""
DOWNLOAD = "data"
"""The purpose of a link to an export."""
DOWNLOADS = 20
"""How often such a link is good: downloads break off."""

_COLLECTING = (
    "I am collecting what I have kept of you, and tell you here when it is there. What others wrote is not part of it."
)


# -- exports ------------------------------------------------------------------------------------------


async def export(session: Session, person: Whom) -> Said:
    """Have what is this person's collected. Raises Refused: that was done less than an hour ago."""
    people = await ids_of(session, person.user_id)
    last = await repository.last_export(session, list(people), ONCE_IN)
    if last is not None and last["status"] == "collecting":
        return Note(text=f"It is being collected: {_so_far(last['state'])} You are told here when it is there.")
    if last is not None and last["wait"] > timedelta(0):
        minutes = max(1, round(last["wait"].total_seconds() / 60))
        raise Refused("You have asked for that within this hour.", remedy=f"In {minutes} minutes you can ask again.")
    await queue_export(session, await repository.add_export(session, person.user_id, person.org_id))
    return Note(text=_COLLECTING)


async def queue_export(session: Session, export_id: UUID) -> None:
    """Have an export collected, or what is missing of it."""
    key = f"{EXPORT}:{export_id}"
    command = Command(Queue.UPKEEP, EXPORT, {"export_id": str(export_id)}, lane=key, dedupe_key=key)
    await enqueue(session, command)


async def handed_over(session: Session, settings: Settings, person: Whom, export_id: UUID, size: int) -> Said:
    """What is said when an archive is there: a link that is good for a day, or the file itself where no address of the
    web process is known. ``size`` is in bytes.
    """
    megabytes = f"{size / 1024 / 1024:,.1f} MB"
    if (address := magic_links.address(settings, TOKEN)) is not None:
        about = {"export_id": str(export_id)}
        link_id = await magic_links.want(
            session, DOWNLOAD, user_id=person.user_id, details=about, lasts=GOOD, uses=DOWNLOADS
        )
        return Note(text=f"Here is what I have kept of you ({megabytes}), for 24 hours: {address}", mints=link_id)
    if size <= settings.max_file_bytes or await repository.has_terminal(session, person.user_id):
        file = FileRef(key=key_of(export_id), name="my-data.zip", mime_type="application/zip", size=size)
        return FilePost(file=file, caption="Here is what I have kept of you.")
    return Note(
        text=f"What I have kept of you is collected ({megabytes}), and too large to be sent as a file. Whoever runs "
        "this Legwork can set LEGWORK_PUBLIC_URL, so that I can give you a link: then ask again."
    )


def _so_far(state: dict[str, dict[str, int]]) -> str:
    return f"{state['archive']['at'] / 1024 / 1024:,.1f} MB so far." if "archive" in state else "it has just begun."


# -- erasures -----------------------------------------------------------------------------------------


async def delete(session: Session, person: Whom, account_id: UUID | None) -> Said:
    """Enter an erasure that begins in seven days, and tell every account of theirs but the one that asks. Raises
    Refused where others would be left without an owner.
    """
    people = list(await ids_of(session, person.user_id))
    row = await repository.open_erasure(session, people)
    if row is not None:
        return await _told(session, person, row["due_at"], row["waits_for"], before="You have asked for that already. ")
    await refuse_last_owner(session, people)
    row = await repository.add_erasure(session, person.user_id, person.org_id, WAITS, people)
    said = await _told(session, person, row["due_at"])
    await say_to_every_account(session, person.user_id, said, key=f"{ERASE}:{row['id']}", besides=account_id)
    return said


async def keep(session: Session, person: Whom) -> Said:
    """Undo what has not begun."""
    undone = await repository.cancel_erasure(session, list(await ids_of(session, person.user_id)))
    return Note(text="Your data stays." if undone else "Nothing of yours was going to be deleted.")


async def let_be(session: Session, *accounts: UUID) -> str:
    """Undo what was going to be deleted of people who are joined or taken apart: whoever asked meant who they were
    then. Returns what is to be said of it, or nothing. Raises Refused: it has begun.
    """
    people = list(frozenset[UUID]().union(*[await ids_of(session, one) for one in accounts]))
    undone = await repository.cancel_erasure(session, people)
    if await repository.open_erasure(session, people) is not None:
        raise Refused("The data of one of these accounts is being deleted.", code="erasing")
    return " Nothing is deleted that was going to be: `/delete my data` asks for it again." if undone else ""


async def refuse_last_owner(session: Session, people: Iterable[UUID]) -> None:
    """Raises Refused where somebody is the last to own what others belong to."""
    if owned := await left_without_owner(session, people):
        raise Refused(
            f"You are the last owner of {', '.join(owned)}, and others belong to it.",
            remedy="Hand it over first (“/org role @NAME owner”), then ask again.",
            code="last_owner",
        )


async def leave(session: Session, people: Sequence[UUID]) -> None:
    """Whose data goes belongs from here on nowhere where others do: of two owners whose data goes at once one stays.
    Raises Refused as above.
    """
    await orgs.hold_all(session, people)
    await refuse_last_owner(session, people)
    for left in await leave_to_others(session, people):
        actor = Actor("person", left["user_id"])
        record(session, "member.remove", org_id=left["org_id"], actor=actor, resource=("user", left["user_id"]))


async def queue_erasure(session: Session, erasure_id: UUID) -> None:
    """Have an erasure carried out that is due, or what is left of it."""
    key = f"{ERASE}:{erasure_id}"
    command = Command(Queue.UPKEEP, ERASE, {"erasure_id": str(erasure_id)}, lane=key, dedupe_key=key)
    await enqueue(session, command)


async def _told(session: Session, person: Whom, due: datetime, waits_for: str | None = None, before: str = "") -> Said:
    zone = zone_of(await repository.timezone_of(session, person.user_id))
    moment = f"{due.astimezone(zone):%-d %B %Y, %H:%M} ({zone})"
    text = (
        f"On {moment} I delete what I have kept of you, in all accounts you have linked. Until then `/delete cancel` "
        "undoes it, and `/export my data` gives you a copy."
    )
    if waits_for is not None:
        text = literal(waits_for)
    buttons = (Button(label="Keep my data", action="command", value="delete cancel"),)
    return Note(text=f"{before}{text}", buttons=buttons)


def note_export(session: Session, person: Whom, action: str, export_id: UUID) -> None:
    """Write down that somebody's data was handed over."""
    record(session, action, org_id=person.org_id, actor=Actor("person", person.user_id), resource=("export", export_id))


async def reapply(database: Database, storage: Storage) -> int:
    """Have everything erased again that the journal beside the database tells of: a restored database has it back.

    Returns how many erasures there are. Raises Unavailable.
    """
    count = 0
    async for noted in journal.noted(storage):
        async with database.system("the journal of erasures is everybody's") as session:
            await repository.erase_again(
                session, noted.id, user_id=noted.user_id, org_id=noted.org_id, scope=noted.scope.as_json()
            )
            await queue_erasure(session, noted.id)
        count += 1
    return count
