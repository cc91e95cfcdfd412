"""The statements of announcements. For transactions that see every organization."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.ids import new_id
from domain.identity import addresses

NOT_IN, NO_NEWS = "not let in, suspended or removed", "want no news"
UNINSTALLED, NO_CHAT = "their workspace has uninstalled Legwork", "no private chat"
"""Why people are left out."""

_MAY = """om.status = 'active' AND o.admission = 'admitted' AND (CAST(:org AS uuid) IS NULL OR om.org_id = :org)"""
_DEAD = """(c.platform = 'slack' AND c.workspace IN (
    SELECT s.team FROM slack_installations s GROUP BY s.team HAVING NOT bool_or(s.status = 'active')))"""

# A private chat is that of whoever has a thread in it. Who wants no news is not said to have no chat.
_AUDIENCE = text(f"""
WITH people AS MATERIALIZED (
    SELECT u.id, coalesce(u.merged_into, u.id) AS person FROM users u WHERE u.deleted_at IS NULL
), members AS MATERIALIZED (
    SELECT p.person, bool_or({_MAY}) AS may, bool_or(om.org_id = :org) AS of_it
    FROM people p JOIN organization_members om ON om.user_id = p.id JOIN organizations o ON o.id = om.org_id
    GROUP BY p.person
), places AS MATERIALIZED (
    SELECT DISTINCT ON (i.user_id) i.user_id AS person, c.platform, {_DEAD} AS dead
    FROM chats c CROSS JOIN LATERAL (
        SELECT t.identity_id FROM threads t WHERE t.chat_id = c.id AND t.identity_id IS NOT NULL LIMIT 1) own
    JOIN chat_identities i ON i.id = own.identity_id
    WHERE c.private ORDER BY i.user_id, {_DEAD}, c.held
)
SELECT p.person AS user_id, coalesce(places.platform, '') AS platform, CASE
    WHEN NOT coalesce(members.may, false) THEN '{NOT_IN}'
    WHEN profile.notifications ->> 'news' = 'off' THEN '{NO_NEWS}'
    WHEN places.dead THEN '{UNINSTALLED}'
    WHEN places.platform IS NULL THEN '{NO_CHAT}' END AS why
FROM people p
LEFT JOIN members ON members.person = p.person
LEFT JOIN places ON places.person = p.person
LEFT JOIN user_profiles profile ON profile.user_id = p.person
WHERE p.id = p.person AND (CAST(:org AS uuid) IS NULL OR members.of_it)
  AND EXISTS (SELECT 1 FROM chat_identities i WHERE i.user_id = p.id AND i.platform <> '{addresses.PLATFORM}')
ORDER BY p.id
""")  # noqa: S608 - constants


async def audience(session: Session, org_id: UUID | None) -> Sequence[RowMapping]:
    """Everybody, or that organization's: user_id, platform, and why they are left out (None: they are not)."""
    return await session.all(_AUDIENCE, {"org": org_id})


_IS_IN = text(f"""
SELECT EXISTS (
    SELECT 1 FROM users u JOIN organization_members om ON om.user_id = u.id JOIN organizations o ON o.id = om.org_id
    WHERE (u.id = :person OR u.merged_into = :person) AND u.deleted_at IS NULL AND {_MAY})
""")  # noqa: S608


async def is_in(session: Session, org_id: UUID | None, person: UUID) -> bool:
    """Whether one person is let in, there or anywhere, by any of their accounts."""
    return bool(await session.scalar(_IS_IN, {"org": org_id, "person": person}))


_IS_DEAD = text(f"""
SELECT {_DEAD} FROM (SELECT CAST(:platform AS text), CAST(:workspace AS text)) c (platform, workspace)
""")  # noqa: S608


async def is_dead(session: Session, platform: str, workspace: str) -> bool:
    """Whether nothing can be said there any more."""
    return bool(await session.scalar(_IS_DEAD, {"platform": platform, "workspace": workspace}))


async def add(session: Session, words: str, org_id: UUID | None, by: UUID, people: Sequence[RowMapping]) -> UUID:
    """Keep it with whom it is for."""
    announcement_id = new_id()
    await session.execute(
        text("INSERT INTO announcements (id, words, only_org, said_by) VALUES (:id, :words, :org, :by)"),
        {"id": announcement_id, "words": words, "org": org_id, "by": by},
    )
    await session.execute(
        text("""INSERT INTO announcement_recipients (id, announcement_id, user_id, status, why)
        SELECT r.id, :announcement, r.user_id, CASE WHEN r.why = '' THEN 'waits' ELSE 'left out' END, nullif(r.why, '')
        FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:why AS text[])) AS r (id, user_id, why)"""),
        {
            "announcement": announcement_id,
            "ids": [new_id() for _ in people],
            "people": [row["user_id"] for row in people],
            "why": [row["why"] or "" for row in people],
        },
    )
    return announcement_id


_COLUMNS = "a.id, a.words, a.only_org, a.status, a.said_by, a.created_at, a.ended_at"


async def locked(session: Session, announcement_id: UUID) -> RowMapping | None:
    """One of them, held until the transaction ends."""
    return await session.first(
        text(f"SELECT {_COLUMNS} FROM announcements a WHERE id = :id FOR UPDATE"),  # noqa: S608
        {"id": announcement_id},
    )


