"""Lists that page: a button carries the command for the next page, and the id the last row had."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from domain.conversations.said import Button
from domain.core import ids

ROWS = 10


def more(rows: Sequence[object], command: str) -> tuple[Button, ...]:
    """The button to the next page, where there is one: ``rows`` were asked for with one more than a page holds."""
    return (Button(label="More", action="command", value=command),) if len(rows) > ROWS else ()


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
