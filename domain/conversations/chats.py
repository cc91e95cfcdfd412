"""A chat's own settings, and what goes along with a chat that goes on under another id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, select, text, update

from domain.conversations.models import chats, messages, outbound_messages, threads
from domain.conversations.repository import add_thread
from domain.core.db import Session, metadata
from domain.core.queue import OPEN_JOBS


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


# Of each organization the latest threads of the person, by whichever of their accounts: where they have written lately,
# if they have a private chat. Whose it is, its account says as it is now: one that was taken apart is another's again.
_IN_PRIVATE = """
FROM users u JOIN organization_members om ON om.user_id = u.id
CROSS JOIN LATERAL (
    SELECT t.chat_id, t.identity_id, t.active_at FROM threads t WHERE t.org_id = om.org_id AND t.user_id = om.user_id
    ORDER BY t.active_at DESC LIMIT 200) latest
JOIN chats c ON c.id = latest.chat_id AND c.private
JOIN chat_identities i ON i.id = latest.identity_id AND i.user_id = :user_id
"""
_HAS_PRIVATE = text(f"""
SELECT EXISTS (SELECT 1 {_IN_PRIVATE} WHERE u.id = :user_id OR u.merged_into = :user_id)
""")
_PRIVATE = text(f"""
SELECT c.id, c.org_id, c.current_thread_id,
       i.platform_user_id AS person,
       (SELECT n.id FROM threads n WHERE n.chat_id = c.id AND n.platform_thread IS NULL AND n.deleted_at IS NULL
        ORDER BY n.active_at DESC LIMIT 1) AS thread_id
{_IN_PRIVATE}
LEFT JOIN (threads p JOIN chats near ON near.id = p.chat_id) ON p.id = :near
WHERE (u.id = :user_id OR u.merged_into = :user_id)
  AND c.platform || ':' || c.workspace <> ALL (CAST(:besides AS text[]))
ORDER BY (c.platform, c.workspace) IS NOT DISTINCT FROM (near.platform, near.workspace) DESC,
         c.org_id = :org_id DESC, c.held, latest.active_at DESC LIMIT 1
""")  # noqa: S608 - of the constant above


async def has_private(session: Session, user_id: UUID) -> bool:
    """Whether there is a private chat in which something can be said to a person. In a transaction that sees every
    organization."""
    return bool(await session.scalar(_HAS_PRIVATE, {"user_id": user_id}))


async def private_thread(
    session: Session, user_id: UUID, org_id: UUID, *, near: UUID | None, besides: Sequence[str] = ()
) -> UUID | None:
    """The thread of a person's private chat in which something can be said to them: of the platform on which the thread
    ``near`` is and of that organization, where there are several, and on none of the accounts ``besides``. None:
    they have not written in one yet."""
    given = {"user_id": user_id, "org_id": org_id, "near": near, "besides": list(besides)}
    row = await session.first(_PRIVATE, given)
    if row is None:
        return None
    found = row["current_thread_id"] or row["thread_id"]
    if found is None:
        found, _ = await add_thread(
            session,
            chat_id=row["id"],
            org_id=row["org_id"],
            user_id=user_id,
            person=row["person"],
            platform_thread=None,
        )
    return found


_LATEST = text("SELECT id FROM threads WHERE org_id = :org_id AND user_id = :user_id ORDER BY id DESC LIMIT 1")


async def latest_thread(session: Session, org_id: UUID, user_id: UUID) -> UUID | None:
    """The thread that a person began last in an organization."""
    return await session.scalar(_LATEST, {"org_id": org_id, "user_id": user_id})


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


_BELONGS = text("SELECT true FROM chats WHERE id = :chat_id AND org_id = :org_id FOR NO KEY UPDATE")


async def belongs(session: Session, chat_id: UUID, org_id: UUID) -> bool:
    """Whether the chat is that organization's; if so, nobody moves it until the transaction ends."""
    return bool(await session.scalar(_BELONGS, {"chat_id": chat_id, "org_id": org_id}))


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
UPDATE chats n SET org_id = o.org_id, bound = o.bound, settings = n.settings || o.settings,
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
    """The threads of one organization become another's, with all that was said in them."""
    for table in (messages, outbound_messages):
        await session.execute(
            update(table).where(table.c.thread_id == threads.c.id, threads.c.org_id == before).values(org_id=now)
        )
    await session.execute(update(threads).where(threads.c.org_id == before).values(org_id=now))


_STAYS = frozenset({"usages", "queue_jobs"})
"""What was used counts for the organization that it was used by; jobs are given by themselves."""

