"""The columns and values of one table by the words that may name them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.reports.asking.lexicon import DATED_NOUNS, KIN, MEANINGS, ROW_NOUNS, TEXTS, Phrase
from domain.reports.asking.roots import columns_of_root
from domain.reports.asking.valued import Value, Values
from domain.reports.asking.words import name_words, plain, slips, slips_allowed, stem, word_set
from domain.reports.facts.words import called
from domain.reports.querying.query import Condition, Is
from domain.reports.reading import Column, Table
from domain.reports.reading.wide import is_indicator

if TYPE_CHECKING:
    from domain.reports.facts.frame import Frame

MOST_GROUPS = 30
"""So many different numbers may be groups, whatever they are."""

MOST_COMPARED = 2_000
"""Values beyond which slips are not looked for."""

_UNITS = frozenset(
    ["eur", "usd", "gbp", "chf", "kg", "lbs", "km", "mm", "cm", "celsius", "fahrenheit", "pct", "percent"]
)
_SHORT = 3
"""Words of so few letters in the name of a file say nothing of its rows."""

_WORDY = 4
"""Values of more words than these are sentences."""

_UNIT = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_ENTITY = frozenset(map(stem, ("name", "title", "titel", "bezeichnung", "label")))
_KEYS = frozenset(map(stem, ("id", "no", "nr", "number", "nummer", "code", "key", "num", "ref")))
_STATISTICS = frozenset(("max", "min", "avg", "mean", "average", "maximum", "minimum", "total"))


@dataclass(slots=True)
class Names:
    """What is called how in a table. ``asked``: the words of the question that it is looked up for."""

    table: Table
    asked: tuple[str, ...] = ()
    columns: dict[str, Column] = field(init=False)
    _names: dict[str, Phrase] = field(init=False)
    _bare: dict[str, Phrase] = field(init=False)
    values: Values = field(init=False)
    longest: int = field(init=False, default=1)
    _ids: dict[str, bool] = field(init=False)
    _frame: "Frame | None" = field(init=False, default=None)
    _flags: dict[str, tuple[str | int, str | int] | None] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = {column.name: column for column in self.table.columns}
        self._names = {name: name_words(name) for name in self.columns}
        self._bare = {name: _without_unit(name) or self._names[name] for name in self.columns}
        self._flags = {}
        self._ids = {}
        measured = {words for name, words in self._names.items() if self.columns[name].kind == "number"}
        texts = [column for column in self.table.columns if column.kind == "text"]
        self.values = Values(texts, self.asked, measured)
        longest = [*map(len, self._names.values()), *map(len, self.values.phrases), 1]
        self.longest = min(max(longest), 12)

    def column(self, phrase: Phrase, *, part: bool) -> tuple[str, ...]:
        """The columns a phrase names as a whole; with ``part``, else those it names a part of, or that are its kin."""
        for names in (self._names, self._bare):
            if found := [name for name, words in names.items() if words == phrase]:
                return tuple(found)
        joined = "".join(phrase)
        if found := [name for name, words in self._bare.items() if "".join(words) == joined and len(joined) >= 3]:
            return tuple(found)
        if not part:
            return ()
        strong = self._holding(phrase, weak=False)
        return strong or self._of_kin(phrase) or self._holding(phrase) or columns_of_root(phrase, self._bare)

    def _holding(self, phrase: Phrase, *, weak: bool = True) -> tuple[str, ...]:
        """The columns with these words in their name; unless ``weak``, at its end, or before “name”, “id” and such."""
        found = [name for name, words in self._bare.items() if _within(phrase, words)]
        if not weak:
            found = [name for name in found if self._strong(phrase, self._bare[name])]
        return self._one_entity(phrase, found)

    def _strong(self, phrase: Phrase, words: Phrase) -> bool:
        rest = set(words) - set(phrase)
        return words[-len(phrase) :] == phrase or rest <= _ENTITY or rest <= _KEYS or rest <= _STATISTICS

    def _one_entity(self, phrase: Phrase, found: list[str]) -> tuple[str, ...]:
        """Of “Product Name” and “Product ID”, the name."""
        if len(found) < 2:
            return tuple(found)
        rest = {name: set(self._bare[name]) - set(phrase) for name in found}
        named = [name for name in found if rest[name] and rest[name] <= _ENTITY]
        keyed = [name for name in found if rest[name] and rest[name] <= _KEYS]
        if len(named) == 1:
            return (named[0],)
        return (keyed[0],) if len(keyed) == 1 else tuple(found)

    def _of_kin(self, phrase: Phrase) -> tuple[str, ...]:
        kin = KIN.get(phrase, frozenset())
        if found := [name for name, words in self._bare.items() if words in kin]:
            return tuple(found)
        for other in sorted(kin):
            if found := self._holding(other, weak=False):
                return found
        return ()

    def heads(self, phrases: tuple[Phrase, ...]) -> tuple[str, ...]:
        """The number columns that the first phrase that names any names."""
        for phrase in phrases:
            for names in (self._names, self._bare):
                found = [name for name, words in names.items() if words == phrase and self.is_number(name)]
                if found:
                    return tuple(found)
        for phrase in phrases:
            found = [name for name, words in self._bare.items() if _within(phrase, words) and self.is_number(name)]
            if found:
                return tuple(found)
        return ()

    def value(self, phrase: Phrase) -> tuple[Value, ...]:
        """The values that a phrase is the whole name of."""
        return tuple(self.values.phrases.get(phrase, ()))

    def near(self, word: str) -> list[tuple[str, str | None]]:
        """What a misspelt word may mean, the nearest ones: (column, none) or (column, value)."""
        allowed = slips_allowed(word)
        if not allowed:
            return []
        found: dict[tuple[str, str | None], int] = {}
        for name, words in self._bare.items():
            for part in (*words, "".join(words), *map(plain, name.split())):
                if (count := slips(word, part, allowed)) <= allowed:
                    found[name, None] = min(count, found.get((name, None), count))
        if len(self.values.phrases) <= MOST_COMPARED:
            for phrase, values in self.values.phrases.items():
                if len(phrase) == 1 and (count := slips(word, phrase[0], allowed)) <= allowed:
                    for value in values:
                        found[value] = count
        best = min(found.values(), default=0)
        return [name for name, count in found.items() if count == best]

    def like(self, word: str) -> list[str]:
        """Names that look somewhat like a word, for “Did you mean”."""
        from difflib import get_close_matches

        known = {"".join(words): name for name, words in self._bare.items()}
        known |= {part: name for name, words in self._bare.items() for part in words if len(part) > 3}
        if len(self.values.phrases) <= MOST_COMPARED:
            known |= {"".join(words): values[0][1] for words, values in self.values.phrases.items()}
        close = get_close_matches(stem(word), list(known), n=3, cutoff=0.7)
        return list(dict.fromkeys(known[one] for one in close))

    @property
    def frame(self) -> "Frame":
        """The table as arrays, made once, when the behaviour of its numbers matters."""
        if self._frame is None:
            from domain.reports.facts.build import frame_of  # numpy is loaded on first use

            self._frame = frame_of(self.table)
        return self._frame

    def role(self, name: str) -> str:
        """What the numbers of a column are: “flow”, “level”, “value” and the like; nothing where that is not known."""
        known = self.frame.roles.get(name) if self.table.row_numbers else None
        return known.kind if known is not None else ""

    def unsure(self, name: str) -> bool:
        return bool(self.table.row_numbers) and name in self.frame.unsure

    def judged_by(self, column: str, where: Iterable[Condition]) -> str:
        """What a column's numbers are called: as the one indicator that they are chosen by, else as the column."""
        wide = self.table.wide
        if wide is not None and column == wide.metric:
            for one in where:
                if isinstance(one.value, str) and one.is_ is Is.EQUAL and is_indicator(one.column):
                    return one.value
        return column

    def is_free_text(self, name: str | None) -> bool:
        """Whether a column holds what people wrote in words of their own."""
        column = self.columns.get(name or "")
        if column is None or column.kind != "text":
            return False
        different = {str(cell) for cell in column.cells if cell not in (None, "")}
        long = sum(len(text.split()) > _WORDY for text in different)
        return bool(TEXTS & set(self.words(column.name))) or long > len(different) / 2

    def holding(self, word: str) -> tuple[str, ...]:
        """The columns with a word in their own name."""
        return self._holding((word,))

    def named_by(self, name: str, word: str) -> bool:
        """Whether a word stands in a column's own name."""
        return stem(word) in self.words(name)

    def words(self, name: str) -> Phrase:
        """The stems of a column's name; none of what is no column."""
        return self._bare.get(name, ())

    def is_number_column(self, name: str) -> bool:
        """Whether there is a column of that name, and it holds numbers."""
        return name in self.columns and self.is_number(name)

    def is_number(self, name: str) -> bool:
        """Whether it holds numbers that measure something: ids are names."""
        return self.columns[name].kind == "number" and not self.is_id(name)

    def is_id(self, name: str) -> bool:
        """Whether its numbers are names, by its header, or as they count the rows."""
        column = self.columns[name]
        if column.kind != "number" or column.decimals or column.currencies or column.percent:
            return False
        if name not in self._ids:
            known = [number for number in column.numbers if number is not None]
            first = min(known, default=0)
            running = len(known) > 2 and known == [first + place for place in range(len(known))] and first in (0, 1)
            self._ids[name] = called(name, "name") or running
        return self._ids[name]

    def continuous(self, name: str) -> bool:
        """Whether a column holds numbers of which hardly two are the same: it measures, and groups nothing."""
        column = self.columns.get(name)
        if column is None or column.kind != "number":
            return False
        different = len(set(column.numbers))
        return different > MOST_GROUPS and (column.decimals > 0 or different > len(column.numbers) / 2)

    def flag(self, name: str) -> tuple[str | int, str | int] | None:
        """What says yes and what says no in a column that says nothing else; None where it does."""
        if name not in self._flags:
            self._flags[name] = _flag(self.columns[name])
        return self._flags[name]

    def dates(self) -> list[str]:
        return [column.name for column in self.table.columns if column.kind == "date"]

    def all_dates(self, columns: tuple[str, ...]) -> bool:
        return all(self.columns[name].kind == "date" for name in columns)

    def rows_are(self, word: str) -> bool:
        """Whether rows of this table may be called so: its columns, or its file, speak of such things."""
        heads = {part for words in self._names.values() for part in words}
        dated = self.date() is not None and bool(DATED_NOUNS.get(word, frozenset()) & heads)
        return bool(ROW_NOUNS.get(word, frozenset()) & heads) or dated or self.file_is_of(word)

    def file_is_of(self, word: str) -> bool:
        """Whether the file is called by a word that asks nothing by itself: rows of “trips.csv” are trips, those of
        “warehouse_stock.csv” no warehouses."""
        file = [part for part in name_words(self.table.file.rsplit(".", 1)[0]) if part not in _OF_FILES]
        named = [part for part in file if part.isalpha()]
        return len(word) > _SHORT and (word,) not in MEANINGS and named[-1:] == [stem(word)]

    def date(self) -> Column | None:
        """The date column that counts: the fullest, among equals the first."""
        dated = [column for column in self.table.columns if column.kind == "date"]
        return max(dated, key=lambda column: sum(at is not None for at in column.moments), default=None)


