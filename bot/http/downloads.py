"""The page of a link to one's own data: it shows what there is, and hands it over when its button is pressed."""

from uuid import UUID

from sqlalchemy import RowMapping
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.http.one_time import Purpose
from bot.http.pages import Page
from domain.audit import Actor, record
from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.settings import load
from domain.core.storage import open_storage
from domain.identity.magic_links import MagicLink
from domain.personal import repository
from domain.personal.export import key_of

__all__ = ["OWN_DATA"]


async def _told(session: Session, link: MagicLink, request: Request) -> Page:
    row = await _export(session, link)
    if row is None:
        return Page("Your data is no longer here", ("Ask for it again with “/export my data”.",), status=404)
    return Page(
        "What Legwork has kept of you",
        (
            "A ZIP archive: one file of JSON Lines for each table, and your files. Keep it where nobody else reads it.",
            f"It is here until {row['expires_at']:%-d %B %Y, %H:%M} UTC.",
        ),
        (("Size", f"{row['size'] / 1024 / 1024:,.1f} MB"),),
    )


async def _hand_over(session: Session, link: MagicLink, request: Request) -> Response:
    row = await _export(session, link)
    if row is None:
        raise NotFound("Your data is no longer here.", remedy="Ask for it again with “/export my data”.")
    actor = Actor("person", row["user_id"])
    record(session, "data.download", org_id=row["org_id"], actor=actor, resource=("export", row["id"]))
    storage = open_storage(load())
    headers = {
        "Content-Length": str(row["size"]),
        "Content-Disposition": 'attachment; filename="my-data.zip"',
    }
    return StreamingResponse(storage.stream(key_of(row["id"])), media_type="application/zip", headers=headers)


async def _export(session: Session, link: MagicLink) -> RowMapping | None:
    return await repository.can_be_had(session, UUID(link.details["export_id"]))


OWN_DATA = Purpose(_told, "Download", _hand_over)
