"""Short tokens for what does not fit into a platform's button."""

import secrets
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import text

from domain.conversations.ports import Address
from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.ids import new_id

GOOD_FOR = timedelta(days=30)
"""For so long a button that was kept so can be pressed; then upkeep removes what it meant."""

# A chat is private to its one person: so is what can be pressed there.
_KEEP = text("""
INSERT INTO button_values (id, token, value, org_id, chat_id, user_id, expires_at)
SELECT :id, :token, CAST(:value AS jsonb), c.org_id, c.id, CASE WHEN c.private THEN ci.user_id END, now() + :good_for
FROM (SELECT 1) AS one
LEFT JOIN chats c ON c.platform = :platform AND c.workspace = :workspace AND c.chat = :chat
LEFT JOIN chat_identities ci
       ON ci.platform = :platform AND ci.workspace = :workspace AND ci.platform_user_id = :person
""")
_LOOK_UP = text("SELECT value FROM button_values WHERE token = :token AND expires_at > now()")


async def keep(session: Session, value: dict[str, Any], to: Address) -> str:
    """Keep a JSON object for what is shown there; the token (22 characters) finds it again."""
    token = secrets.token_urlsafe(16)
    given = {
        "id": new_id(),
        "token": token,
        "value": orjson.dumps(value).decode(),
        "good_for": GOOD_FOR,
        **to.named,
    }
    await session.execute(_KEEP, given)
    return token


async def look_up(session: Session, token: str) -> dict[str, Any]:
    """What was kept under a token. Raises NotFound."""
    value = await session.scalar(_LOOK_UP, {"token": token})
    if value is None:
        raise NotFound("That button is no longer good.", remedy="Ask again in the thread.")
    return value
