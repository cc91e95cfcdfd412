"""Why there is no picture: one sentence, and the nearest one that can be drawn."""

from domain.core.errors import Invalid

__all__ = ["NO_PICTURE", "undrawable"]

NO_PICTURE = "no_picture"
"""The code of an error about a result of which no picture is worth drawing, or none of the kind asked for."""


def undrawable(sentence: str, nearest: str = "") -> Invalid:
    """The error. ``nearest`` is what can be drawn instead, with its article: “a bar chart”."""
    return Invalid(sentence, remedy=f"I can draw {nearest} instead." if nearest else None, code=NO_PICTURE)
