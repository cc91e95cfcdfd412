"""Tables that have no room on a screen: the text says that they follow, as pictures and files in rows of their own.

The rows are queued before the text is sent, under keys made of what the table holds: whatever is tried again, they are
said once.
"""

import csv
import io
from dataclasses import dataclass, replace
from hashlib import blake2b

from domain.conversations import outbox
from domain.conversations.said import FilePost, FileRef, read
from domain.conversations.schemas import Outbound
from domain.core.errors import Invalid, LegworkError
from domain.core.logging import logger
from domain.flow.common.legwork import Legwork, WideTable
from domain.reports.charts.grid import draw_table

log = logger(__name__)

_FORMULA = ("=", "@", "+", "-", "\t", "\r")
_PICTURE, _FILE = "png", "csv"


@dataclass(frozen=True, slots=True)
class _Made:
    kind: str
    mime_type: str
    content: bytes
    caption: str = ""


async def set_apart(legwork: Legwork, row: Outbound) -> Outbound:
    """The row as it has room on its platform, once what has none is queued beside it.

    Where neither can be made or kept, the row stays as it is: the platform shows the table as well as it can.
    """
    if "|" not in str(row.body.get("text", "")):
        return row
    said = read(row.body)
    tables = legwork.screens.too_wide(said, row.to.platform)
    if not tables:
        return row
    told: list[tuple[WideTable, str]] = []
    for table in tables:
        try:
            kinds = await _queued(legwork, row, table)
        except LegworkError as error:
            log.warning("a wide table is shown as well as it can be", error=str(error))
            continue
        told.append((table, _sentence(table, kinds)))
    return row if not told else replace(row, body=legwork.screens.without(said, told).model_dump(mode="json"))


async def _queued(legwork: Legwork, row: Outbound, table: WideTable) -> frozenset[str]:
    """In which kinds the table follows the row; they are made unless an earlier attempt did."""
    begin = f"table:{row.target_key or row.dedupe_key}:{_digest(table)}"
    async with legwork.database.system("one statement, of one chat", single=True) as session:
        known = await outbox.known(session, [f"{begin}:{_PICTURE}", f"{begin}:{_FILE}"])
    if known:
        return frozenset(key.rsplit(":", 1)[-1] for key in known)
    posts: list[tuple[str, FilePost]] = []
    for made in await _made(legwork, table):
        name = f"{table.name}.{made.kind}"
        stored = await legwork.storage.add(f"made/tables/{row.to.platform}", name, made.content)
        file = FileRef(key=stored.key, name=name, mime_type=made.mime_type, size=stored.size)
        posts.append((made.kind, FilePost(file=file, caption=made.caption)))
    async with legwork.database.system("a table follows a row of the outbox") as session:
        for kind, post in posts:
            await outbox.say_beside(session, row, post, key=f"{begin}:{kind}")
    return frozenset(kind for kind, _ in posts)


async def _made(legwork: Legwork, table: WideTable) -> list[_Made]:
    file = _Made(_FILE, "text/csv", _csv(table))
    try:
        picture = await legwork.compute.run(draw_table, table.columns, table.rows, table.right)
    except Invalid as error:
        log.info("a wide table has no picture", error=str(error))
        return [file]
    except Exception:  # whatever is wrong with a picture, the answer is said
        log.warning("a wide table could not be drawn", exc_info=True)
        return [file]
    all_of_it = len(table.rows)
    caption = "" if picture.rows == all_of_it else f"The first {picture.rows} rows of {all_of_it} in the file."
    return [_Made(_PICTURE, "image/png", picture.png, caption), file]


def _sentence(table: WideTable, kinds: frozenset[str]) -> str:
    how = f"as a picture and as `{table.name}.csv`" if _PICTURE in kinds else f"as `{table.name}.csv`"
    return f"_The table of {len(table.columns)} columns is too wide for here and follows {how}._"


def _csv(table: WideTable) -> bytes:
    """Comma-separated, with the mark by which spreadsheets know UTF-8; nothing in it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in (table.columns, *table.rows):
        writer.writerow([_literal(at, cell, table.right) for at, cell in enumerate(line)])
    return out.getvalue().encode("utf-8-sig")


def _literal(at: int, cell: str, right: frozenset[int]) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and at not in right else cell


def _digest(table: WideTable) -> str:
    return blake2b(repr((table.columns, table.rows)).encode(), digest_size=8).hexdigest()
