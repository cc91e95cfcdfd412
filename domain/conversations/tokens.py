"""Short tokens for what does not fit into a platform's button."""

import secrets
from typing import Any

from sqlalchemy import insert, select

from domain.conversations.models import button_values
from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.ids import new_id


async def keep(session: Session, value: dict[str, Any]) -> str:
    """Keep a JSON object; the token (22 characters) finds it again."""
    token = secrets.token_urlsafe(16)
    await session.execute(insert(button_values).values(id=new_id(), token=token, value=value))
    return token


async def look_up(session: Session, token: str) -> dict[str, Any]:
    """What was kept under a token. Raises NotFound."""
    value = await session.scalar(select(button_values.c.value).where(button_values.c.token == token))
    if value is None:
        raise NotFound("That button is no longer good.", remedy="Ask again in the thread.")
    return value
