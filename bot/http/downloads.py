"""The page of a link to one's own data: it shows what there is, and hands it over when its button is pressed."""

from functools import partial
from uuid import UUID

from sqlalchemy import RowMapping
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.http.one_time import Purpose
from bot.http.pages import Page
from domain.conversations.private import Recipient
from domain.core.clock import zone_of
from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.settings import Settings
from domain.core.storage import open_storage
from domain.identity.magic_links import MagicLink
from domain.personal import repository, service
from domain.personal.exported import key_of

__all__ = ["own_data"]


async def _told(session: Session, link: MagicLink, request: Request) -> Page:
    row = await _export(session, link)
    if row is None:
        return Page("Your data is no longer here", ("Ask for it again with “/export my data”.",), status=404)
    zone = zone_of(await repository.timezone_of(session, row["user_id"]))
    return Page(
        "What Legwork has kept of you",
        (
            "A ZIP archive: one file of JSON Lines for each table, and your files. Keep it where nobody else reads it.",
            f"It is here until {row['expires_at'].astimezone(zone):%-d %B %Y, %H:%M} ({zone}).",
        ),
        (("Size", f"{row['size'] / 1024 / 1024:,.1f} MB"),),
    )


async def _hand_over(settings: Settings, session: Session, link: MagicLink, request: Request) -> Response:
    row = await _export(session, link)
    if row is None:
        raise NotFound("Your data is no longer here.", remedy="Ask for it again with “/export my data”.")
    service.note_export(session, Recipient(row["user_id"], row["org_id"]), "data.download", row["id"])
    storage = open_storage(settings)
    headers = {
        "Content-Length": str(row["size"]),
        "Content-Disposition": 'attachment; filename="my-data.zip"',
    }
    return StreamingResponse(storage.stream(key_of(row["id"])), media_type="application/zip", headers=headers)


async def _export(session: Session, link: MagicLink) -> RowMapping | None:
    return await repository.can_be_had(session, UUID(link.details["export_id"]))


def own_data(settings: Settings) -> Purpose:
    """A link to an export, where the settings say that archives are kept."""
    return Purpose(_told, "Download", partial(_hand_over, settings))
