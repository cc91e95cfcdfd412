"""SQL of what is good for a while, by the database's clock: also where that clock was set back.

What was made at a moment that has not come yet was made before the clock was set back, and nobody can say how long ago:
it is over, rather than good for longer than it was said to be. A clock that is put right by seconds ends nothing.
"""


def is_ahead(column: str) -> str:
    """Whether that moment has not come yet: the clock was set back since."""
    return f"({column} > now() + interval '1 minute')"


def is_good(of: str = "") -> str:
    """Whether a row with ``created_at`` and ``expires_at`` is good still; ``of``: “s.”, where others have such, too."""
    return f"({of}expires_at > now() AND NOT {is_ahead(f'{of}created_at')})"


def is_recent(column: str, within: str) -> str:
    """Whether that moment was not longer ago than ``within``, an SQL interval; null where there is none."""
    return f"({column} > now() - {within} AND NOT {is_ahead(column)})"
