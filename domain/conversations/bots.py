"""What the bots of this installation are called, for links to them."""

from sqlalchemy import text

from domain.core.db import Session
from domain.core.ids import new_id


async def keep_name(session: Session, platform: str, workspace: str, name: str) -> None:
    """Note what a platform calls a bot; ``workspace`` as in the addresses of its chats."""
    await session.execute(
        text("""INSERT INTO bots (id, platform, workspace, name) VALUES (:id, :platform, :workspace, :name)
        ON CONFLICT (platform, workspace) DO UPDATE SET name = excluded.name, updated_at = now()"""),
        {"id": new_id(), "platform": platform, "workspace": workspace, "name": name},
    )


async def name_on(session: Session, platform: str) -> str | None:
    """What the newest bot on a platform is called there; None where there is none."""
    return await session.scalar(
        text("SELECT name FROM bots WHERE platform = :platform ORDER BY updated_at DESC LIMIT 1"),
        {"platform": platform},
    )
