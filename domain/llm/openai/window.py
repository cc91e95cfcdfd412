"""How much room a server says there is, where what was asked for does not fit its window."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"\d[\d,._]*\d|\d")
_WINDOW = re.compile(
    r"(?:context|window|maximum|limit|n_ctx|at most|only|<=|max(?:imum)? value)[^\d]{0,40}?(\d[\d,]*)(?=\b)", re.I
)
_PROMPT = re.compile(
    r"(\d[\d,]*)\s*(?:`?inputs?`?\s+tokens|tokens?\s+(?:in|from)\s+(?:the\s+)?(?:input|prompt|messages)"
    r"|in\s+(?:the\s+|your\s+)?(?:messages|prompt|input)|(?:of\s+)?(?:text|prompt|message)\s+(?:input|tokens?))",
    re.I,
)
_SUM = re.compile(r"(\d[\d,]*)\s*\+\s*(\d[\d,]*)\s*>\s*(\d[\d,]*)")
LEAST = 128
"""Tokens in which an answer is worth asking for."""

MARGIN = 16
"""Tokens that a template may add around what was counted."""


@dataclass(frozen=True, slots=True)
class Room:
    """``answer`` tokens are left for the answer beside this prompt; None: not told. ``window`` holds both."""

    answer: int | None
    window: int | None


def room_of(message: str, limit: int | None) -> Room | None:
    """What a refusal tells of the room there is. ``limit`` tokens were asked for; None: it tells nothing of it."""
    if limit is None:
        return None
    numbers = [int(re.sub(r"\D", "", number)) for number in _NUMBER.findall(message)]
    if limit not in numbers:
        return None
    added = _SUM.search(message)
    if added is not None:
        prompt, answer, window = (int(number.replace(",", "")) for number in added.groups())
        return Room(window - (prompt if answer == limit else answer) - MARGIN, window)
    others = [number for number in numbers if number != limit and number >= LEAST // 2]
    window = _window(message, limit, others)
    prompt = _prompt(message, limit, others, window)
    if window is None:
        return Room(None, None)
    if prompt is None:  # a limit of the answer itself: “at most 2048 completion tokens”
        return Room(window if window < limit else None, None)
    return Room(window - prompt - MARGIN, window)


def _window(message: str, limit: int, others: list[int]) -> int | None:
    """The number that the message calls the window; else the largest that the whole request is larger than."""
    named = [int(number.replace(",", "")) for number in _WINDOW.findall(message)]
    named = [number for number in named if number in others]
    if named:
        return max(named) if len(set(named)) == 1 else named[0]
    totals = [number for number in others if number > limit]
    smaller = [number for number in others if totals and number < max(totals)]
    return max(smaller, default=max(others, default=None))


def _prompt(message: str, limit: int, others: list[int], window: int | None) -> int | None:
    named = _PROMPT.search(message)
    if named is not None:
        return int(named.group(1).replace(",", ""))
    totals = [number for number in others if number > limit and number != window and (window or 0) < number]
    if totals:
        return min(totals) - limit
    parts = [number for number in others if number != window]
    return parts[0] if parts and window is not None and parts[0] + limit > window else None
