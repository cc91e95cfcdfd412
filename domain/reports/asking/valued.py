"""The values of a table's columns of words, by the words that may name them."""

from collections.abc import Collection, Iterable, Sequence

from domain.reports.asking.lexicon import MEANINGS, VALUE_KIN, Phrase
from domain.reports.asking.words import name_words, plain, stem
from domain.reports.reading import Cell, Column

MOST_VALUES = 20_000
"""Of a column with more different values, only those are looked at that hold a word of the question."""

_BEGINNING = 4
"""So many letters a word has that a value may begin with."""

_DERIVED = ("nerisch", "erisch", "ichen", "iger", "iges", "igen", "ige", "isch", "ny", "ing", "ig", "ed", "y", "al")
_TAILS = ("tage", "tagen", "tag", "kunden", "filiale", "abteilung", "region")

Value = tuple[str, str]
"""A column and one of its values, both as the table writes them."""


class Values:
    """``phrases`` are the values by their words; ``asked`` the words of the question that they are looked up for.

    The only value of a column that is what one of numbers is called (``measured``) is none: it is that column.
    """

    def __init__(self, columns: Sequence[Column], asked: tuple[str, ...], measured: Collection[Phrase] = ()) -> None:
        self.asked, self._measured = asked, measured
        self.phrases: dict[Phrase, list[Value]] = {}
        self._parts: dict[str, list[Value]] = {}
        for column in columns:
            self._index(column)

    def _index(self, column: Column) -> None:
        distinct = dict.fromkeys(column.cells)
        if len(distinct) > MOST_VALUES:
            distinct = self._asked_of(distinct)
        known: dict[str, str] = {}
        for cell in distinct:
            value = "" if cell is None else " ".join(str(cell).split())
            known.setdefault(value.casefold(), value)
        for value in known.values():
            words = name_words(value)
            if not words or len(words) > 12 or (len(known) == 1 and words in self._measured):
                continue
            self.phrases.setdefault(words, []).append((column.name, value))
            if len(words) > 1:
                for word in words:
                    if len(word) >= 3:
                        self._parts.setdefault(word, []).append((column.name, value))

    def _asked_of(self, distinct: Iterable[Cell]) -> dict[Cell, None]:
        """The values that stand in the question as they are, and those that share a word with it which only a name can
        be, where these are few."""
        asked = [word.casefold() for word in self.asked]
        whole = {" ".join(asked[at : at + count]) for at in range(len(asked)) for count in range(1, 7)}
        own = [word for word in asked if len(word) > 2 and (plain(word),) not in MEANINGS]
        exact: dict[Cell, None] = {}
        alike: dict[Cell, None] = {}
        for cell in distinct:
            text = cell.casefold() if isinstance(cell, str) else ""
            if text in whole:
                exact[cell] = None
            elif any(word in text for word in own):
                alike[cell] = None
        return exact | alike if len(alike) <= MOST_VALUES else exact

    def like(self, word: str) -> tuple[Value, ...]:
        """The values that a word is a part, a derivation (“rainy” of “rain”) or kin of."""
        if found := self._parts.get(word):
            return tuple(dict.fromkeys(found))
        for other in sorted(VALUE_KIN.get((word,), ())):
            if found := self.phrases.get(other):
                return tuple(found)
        if len(begun := self.begun_by(word)) == 1:
            return begun
        for root in _roots(word):
            for phrase in ((root,), *sorted(VALUE_KIN.get((root,), ()))):
                if found := self.phrases.get(phrase):
                    return tuple(found)
        return ()

    def begun_by(self, word: str) -> tuple[Value, ...]:
        """The values with a word that begins with this one, or with its kin: Lebensmittelmarkt by Lebensmittel."""
        beginnings = [word, *("".join(other) for other in sorted(VALUE_KIN.get((word,), ())))]
        found = [
            value
            for phrase, values in self.phrases.items()
            if any(part.startswith(one) for part in phrase for one in beginnings if len(one) >= _BEGINNING)
            for value in values
        ]
        return tuple(dict.fromkeys(found))


def _roots(word: str) -> list[str]:
    """A derived word without its ending: rainy, regnerisch, Regentage."""
    roots = [word[: -len(end)] for end in (*_DERIVED, *_TAILS) if word.endswith(end) and len(word) - len(end) >= 3]
    roots += [root[:-1] for root in roots if len(root) > 3 and root[-1] == root[-2]]  # foggy, of fog
    return [root for found in roots for root in (found, found + "en", stem(found))]
