"""Keys: UUIDv7 in the database, TypeID text (``task_01j...``) wherever a person sees them.

The text form follows the TypeID specification: a prefix, an underscore, and the 128 bits in
Crockford's base 32, lower case, 26 characters.
"""

from uuid import UUID

from uuid_utils.compat import uuid7

from domain.core.errors import Invalid

__all__ = ["LENGTH", "ending", "means", "new_id", "parse", "short", "text"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
LENGTH = 26
"""Letters of an identifier behind its prefix."""
_FEWEST = 4
"""Letters by which one is told from others."""


def new_id() -> UUID:
    """A fresh UUIDv7: it sorts by the time it was made."""
    return uuid7()


def text(prefix: str, key: UUID) -> str:
    """``task_01j5...`` for a key of the table whose prefix is given."""
    number = key.int
    letters = [_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(letters)}"


def short(prefix: str, key: UUID) -> str:
    """The form shown in lists: the prefix and the last six characters, which differ where the first agree."""
    return f"{prefix}_{text('', key)[-6:]}"


def means(prefix: str, written: str, key: UUID) -> bool:
    """Whether somebody may mean that key who has written one, whole or only its end; the prefix may be left out. Fewer
    than four letters mean none."""
    end = written.lower().removeprefix(f"{prefix}_")
    return len(end) >= _FEWEST and text("", key).endswith(end)


def ending(letters: str) -> tuple[int, int] | None:
    """The last bits that the last letters of an id stand for, as a mask and their value. None: they are no letters of
    one."""
    if not letters or any(letter not in _VALUES for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _VALUES[letter]
    return (1 << 5 * len(letters)) - 1, number


def parse(prefix: str, written: str) -> UUID:
    """The key a TypeID stands for.

    Raises:
        Invalid: it is no identifier, or one of another kind of thing.
    """
    given, _, letters = written.strip().lower().rpartition("_")
    if given != prefix or len(letters) != LENGTH or letters[0] > "7":
        raise Invalid(f"“{written}” is no {prefix} identifier.", remedy=f"They look like {prefix}_01j….")
    number = 0
    for letter in letters:
        if letter not in _VALUES:
            raise Invalid(f"“{written}” is no {prefix} identifier.", remedy=f"They look like {prefix}_01j….")
        number = number << 5 | _VALUES[letter]
    return UUID(int=number)
