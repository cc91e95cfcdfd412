"""Which letters can be drawn: those of the typeface that comes along, written from left to right."""

import unicodedata
from collections.abc import Container, Iterable
from typing import Any, cast

__all__ = ["are_drawn", "drawn_letters"]


def drawn_letters() -> Container[int]:
    """The code points that the typeface has."""
    from matplotlib import font_manager
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

    return FT2Font(cast(Any, font_manager).findfont(FontProperties())).get_charmap()


def are_drawn(texts: Iterable[str]) -> bool:
    """Whether no letter would be a box, or stand in the wrong order."""
    known = drawn_letters()
    return not any(
        ord(letter) not in known or unicodedata.bidirectional(letter) in ("R", "AL")
        for text in texts
        for letter in text
    )
