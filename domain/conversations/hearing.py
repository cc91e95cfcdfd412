"""The message of a person and place already known: everything its event causes, in one statement.

It is done for every message before the platform gets its acknowledgement, and so costs one round trip.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from domain.conversations.ports import Incoming
from domain.conversations.quoted import bounded
from domain.conversations.repository import LOCATE
from domain.conversations.schemas import Attachment
from domain.core.db import Session
from domain.core.ids import new_id
from domain.core.queue import TURN, Command
from domain.core.text import storable, storable_json

_LANE = "CASE WHEN place.overtakes THEN NULL ELSE 'thread:' || place.thread_id END"
_SHARE = "CASE WHEN place.overtakes THEN NULL ELSE CAST(place.user_id AS text) END"
_TURN = TURN.format(queue=":queue", share=_SHARE)

# Somebody of whom the platform says something else than before is looked at anew.
_IS_LET_IN = """(role IS NOT NULL OR CAST(:opens AS boolean))
           AND (bound OR CAST(:standing AS text) IS NULL OR standing = :standing)
           AND (CAST(:name AS text) IS NULL OR name = :name)
           AND (CAST(:timezone AS text) IS NULL OR timezone = :timezone)"""

# What overtakes has no lane and no turn: whoever presses, commands or answers steers work that is under way. A thread
# that the message begins is made here; where the chat's current one waits for a person, that is looked at first. Who
# moves the chat to another organization meanwhile waits for it, or is waited for: then it is not the chat's any more.
_HEAR = text(f"""
WITH found AS MATERIALIZED (
    {LOCATE}
), begun AS (
    INSERT INTO threads (id, org_id, user_id, chat_id, identity_id, platform_thread, storage_id)
    SELECT :begun_id, org_id, user_id, chat_id, identity_id, CAST(:thread AS text), CAST(:begun_id AS uuid)::text
    FROM found JOIN LATERAL (
        SELECT true FROM chats c WHERE c.id = found.chat_id AND c.org_id = found.org_id FOR SHARE) AS stays ON true
    WHERE CAST(:begins AS boolean) AND thread_id IS NULL AND user_id IS NOT NULL AND {_IS_LET_IN} AND NOT EXISTS (
        SELECT 1 FROM chats c JOIN tasks k ON k.thread_id = c.current_thread_id
        WHERE c.id = found.chat_id AND k.status = 'PAUSED')
    ON CONFLICT DO NOTHING RETURNING id
), place AS MATERIALIZED (
    SELECT user_id, identity_id, org_id, coalesce(thread_id, begun.id) AS thread_id,
           user_id IS NOT NULL AND coalesce(thread_id, begun.id) IS NOT NULL AND {_IS_LET_IN} AS known,
           CAST(:overtakes AS boolean) OR waiting AS overtakes
    FROM found LEFT JOIN begun ON true
), heard AS (
    INSERT INTO inbound_events (id, platform, workspace, event_key, chat, platform_message_id)
    SELECT :event_id, :platform, :workspace, :event_key, :chat, :platform_message_id FROM place WHERE known
    ON CONFLICT DO NOTHING RETURNING id
), message AS (
    INSERT INTO messages (id, org_id, thread_id, user_id, identity_id, role, content, attachments, quoted, press,
                          platform_message_id)
    SELECT :message_id, org_id, thread_id, user_id, identity_id, 'user', :content, CAST(:attachments AS jsonb),
           CAST(:quoted AS jsonb), CAST(:press AS jsonb), :platform_message_id
    FROM place, heard RETURNING id
), job AS (
    INSERT INTO queue_jobs (id, org_id, queue, kind, data, share, lane, priority, max_attempts, turn)
    SELECT :job_id, place.org_id, :queue, :kind, CAST(:data AS jsonb), {_SHARE}, {_LANE},
           CASE WHEN place.overtakes THEN CAST(:urgent AS smallint) ELSE CAST(:priority AS smallint) END,
           :max_attempts, {_TURN}
    FROM place, message
)
SELECT known, EXISTS (SELECT 1 FROM message) AS heard FROM place
""")  # noqa: S608 - of the constants above


async def hear(
    session: Session,
    incoming: Incoming,
    attachments: Sequence[Attachment],
    *,
    message_id: UUID,
    job: Command,
    overtakes: bool,
    urgent: int,
    opens: bool = False,
) -> RowMapping:
    """Store the event with its message, and the thread that begins with it, and queue the job that understands it: in
    turn and in the order of its thread; or, with ``overtakes`` or where the thread waits for a person, out of turn and
    with the priority ``urgent``.

    ``opens``: it may be what lets somebody in who is not. Returns ``known`` (false: person, chat, membership or thread
    have to be made first, or the platform says something else of the person; nothing was stored) and ``heard``
    (false: the event or its message was stored before).
    """
    press = incoming.press
    row = await session.first(
        _HEAR,
        {
            **incoming.address.named,
            "begins": incoming.thread is not None and incoming.thread == incoming.message_id,
            "begun_id": new_id(),
            "opens": opens,
            "standing": incoming.standing if incoming.standing != "unknown" else None,
            "name": called(incoming),
            "timezone": incoming.timezone,
            "overtakes": overtakes,
            "event_id": new_id(),
            "event_key": incoming.event_key,
            "platform_message_id": incoming.message_id,
            "message_id": message_id,
            "content": storable(incoming.text),
            "attachments": _written([attachment.as_json() for attachment in attachments]),
            "quoted": _written([piece.as_json() for piece in bounded(incoming.quoted)]),
            "press": _written(press.as_json()) if press is not None else None,
            "job_id": new_id(),
            "queue": job.queue.value,
            "kind": job.kind,
            "data": _written(dict(job.data)),
            "priority": job.priority,
            "urgent": urgent,
            "max_attempts": job.max_attempts,
        },
    )
    assert row is not None  # the place always has its one row
    if row["heard"]:
        session.wake(job.queue.value)
    return row


def called(incoming: Incoming) -> str | None:
    """What the platform calls whoever speaks, as it is kept; None where it does not say."""
    return storable(incoming.person_name or "") or None


def _written(value: Any) -> str:
    return orjson.dumps(storable_json(value)).decode()
