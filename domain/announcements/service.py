"""Telling everybody something, a few at a time: whoever is told is marked in the transaction that says it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping

from domain.announcements import repository
from domain.conversations import chats
from domain.conversations import service as conversations
from domain.conversations.outbox import say
from domain.conversations.said import Note
from domain.conversations.schemas import Thread
from domain.core.db import Session
from domain.core.queue import Command, Queue, enqueue
from domain.identity import profiles
from domain.identity.notifications import told_at

KIND = "announce"
"""The job that tells the next ones."""
AT_ONCE = 10
"""So many are under way at a time: whoever waits for an answer waits for no more than these."""
PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)

_FOOTER = "_From whoever runs this Legwork. `/profile notifications news off` has you told no more of these._"
_FENCE = re.compile(r"^ {0,3}```", re.MULTILINE)
_LINKED = "told by another account of theirs"


def worded(words: str) -> Note:
    """As everybody reads it. A block that is left open would swallow how to be told no more."""
    closed = f"{words}\n```" if len(_FENCE.findall(words)) % 2 else words
    return Note(text=f"{closed}\n\n{_FOOTER}")


def counted(people: Sequence[RowMapping]) -> tuple[Counter[str], Counter[str]]:
    """How many of an audience are told, by platform, and how many are left out, by why."""
    told = Counter(str(row["platform"]) for row in people if row["why"] is None)
    return told, Counter(str(row["why"]) for row in people if row["why"] is not None)


async def begin(session: Session, words: str, org_id: UUID | None, by: UUID) -> tuple[UUID, int]:
    """Have everybody told, and how many those are."""
    people = await repository.audience(session, org_id)
    announcement_id = await repository.add(session, words, org_id, by, people)
    key = f"announce:{announcement_id}"
    data = {"announcement_id": str(announcement_id)}
    await enqueue(session, Command(Queue.UPKEEP, KIND, data, lane=key, dedupe_key=key))
    return announcement_id, sum(row["why"] is None for row in people)


def progress_key(announcement_id: UUID) -> str:
    """Under which it is said how far it is."""
    return f"announcement:{announcement_id}:progress"


async def go_on(session: Session, announcement_id: UUID) -> timedelta | None:
    """Tell the next ones, in the caller's transaction. Returns how long to wait until it is worth going on; None: it is
    over."""
    found = await repository.locked(session, announcement_id)
    if found is None or found["status"] != "sending":
        return None
    before = await repository.stands(session, announcement_id)
    for one in await repository.next_ones(session, announcement_id, max(0, AT_ONCE - before["under_way"])):
        await _tell(session, found, one)
    stands = await repository.stands(session, announcement_id)
    if not stands["waits"] and not stands["under_way"]:
        await repository.end(session, announcement_id, "sent")
        await report(session, found, "It is through")
        return None
    if _tenth(before) != _tenth(stands):
        await _show(session, found, stands)
    if stands["waits"] > stands["later"] or stands["under_way"]:
        return PAUSE
    return max(PAUSE, min(LONGEST_PAUSE, stands["next_at"] - stands["now"]))


async def _tell(session: Session, announcement: RowMapping, one: RowMapping) -> None:
    """Say it to one of them, who may have changed their mind, their accounts or their place since it was begun."""
    person: UUID = one["person"]
    if await repository.told_as_another(session, announcement["id"], one):
        return await repository.mark(session, one["id"], "left out", why=_LINKED)
    telling = await profiles.telling(session, person)
    waited = one["not_before"] is not None
    at = told_at("news", telling.notifications, telling.now, telling.zone, waited=waited) if telling else None
    if not await repository.is_in(session, announcement["only_org"], person):
        return await repository.mark(session, one["id"], "left out", why=repository.NOT_IN)
    if telling is not None and at is None:
        return await repository.mark(session, one["id"], "left out", why=repository.NO_NEWS)
    if telling is not None and at is not None and at > telling.now:
        return await repository.mark(session, one["id"], "waits", not_before=at)
    place = await _place(session, person, announcement["only_org"])
    if isinstance(place, str):
        return await repository.mark(session, one["id"], "left out", why=place)
    key = f"announcement:{announcement['id']}:{one['user_id']}"
    await say(session, place, worded(announcement["words"]), key=key, unhurried=True)
    return await repository.mark(session, one["id"], "said")


async def _place(session: Session, person: UUID, org_id: UUID | None) -> Thread | str:
    """Their private chat, on a platform that can be spoken to; or why there is none."""
    besides: list[str] = []
    while True:
        # where it is for everybody, no organization's chat goes first
        thread_id = await chats.private_thread(session, person, org_id or person, near=None, besides=besides)
        if thread_id is None:
            break
        thread, _, address = await conversations.setting(session, thread_id, person)
        if not await repository.is_dead(session, address.platform, address.workspace):
            return thread
        besides.append(address.account)
    return repository.UNINSTALLED if besides else repository.NO_CHAT


def _tenth(stands: RowMapping) -> int:
    told = stands["said"] + stands["left_out"]
    return 10 * told // max(1, told + stands["waits"])


async def _show(session: Session, announcement: RowMapping, stands: RowMapping) -> None:
    """How far it is, where it was begun."""
    first = progress_key(announcement["id"])
    thread_id = await repository.shown_in(session, first)
    if thread_id is None or announcement["said_by"] is None:
        return
    thread, _, _ = await conversations.setting(session, thread_id, announcement["said_by"])
    later = f", {stands['later']:,} later" if stands["later"] else ""
    note = Note(text=f"Told so far: {stands['said']:,} of {stands['said'] + stands['waits']:,}{later}.")
    await say(session, thread, note, key=f"{first}:{stands['said']}:{stands['left_out']}", edits=first)


async def report(session: Session, announcement: RowMapping, begins: str) -> None:
    """What became of it, to who began it."""
    by: UUID | None = announcement["said_by"]
    thread_id = await repository.shown_in(session, progress_key(announcement["id"])) if by is not None else None
    if by is None or thread_id is None:
        return
    thread, _, _ = await conversations.setting(session, thread_id, by)
    words = await outcome(session, announcement["id"])
    await say(session, thread, Note(text=f"{begins}. {words}"), key=f"announcement:{announcement['id']}:report")


async def outcome(session: Session, announcement_id: UUID) -> str:
    """In sentences, how many were told, and who was left out for what."""
    became = await repository.became(session, announcement_id)
    parts = [
        f"Sent: {became['sent']:,}.",
        f"Failed: {became['failed']:,}.",
        f"On the way: {became['under_way']:,}." if became["under_way"] else "",
        f"Told, and kept no longer: {became['gone']:,}." if became["gone"] else "",
        f"Not told yet: {became['waits']:,}." if became["waits"] else "",
    ]
    reasons = {row["why"]: row["people"] for row in await repository.reasons(session, announcement_id)}
    return " ".join([*filter(None, parts), left_out(reasons)])


def left_out(reasons: Mapping[str, int]) -> str:
    """Who is left out, and why, as a sentence."""
    if not reasons:
        return "Nobody is left out."
    return f"Left out: {'; '.join(f'{count:,} ({why})' for why, count in reasons.items())}."
