"""Where less is better: the best school mark is the lowest, and so is the best rank."""

from domain.core.errors import Invalid
from domain.reports.asking.draft import Draft
from domain.reports.asking.names import Names
from domain.reports.asking.walk import main_measure
from domain.reports.asking.words import name_words

_MARKS = frozenset(name_words("note noten schulnote zensur"))
_PLACES = frozenset(name_words("rang rank ranking platz platzierung"))
_BEST = 1
_WORST = 6


def turned(draft: Draft, names: Names) -> None:
    """Turn the best and the worst round where a lower number is the better one, which is said."""
    if draft.rank is None or not draft.good:
        return
    column = next((one.columns[0] for one in draft.measures if one.columns), None)
    if column is None:
        try:
            column = main_measure(names)
        except Invalid:
            return  # nothing is measured, so nothing is better
    if names.is_number_column(column) and _less_is_better(names, column):
        draft.rank = "bottom" if draft.rank == "top" else "top"
        draft.assumed.append(f"The lowest {column} is the best.")


def _less_is_better(names: Names, column: str) -> bool:
    words = set(names.words(column))
    known = [number for number in names.columns[column].numbers if number is not None]
    if not known:
        return False
    return bool(words & _PLACES) or (bool(words & _MARKS) and min(known) >= _BEST and max(known) <= _WORST)