_OF_FILES = frozenset(
    map(
        stem,
        word_set("""
    export report data daten list liste table tabelle file final copy kopie bericht auszug neu new raw all alle full
    january february march april may june july august september october november december januar februar marz mai juni
    juli oktober dezember
"""),
    )
)
_YES = frozenset(["true", "yes", "ja", "y", "j", "wahr"])
_NO = frozenset(["false", "no", "nein", "n", "falsch"])


def _flag(column: Column) -> tuple[str | int, str | int] | None:
    if column.kind == "number":
        known = {number for number in column.numbers if number is not None}
        return (1, 0) if known == {0, 1} else None
    if column.kind != "text":
        return None
    written = {str(cell) for cell in column.cells if cell not in (None, "")}
    yes = [one for one in written if one.casefold() in _YES]
    no = [one for one in written if one.casefold() in _NO]
    return (yes[0], no[0]) if len(yes) == len(no) == 1 and len(written) == 2 else None


def _without_unit(name: str) -> Phrase:
    """“Revenue (EUR)”, “Weight_in_lbs” and “salary_eur” by what they measure."""
    words = name_words(re.sub(r"[ _]in[ _]\w+$", "", _UNIT.sub("", name)))
    return words[:-1] if len(words) > 1 and words[-1] in _UNITS else words


def _within(phrase: Phrase, words: Phrase) -> bool:
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))
