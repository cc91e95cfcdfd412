"""What a question turns on: the dimensions after “by”, “per”, “nach” and their like."""

import re

from domain.llm.offline.vocabulary import AFTERWARDS, NO_DIMENSIONS, TIME_UNITS

_WORD = r"(?:[\"“'][^\"”']+[\"”']|[^\W\d_][\w-]*)"
_JOINED = r"\s*(?:,|&|\+|\band\b|\bund\b|\bet\b|\by\b)\s*(?:and\s+|und\s+)?(?:(?:by|per|nach|pro|par|por)\s+)?"
_ARTICLE = r"(?:(?:the|each|every|der|die|das|den|le|la|les|el|los|las)\s+)?"
_PREPOSITION = r"\b(?:by|per|for each|in each|for every|across|nach|pro|par|por|je(?=\s+(?-i:[A-ZÄÖÜ])))"
_BY = re.compile(rf"(?i:{_PREPOSITION})\s+(?i:{_ARTICLE})({_WORD}(?:{_JOINED}{_WORD})*)")
_SPLIT = re.compile(_JOINED, re.IGNORECASE)
_TAIL = re.compile(rf"^\s+({_WORD})\s*[?!.…]*\s*$")
_QUOTES = "\"“”'"


def dimensions(message: str) -> list[str]:
    """The columns a message wants its answer broken down by, as written; none where it names none.

    “by region and channel” gives two, “by sales region?” gives one of two words.
    """
    found: list[str] = []
    for match in _BY.finditer(message):
        words = [word.strip(_QUOTES) for word in _SPLIT.split(match.group(1))]
        words[-1] = _with_tail(words[-1], message[match.end() :])
        found.extend(word for word in words if _is_dimension(word))
    return list(dict.fromkeys(found))


def _is_dimension(word: str) -> bool:
    first = word.casefold().split()[0] if word.split() else ""
    return bool(first) and first not in TIME_UNITS and first not in NO_DIMENSIONS and first not in AFTERWARDS


def _with_tail(word: str, rest: str) -> str:
    """A second word belongs to the name only where nothing follows it."""
    tail = _TAIL.match(rest)
    if tail and tail.group(1).casefold() not in AFTERWARDS | TIME_UNITS and _is_dimension(word):
        return f"{word} {tail.group(1).strip(_QUOTES)}"
    return word
