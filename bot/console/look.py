"""What a terminal can show, and the screen that shows it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Look:
    """``width`` and ``height`` are in characters; without ``styled`` everything is plain text."""

    width: int
    height: int
    styled: bool
    coloured: bool


def look(*, terminal: bool, width: int, height: int, environment: Mapping[str, str] = os.environ) -> Look:
    """How to write to a standard output. ``NO_COLOR`` (no-color.org) and ``TERM=dumb`` are honoured."""
    styled = terminal and environment.get("TERM") != "dumb"
    return Look(max(width, 20), max(height, 6), styled, styled and not environment.get("NO_COLOR"))


class Screen(Protocol):
    """Where a console writes. What is shown stays; what is live is drawn again whenever it changes."""

    @property
    def look(self) -> Look: ...

    async def show(self, text: str) -> None:
        """Write rendered text, for good."""
        ...

    def refresh(self) -> None:
        """Something live changed."""
        ...


class Nowhere:
    """A screen that shows nothing, for when only the outcome is wanted."""

    look = Look(width=80, height=24, styled=False, coloured=False)

    async def show(self, text: str) -> None:
        """What is said is left to the outcome."""

    def refresh(self) -> None:
        """Nothing is live either."""
