"""A chat's own settings, and what goes along with a chat that goes on under another id."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, select, text, update

from domain.conversations.models import chats, threads
from domain.core.db import Session


@dataclass(frozen=True, slots=True)
class Place:
    """A row of ``chats``."""

    id: UUID
    org_id: UUID


async def find(session: Session, chat_id: UUID) -> RowMapping | None:
    """A chat: private, settings."""
    return await session.first(select(chats.c.private, chats.c.settings).where(chats.c.id == chat_id))


async def keep_setting(session: Session, chat_id: UUID, setting: str, value: str) -> None:
    """Keep one setting of a chat."""
    await session.execute(
        text("""UPDATE chats SET settings = settings || jsonb_build_object(CAST(:setting AS text), CAST(:value AS text))
        WHERE id = :id"""),
        {"id": chat_id, "setting": setting, "value": value},
    )


_PLACES = """
SELECT chat, id, org_id FROM chats
WHERE platform = :platform AND workspace = :workspace AND chat = ANY(:chats) ORDER BY id"""
_FIND, _LOCK = text(_PLACES), text(f"{_PLACES} FOR UPDATE")


async def known(session: Session, *, platform: str, workspace: str, chats: tuple[str, ...]) -> Mapping[str, Place]:
    """The chats with these ids of the platform, by them."""
    return await _places(session, _FIND, platform, workspace, chats)


async def lock(session: Session, *, platform: str, workspace: str, chats: tuple[str, ...]) -> Mapping[str, Place]:
    """The same; nobody else moves one of them meanwhile, or says anything there."""
    return await _places(session, _LOCK, platform, workspace, chats)


async def _places(
    session: Session, statement: TextClause, platform: str, workspace: str, chats: tuple[str, ...]
) -> Mapping[str, Place]:
    rows = await session.all(statement, {"platform": platform, "workspace": workspace, "chats": list(chats)})
    return {row["chat"]: Place(row["id"], row["org_id"]) for row in rows}


async def forget_ids(session: Session, chat_id: UUID) -> None:
    """The platform counts the messages of the new chat anew: an old number would name another message there."""
    await session.execute(
        text("""UPDATE outbound_messages SET platform_message_id = NULL
        WHERE chat_id = :chat_id AND platform_message_id IS NOT NULL"""),
        {"chat_id": chat_id},
    )
    await session.execute(
        text("""UPDATE messages m SET platform_message_id = NULL FROM threads t
        WHERE t.id = m.thread_id AND t.chat_id = :chat_id AND m.platform_message_id IS NOT NULL"""),
        {"chat_id": chat_id},
    )


async def rename(session: Session, chat_id: UUID, chat: str) -> None:
    await session.execute(update(chats).where(chats.c.id == chat_id).values(chat=chat))


# A topic that both have keeps the thread of the new chat; the old one's can be gone back to.
_THREADS = text("""
UPDATE threads SET chat_id = :new, platform_thread = CASE WHEN NOT EXISTS (
    SELECT 1 FROM threads k WHERE k.chat_id = :new AND k.platform_thread = threads.platform_thread
) THEN platform_thread END
WHERE chat_id = :old
""")
_OUTBOUND = text("UPDATE outbound_messages SET chat_id = :new WHERE chat_id = :old")
# The conversation goes on where it began: ids of threads are in the order of time.
_CHAT = text("""
UPDATE chats n SET org_id = o.org_id, settings = n.settings || o.settings,
       current_thread_id = least(n.current_thread_id, o.current_thread_id)
FROM chats o WHERE n.id = :new AND o.id = :old
""")
_EMPTY = text("UPDATE chats SET settings = '{}', current_thread_id = NULL WHERE id = :old")


async def merge(session: Session, old: Place, new: Place) -> None:
    """Bring everything of the old chat to the new one, where somebody wrote already.

    The old row stays, empty: what a process still says there is refused by the platform, and brought along then.
    """
    given = {"old": old.id, "new": new.id}
    for statement in (_THREADS, _OUTBOUND, _CHAT):
        await session.execute(statement, given)
    await session.execute(_EMPTY, {"old": old.id})


async def give_threads(session: Session, before: UUID, now: UUID) -> None:
    """The threads of one organization become another's."""
    await session.execute(update(threads).where(threads.c.org_id == before).values(org_id=now))