async def newest(session: Session, limit: int) -> Sequence[RowMapping]:
    """The last ones, with the name of who said them."""
    return await session.all(
        text(f"""SELECT {_COLUMNS}, u.name FROM announcements a LEFT JOIN users u ON u.id = a.said_by
        ORDER BY a.id DESC LIMIT :limit"""),  # noqa: S608
        {"limit": limit},
    )


async def end(session: Session, announcement_id: UUID, status: str) -> bool:
    """It is over. False: it was."""
    return bool(
        await session.scalar(
            text("""UPDATE announcements SET status = :status, ended_at = now()
            WHERE id = :id AND status = 'sending' RETURNING true"""),
            {"id": announcement_id, "status": status},
        )
    )


async def next_ones(session: Session, announcement_id: UUID, limit: int) -> Sequence[RowMapping]:
    """Who is to be told now: id, user_id, and who they are by now (person), and until when
    it was put off (not_before)."""
    return await session.all(
        text("""SELECT r.id, r.user_id, coalesce(u.merged_into, u.id) AS person, r.not_before
        FROM announcement_recipients r JOIN users u ON u.id = r.user_id
        WHERE r.announcement_id = :id AND r.status = 'waits' AND (r.not_before IS NULL OR r.not_before <= now())
        ORDER BY r.id LIMIT :limit"""),
        {"id": announcement_id, "limit": limit},
    )


async def told_as_another(session: Session, announcement_id: UUID, recipient: RowMapping) -> bool:
    """Whether that person was told by another account, or will be, since these are one person's now."""
    return bool(
        await session.scalar(
            text("""SELECT true FROM announcement_recipients r
            WHERE r.announcement_id = :id AND r.id <> :own
              AND r.user_id IN (SELECT id FROM users WHERE id = :person OR merged_into = :person)
              AND (r.status = 'said' OR (r.status = 'waits' AND r.user_id = :person)) LIMIT 1"""),
            {"id": announcement_id, "own": recipient["id"], "person": recipient["person"]},
        )
    )


async def mark(
    session: Session, recipient_id: UUID, status: str, *, why: str | None = None, not_before: datetime | None = None
) -> None:
    """What became of one of them."""
    await session.execute(
        text("""UPDATE announcement_recipients SET status = :status, why = :why, not_before = :not_before,
               said_at = CASE WHEN :status = 'said' THEN now() END WHERE id = :id"""),
        {"id": recipient_id, "status": status, "why": why, "not_before": not_before},
    )


# What became of each is looked at for those alone who were told lately: this is asked every second.
_STANDS = text("""
SELECT count(*) FILTER (WHERE r.status = 'waits') AS waits,
       count(*) FILTER (WHERE r.status = 'waits' AND r.not_before > now()) AS later,
       min(r.not_before) FILTER (WHERE r.status = 'waits') AS next_at,
       count(*) FILTER (WHERE r.status = 'left out') AS left_out,
       count(*) FILTER (WHERE r.status = 'said') AS said, (
           SELECT count(*) FROM announcement_recipients l
           JOIN outbound_messages o ON o.dedupe_key = 'announcement:' || l.announcement_id || ':' || l.user_id
           JOIN chats c ON c.id = o.chat_id
           WHERE l.announcement_id = :id AND l.status = 'said' AND l.said_at > now() - interval '1 minute'
             AND o.status IN ('queued', 'sending') AND NOT c.held) AS under_way, now() AS now
FROM announcement_recipients r WHERE r.announcement_id = :id
""")


async def stands(session: Session, announcement_id: UUID) -> RowMapping:
    """How many wait (later: for their time), were left out, were told (under way: since less than a minute, and not
    sent); when the next one is due, and the database's clock."""
    row = await session.first(_STANDS, {"id": announcement_id})
    assert row is not None  # an aggregate
    return row


_BECAME = text("""
SELECT count(*) FILTER (WHERE r.status = 'waits') AS waits,
       count(*) FILTER (WHERE r.status = 'said' AND o.status = 'sent') AS sent,
       count(*) FILTER (WHERE r.status = 'said' AND o.status IN ('failed', 'unknown')) AS failed,
       count(*) FILTER (WHERE r.status = 'said' AND o.status IN ('queued', 'sending')) AS under_way,
       count(*) FILTER (WHERE r.status = 'said' AND o.id IS NULL) AS gone
FROM announcement_recipients r
LEFT JOIN outbound_messages o ON o.dedupe_key = 'announcement:' || r.announcement_id || ':' || r.user_id
WHERE r.announcement_id = :id
""")


async def became(session: Session, announcement_id: UUID) -> RowMapping:
    """What came of telling each: how many wait, and to how many it was sent, failed, is under way, or cannot be seen
    any more, since what was said is kept no longer (gone)."""
    row = await session.first(_BECAME, {"id": announcement_id})
    assert row is not None  # an aggregate
    return row


async def reasons(session: Session, announcement_id: UUID) -> Sequence[RowMapping]:
    """Why people were left out, and how many."""
    return await session.all(
        text("""SELECT why, count(*) AS people FROM announcement_recipients
        WHERE announcement_id = :id AND status = 'left out' GROUP BY why ORDER BY people DESC, why"""),
        {"id": announcement_id},
    )


async def shown_in(session: Session, key: str) -> UUID | None:
    """The thread in which something was said under a key."""
    return await session.scalar(text("SELECT thread_id FROM outbound_messages WHERE dedupe_key = :key"), {"key": key})