# Who holds what runs finds out, and begins anew.
_ITS_JOBS = text(f"""
UPDATE queue_jobs SET org_id = :org_id WHERE id IN ({OPEN_JOBS}) AND (
    task_id IN (SELECT k.id FROM tasks k JOIN threads t ON t.id = k.thread_id WHERE t.chat_id = :chat_id)
    OR data ->> 'chat_id' = CAST(CAST(:chat_id AS uuid) AS text)
    OR data ->> 'message_id' IN (
        SELECT CAST(m.id AS text) FROM messages m JOIN threads t ON t.id = m.thread_id
        WHERE t.chat_id = :chat_id AND m.handled_at IS NULL))
""")  # noqa: S608 - of a constant


_HEARD_THERE = text("""
SELECT DISTINCT m.user_id, om.standing FROM messages m JOIN threads t ON t.id = m.thread_id
JOIN organization_members om ON om.org_id = t.org_id AND om.user_id = m.user_id AND om.status = 'active'
WHERE t.chat_id = :chat_id AND m.role = 'user' AND m.handled_at IS NULL ORDER BY m.user_id
""")


async def heard_there(session: Session, chat_id: UUID) -> Sequence[RowMapping]:
    """The members of whose messages in a chat some are not understood yet: user_id, standing."""
    return await session.all(_HEARD_THERE, {"chat_id": chat_id})


async def bind(session: Session, chat_id: UUID, org_id: UUID) -> None:
    """Everything of a chat becomes another organization's: its threads, what was said and done there, and what is still
    to be said. In a transaction that sees both.
    """
    await session.execute(_ITS_JOBS, {"chat_id": chat_id, "org_id": org_id})  # first, as whoever works on one does
    # before its threads: one that begins now is among them, or is begun anew for the organization of then
    await session.execute(update(chats).where(chats.c.id == chat_id).values(org_id=org_id))
    threads_of = select(threads.c.id).where(threads.c.chat_id == chat_id)
    for table in metadata.sorted_tables:
        if "org_id" not in table.c or table.name in _STAYS:
            continue
        if "chat_id" in table.c:
            meant = table.c.chat_id == chat_id
        elif "thread_id" in table.c:
            meant = table.c.thread_id.in_(threads_of)
        elif "task_id" in table.c:
            tasks = metadata.tables["tasks"]
            meant = table.c.task_id.in_(select(tasks.c.id).where(tasks.c.thread_id.in_(threads_of)))
        elif "workflow_id" in table.c:
            workflows = metadata.tables["workflows"]
            meant = table.c.workflow_id.in_(select(workflows.c.id).where(workflows.c.chat_id == chat_id))
        else:
            continue
        await session.execute(update(table).where(meant).values(org_id=org_id))
    await session.execute(_BOUND, {"chat_id": chat_id})


_AT_WORK = text("""
SELECT k.title FROM tasks k JOIN threads t ON t.id = k.thread_id
WHERE t.chat_id = :chat_id AND k.status IN ('PENDING', 'RUNNING') ORDER BY k.id LIMIT 1
""")


async def at_work(session: Session, chat_id: UUID) -> str | None:
    """What is being worked on for a chat; None: nothing."""
    return await session.scalar(_AT_WORK, {"chat_id": chat_id})


_WORK_FOR = text("""
UPDATE chats SET org_id = :org_id, also_of = array_append(array_remove(also_of, :org_id), org_id),
       current_thread_id = NULL
WHERE id = :chat_id AND org_id <> :org_id
""")


async def work_for(session: Session, chat_id: UUID, org_id: UUID) -> None:
    """A private chat belongs to that organization from its next thread on; what was said before stays where it was, and
    goes on there."""
    await session.execute(_WORK_FOR, {"chat_id": chat_id, "org_id": org_id})
    await session.execute(_BOUND, {"chat_id": chat_id})


# How people stand on the platform says nothing of an organization that is not the one the platform means there.
_BOUND = text("""
UPDATE chats c SET bound = o.slug NOT IN (c.platform || ':' || c.workspace, c.platform || '-group:' || c.chat)
FROM organizations o WHERE c.id = :chat_id AND o.id = c.org_id
""")


async def begun_by(session: Session, thread_id: UUID) -> UUID | None:
    """Who began a thread."""
    return await session.scalar(text("SELECT user_id FROM threads WHERE id = :id"), {"id": thread_id})


_PRIVATE_THREADS = text("""
SELECT DISTINCT ON (i.id) i.id AS identity_id, i.user_id, t.id AS thread_id
FROM chat_identities i
JOIN organization_members om ON om.user_id IN (i.user_id, i.first_user_id)
JOIN threads t ON t.org_id = om.org_id AND t.user_id = om.user_id AND t.identity_id = i.id AND t.deleted_at IS NULL
JOIN chats c ON c.id = t.chat_id AND c.private
WHERE i.user_id = :user_id ORDER BY i.id, t.active_at DESC
""")


async def private_threads(session: Session, user_id: UUID) -> Sequence[RowMapping]:
    """Of each account of a person the latest thread of its private chat, where it has one: identity_id, user_id,
    thread_id. For a transaction that sees every organization."""
    return await session.all(_PRIVATE_THREADS, {"user_id": user_id})
