"""Names as people write them, and what a table calls it: by case, spaces, plural, a part of the name, a slip."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from domain.core.errors import Invalid
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading.months import fold

_SLIPS = ((8, 2), (4, 1))
"""From so many letters on, so many slips leave no doubt."""
_LISTED = 8
_MOST_LETTERS = 80
"""Longer texts are sentences: a slip in them is not looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a name stands for. ``guessed``: more than case, spaces and number had to be read into it."""

    name: str
    guessed: bool = False


def find(wanted: str, known: Iterable[str]) -> Found | None:
    """The one of ``known`` that is meant, or None where none or several may be."""
    names = list(known)
    if wanted in names:
        return Found(wanted)
    for form in (plain, _compact, _singular):
        mine = form(wanted)
        same = [name for name in names if form(name) == mine]
        if same:
            return Found(same[0]) if len(same) == 1 or form is plain else None
    words = set(_singular(wanted).split())
    holding = [name for name in names if words and words <= set(_singular(name).split())]
    if len(holding) == 1:
        return Found(holding[0], guessed=True)
    near = [] if holding else [name for name in names if _slipped(_compact(wanted), _compact(name))]
    return Found(near[0], guessed=True) if len(near) == 1 else None


def near(wanted: str, known: Sequence[str], most: int = 3) -> list[str]:
    """The names that resemble one most, for “Did you mean”."""
    by_form: dict[str, str] = {}
    for name in known:
        by_form.setdefault(plain(name), name)
    words = set(_singular(wanted).split())
    holding = [name for form, name in by_form.items() if words & set(_singular(form).split())]
    alike = [by_form[form] for form in get_close_matches(plain(wanted), list(by_form), n=most, cutoff=0.6)]
    return list(dict.fromkeys([*alike, *holding]))[:most]


def no_column(wanted: str, known: Sequence[str], file: str) -> Invalid:
    """The error about a column that a table does not have."""
    meant = near(wanted, known)
    remedy = f"Did you mean {either(meant)}?" if meant else f"It has {listed(known)}."
    return Invalid(f"There is no column “{wanted}” in {file}.", remedy=remedy, code=UNANSWERABLE)


def listed(names: Sequence[str], most: int = _LISTED) -> str:
    """“a, b and c”, “a, b, c and 12 more”."""
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most:,} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def some(names: Sequence[str], most: int) -> str:
    """“a and b”, “a, b and others”."""
    return listed(names) if len(names) <= most else f"{', '.join(names[:most])} and others"


def either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)


def plain(text: str) -> str:
    """Without case, accents and marks between words."""
    return " ".join(re.sub(r"[\W_]+", " ", fold(text)).split()) or " ".join(text.split())


def _compact(text: str) -> str:
    return plain(text).replace(" ", "")


def _singular(text: str) -> str:
    return " ".join(_without_plural(word) for word in plain(text).split())


def _without_plural(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _slipped(wanted: str, name: str) -> bool:
    """Whether one is the other with a slip or two: a letter too many, too few, another, or two the other way round."""
    if len(name) > _MOST_LETTERS or wanted.isdigit() or name.isdigit():
        return False
    allowed = next((slips for letters, slips in _SLIPS if min(len(wanted), len(name)) >= letters), 0)
    return abs(len(wanted) - len(name)) <= allowed and 0 < _distance(wanted, name) <= allowed


def _distance(one: str, other: str) -> int:
    rows = [list(range(len(other) + 1))]
    for at, letter in enumerate(one, 1):
        row = [at]
        for place, mark in enumerate(other, 1):
            cost = min(rows[-1][place] + 1, row[-1] + 1, rows[-1][place - 1] + (letter != mark))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == mark:
                cost = min(cost, rows[-2][place - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


_LONG = 5
"""A name of so many words is set off from the sentence that it stands in."""


def called(column: str | None) -> str:
    """A column's name as it stands in a sentence: a long one, or a question, in quotation marks."""
    long = column is not None and (len(column.split()) >= _LONG or "?" in column)
    return f"“{column}”" if long else column or "rows"
