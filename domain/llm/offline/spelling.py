"""Words that are one slip away from those the rules look for."""

import re

_WORD = re.compile(r"[^\W\d_]+")
_KNOWN = (
    "what", "time", "today", "date", "days", "until", "christmas", "current", "local", "quelle", "heure", "uhrzeit",
    "many", "weeks", "hours",
)  # fmt: skip


def corrected(text: str) -> str:
    """The text with words that are one slip away from a known one put right: “waht tiem” is “what time”."""
    return _WORD.sub(lambda match: _right(match[0]), text)


def _right(word: str) -> str:
    folded = word.casefold()
    if len(folded) < 4 or folded in _KNOWN or (word[0].isupper() and not word.isupper()):
        return word
    return next((known for known in _KNOWN if _one_slip(folded, known)), word)


def _one_slip(word: str, known: str) -> bool:
    """Two letters swapped, or one too many, too few or wrong; the first letter is right, and a plural is no slip."""
    if (
        word[0] != known[0]
        or abs(len(word) - len(known)) > 1
        or {word, known} in ({f"{known}s", known}, {word, f"{word}s"})
    ):
        return False
    begin = next(
        (at for at, pair in enumerate(zip(word, known, strict=False)) if pair[0] != pair[1]), min(len(word), len(known))
    )
    rest, wanted = word[begin:], known[begin:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:] and len(rest) > 1
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
