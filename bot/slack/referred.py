"""What a Slack message refers to: messages that are shared in it, and the tables among its words.

https://docs.slack.dev/messaging/#attachments. Previews of links are attachments too, and nobody's words.
"""

import csv
import io
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.slack import block_words
from bot.slack.files import attached
from bot.slack.shapes import Json, mapping, mappings, string
from bot.slack.words import NOBODY, Names, spoken, unnamed
from domain.conversations.ports import IncomingFile
from domain.conversations.quoted import Quoted

_DEEPEST = 3
"""How often a share is shared before it is passed over."""
_PREVIEW = ("from_url", "original_url", "app_unfurl_url", "is_app_unfurl", "is_msg_unfurl", "service_name")
_SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class Material:
    quoted: tuple[Quoted, ...] = ()
    files: tuple[IncomingFile, ...] = ()


def marked(message: Json) -> str:
    """A message's own words, with Slack's marks; those that stand only in its blocks are among them."""
    text = string(message.get("text"))
    return "\n".join(filter(None, (text, block_words.words_besides(text, message.get("blocks")))))


def ids(message: Json) -> set[str]:
    """Those of people and channels whose names are needed to read the message."""
    found = unnamed(marked(message))
    for share in _shares(message, 0):
        found |= unnamed(_share_marked(share))
        if not _author(share, NOBODY):
            found.add(string(share.get("author_id")))
        if not string(share.get("channel_name")):
            found.add(string(share.get("channel_id")))
    return {found_id for found_id in found if found_id}


def material(message: Json, names: Names = NOBODY) -> Material:
    """The messages that are shared, oldest share first, and every table as a CSV file."""
    count = itertools.count(1)
    tables = [_table(rows, next(count), names) for rows in _own_tables(message)]
    quoted, files = [piece for _, piece in tables], [file for file, _ in tables]
    for share in _shares(message, 0):
        theirs = [_table(rows, next(count), names)[0] for rows in _share_tables(share)]
        given = [replace(file, of_others=True) for file in (*attached(share.get("files")), *theirs)]
        text, named = spoken(_share_marked(share), names=names), tuple(file.name for file in given)
        quoted.append(Quoted("shared", text, _author(share, names), _where(share, names), named))
        files += given
    return Material(tuple(quoted), tuple(files))


def _is_share(attachment: Json) -> bool:
    return attachment.get("is_share") is True


def _shares(message: Json, depth: int) -> Iterator[Json]:
    """The shared messages, and those shared in them."""
    if depth > _DEEPEST:
        return
    for attachment in mappings(message.get("attachments")):
        if _is_share(attachment):
            yield attachment
            yield from _shares(attachment, depth + 1)


def _share_blocks(share: Json) -> list[Json]:
    """Slack keeps a shared message's blocks with the message they stand in."""
    within = [mapping(part.get("message")) for part in mappings(share.get("message_blocks"))]
    return [*mappings(share.get("blocks")), *(block for message in within for block in mappings(message.get("blocks")))]


def _share_marked(share: Json) -> str:
    text = string(share.get("text"))
    besides = block_words.words_besides(text, _share_blocks(share))
    return "\n".join(filter(None, (text, besides))) or string(share.get("fallback"))


def _share_tables(share: Json) -> list[block_words.Table]:
    nested = [attachment for attachment in mappings(share.get("attachments")) if not _is_share(attachment)]
    found = [_share_blocks(share), *(attachment.get("blocks") for attachment in nested)]
    return [table for blocks in found for table in block_words.tables(blocks)]


def _own_tables(message: Json) -> list[block_words.Table]:
    """A table that is pasted stands in the blocks, or in an attachment that is neither a share nor a preview."""
    pasted = [
        attachment.get("blocks")
        for attachment in mappings(message.get("attachments"))
        if not _is_share(attachment) and not any(attachment.get(name) for name in _PREVIEW)
    ]
    return [table for blocks in (message.get("blocks"), *pasted) for table in block_words.tables(blocks)]


def _author(share: Json, names: Names) -> str | None:
    named = string(share.get("author_name")) or string(share.get("author_subname"))
    return named or names.get(string(share.get("author_id")))


def _where(share: Json, names: Names) -> str | None:
    channel = string(share.get("channel_name")) or names.get(string(share.get("channel_id")), "")
    return f"#{channel.removeprefix('#')}" if channel else None


def _table(rows: Sequence[Sequence[str]], number: int, names: Names) -> tuple[IncomingFile, Quoted]:
    """The table as a file, and its first rows as they may be read. Rows of unequal length are filled up."""
    wide = max(len(row) for row in rows)
    cells = [[spoken(cell, names=names) for cell in (*row, *[""] * (wide - len(row)))] for row in rows]
    written = io.StringIO()
    csv.writer(written).writerows(cells)
    content = written.getvalue().encode()
    name = "table.csv" if number == 1 else f"table-{number}.csv"
    shown = "\n".join(" | ".join(row) for row in cells[: _SHOWN_ROWS + 1])
    more = len(cells) - _SHOWN_ROWS - 1
    text = f"{shown}\n… and {more:,} more rows" if more > 0 else shown

    async def stream() -> AsyncIterator[bytes]:
        yield content

    return IncomingFile(name, "text/csv", len(content), stream), Quoted("table", text, files=(name,))
