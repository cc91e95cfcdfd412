"""The erasure of an organization: an erasure about nobody, of which it is known from the beginning what it is about."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import text

from domain.core.db import Session
from domain.core.ids import new_id
from domain.personal.repository import OF_A_PERSON
from domain.personal.scope import Scope

_ADD_OF_ORG = text(f"""
INSERT INTO erasures (id, user_id, org_id, scope, due_at)
SELECT :id, :user_id, :org_id, CAST(:scope AS jsonb), now() + CAST(:after AS interval)
WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE NOT ({OF_A_PERSON}) AND org_id = :org_id AND cancelled_at IS NULL)
RETURNING due_at
""")  # noqa: S608 - of a constant


async def add_erasure_of(session: Session, org_id: UUID, user_id: UUID, after: timedelta) -> datetime | None:
    """Enter that of an organization. Returns when it is due; None: there is one."""
    scope = orjson.dumps({"people": [], "chats": [], "orgs": [org_id]}, default=str).decode()
    given = {"id": new_id(), "user_id": user_id, "org_id": org_id, "scope": scope, "after": after}
    return await session.scalar(_ADD_OF_ORG, given)


_OPEN_OF_ORG = text(f"""
SELECT due_at FROM erasures WHERE NOT ({OF_A_PERSON}) AND org_id = :org_id AND cancelled_at IS NULL LIMIT 1
""")  # noqa: S608 - of a constant


async def erasure_of(session: Session, org_id: UUID) -> datetime | None:
    """When that of an organization is due; None: there is none."""
    return await session.scalar(_OPEN_OF_ORG, {"org_id": org_id})


_CANCEL_OF_ORG = text(f"""
UPDATE erasures SET cancelled_at = now()
WHERE NOT ({OF_A_PERSON}) AND org_id = :org_id AND cancelled_at IS NULL AND began_at IS NULL RETURNING id
""")  # noqa: S608 - of a constant


async def cancel_erasure_of(session: Session, org_id: UUID) -> bool:
    """Undo that of an organization. False: there is none that has not begun."""
    return await session.scalar(_CANCEL_OF_ORG, {"org_id": org_id}) is not None


# A private chat may have worked for several organizations: what was said there for these is set apart in a chat of
# its own, which goes, and the other one stays with the others.
_MIXED = """
SELECT c.id FROM chats c
WHERE EXISTS (SELECT 1 FROM threads t WHERE t.chat_id = c.id AND t.org_id = ANY(:orgs))
  AND EXISTS (SELECT 1 FROM threads t WHERE t.chat_id = c.id AND NOT t.org_id = ANY(:orgs))"""
_SETS_APART = (
    text(f"""
    INSERT INTO chats (id, platform, workspace, chat, org_id, private, held)
    SELECT gen_random_uuid(), c.platform, c.workspace, 'set-apart:' || c.id, (
        SELECT t.org_id FROM threads t WHERE t.chat_id = c.id AND t.org_id = ANY(:orgs) LIMIT 1), c.private, c.held
    FROM chats c WHERE c.id IN ({_MIXED}) ON CONFLICT DO NOTHING"""),  # noqa: S608 - of the constant above
    text("""
    UPDATE chats c SET current_thread_id = NULL, org_id = (
        SELECT t.org_id FROM threads t WHERE t.chat_id = c.id AND NOT t.org_id = ANY(:orgs) ORDER BY t.id DESC LIMIT 1)
    FROM chats s WHERE s.chat = 'set-apart:' || c.id AND s.org_id = ANY(:orgs) AND c.org_id = ANY(:orgs)"""),
    text("""
    UPDATE threads t SET chat_id = s.id, platform_thread = NULL FROM chats s
    WHERE s.chat = 'set-apart:' || t.chat_id AND t.org_id = ANY(:orgs)"""),
    text("""
    UPDATE outbound_messages o SET chat_id = t.chat_id FROM threads t JOIN chats s ON s.id = t.chat_id
    WHERE t.id = o.thread_id AND o.chat_id <> t.chat_id AND t.org_id = ANY(:orgs) AND s.chat LIKE 'set-apart:%'"""),
)
_CHATS_OF = text("SELECT id FROM chats WHERE org_id = ANY(:orgs)")


async def scope_of_organizations(session: Session, orgs: Iterable[UUID]) -> Scope:
    """All that belongs to organizations as a whole; what is said in them belongs to no one person."""
    given = {"orgs": list(orgs)}
    for statement in _SETS_APART:
        await session.execute(statement, given)
    chats = [row["id"] for row in await session.all(_CHATS_OF, given)]
    return Scope((), tuple(chats), tuple(given["orgs"]))
