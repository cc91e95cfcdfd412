"""Which amount a word for spending or for income speaks of, in a table of both."""

from domain.reports.asking.lexicon import CREDIT, DEBIT, EARNED, INCOMING, OUTGOING, SPENT
from domain.reports.asking.names import Names
from domain.reports.facts.words import hints
from domain.reports.reading import Column

_FEW = 0.12
"""Of so few amounts below zero, these may be corrections: then “paid” is any of them."""


def side_of(names: Names, word: str, columns: tuple[str, ...]) -> tuple[str, str] | None:
    """The column and what of it is meant: “spent” or “earned” of an amount with signs, “verb flow” of a column of
    its own.

    None where the word says neither, one of ``columns`` has it in its name, or the table holds one side only.
    """
    out = word in OUTGOING or word in SPENT
    if not out and word not in INCOMING and word not in EARNED:
        return None
    if any(names.named_by(name, word) for name in columns):
        return None
    if (pair := _pair(names)) is not None:
        return pair[0 if out else 1], "verb flow"
    column = _signed(names)
    if column is None:
        return None
    known = [number for number in column.numbers if number is not None]
    below = sum(number < 0 for number in known) / len(known)
    if word not in OUTGOING | INCOMING and below < _FEW:
        return None
    return column.name, "spent" if out else "earned"


def _pair(names: Names) -> tuple[str, str] | None:
    """The columns of what went out and what came in."""
    numbers = [name for name in names.columns if names.is_number(name)]
    out = [name for name in numbers if DEBIT & set(names.words(name))]
    came = [name for name in numbers if CREDIT & set(names.words(name)) and name not in out]
    return (out[0], came[0]) if len(out) == len(came) == 1 else None


def _signed(names: Names) -> Column | None:
    """The one column of amounts above and below zero."""
    found = [column for name, column in names.columns.items() if names.is_number(name) and _is_signed(column)]
    return found[0] if len(found) == 1 else None


def _is_signed(column: Column) -> bool:
    if column.percent or hints(column.name, "level") or hints(column.name, "profit") or hints(column.name, "value"):
        return False
    known = [number for number in column.numbers if number is not None]
    return bool(known) and min(known) < 0 < max(known) and (column.decimals > 0 or hints(column.name, "flow"))
