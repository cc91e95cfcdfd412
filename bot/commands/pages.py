"""Lists that page: a button carries the command for the next page, and the id the last row had."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TypeVar
from uuid import UUID

from domain.conversations.said import Button, Listing
from domain.core import ids

ROWS = 10

T = TypeVar("T")


def listing(
    title: str,
    columns: tuple[str, ...],
    found: Sequence[T],
    cells: Callable[[T], tuple[str, ...]],
    further: Callable[[T], str],
    *,
    empty: str = "Nothing here yet.",
    footer: str = "",
) -> Listing:
    """A page of a list. ``found`` was asked for with one more than a page holds; ``cells`` are those of a row, and
    ``further`` is the command for what follows the last one that is shown.
    """
    page = found[:ROWS]
    more = len(found) > ROWS
    return Listing(
        title=title,
        columns=columns,
        rows=tuple(cells(one) for one in page),
        empty=empty,
        footer=footer,
        buttons=(Button(label="More", action="command", value=further(page[-1])),) if more else (),
    )


def moment(at: datetime | None, timezone: tzinfo) -> str:
    """As it is where the person is, with the name of their time zone."""
    return at.astimezone(timezone).strftime("%d %b %H:%M %Z") if at is not None else "-"


def day(at: datetime | None, timezone: tzinfo) -> str:
    return at.astimezone(timezone).strftime("%d %b %Y") if at is not None else "-"


def before(prefix: str, words: Sequence[str]) -> UUID | None:
    """The id after the word ``before``, for keyset pagination. Raises Invalid."""
    if len(words) >= 2 and words[-2] == "before":
        return ids.parse(prefix, words[-1])
    return None
