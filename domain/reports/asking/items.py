"""A question's words joined to what they may be: columns, values, times, numbers, words that ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.reports.asking.lexicon import (
    ASKED,
    COMPARATIVES,
    COMPOUNDS,
    COUNTED_IN,
    DATE_VERBS,
    HAPPENINGS,
    JOINED,
    JOINED_HEADS,
    KIN,
    LONGEST,
    MEANINGS,
    NAMEABLE,
    ROW_NOUNS,
    SOLD,
    SUPERLATIVES,
    TAILS,
    TOTALS,
    VERBS,
    nearest,
)
from domain.reports.asking.moments import MONTHS, PARTS, number_of, period_at
from domain.reports.asking.names import Names
from domain.reports.asking.sides import side_of
from domain.reports.asking.times import Calendar, Time
from domain.reports.asking.valued import Value
from domain.reports.asking.words import Word, stem
from domain.reports.reading.months import fold

SCALES = {
    name: scale
    for scale, names in (
        (1_000.0, "thousand tausend tsd"),
        (1_000_000.0, "million millions mio millionen mn"),
        (1_000_000_000.0, "billion billions bn milliarde milliarden mrd"),
    )
    for name in names.split()
}
NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class Item:
    """Words that belong together, and everything they may be in this table.

    ``exact``: the column is named in full. ``taken``: what is to be said where a slip was put right.
    ``part``: days of the week or months of every year. ``maybe``: names that an unknown word may have meant.
    """

    words: tuple[Word, ...]
    columns: tuple[str, ...] = ()
    exact: bool = False
    values: tuple[Value, ...] = ()
    loose: bool = False
    means: frozenset[str] = NOTHING
    number: float | None = None
    time: Time | None = None
    end: str | None = None
    part: tuple[str, tuple[str, ...]] | None = None
    taken: str | None = None
    maybe: list[str] = field(default_factory=list[str])

    @property
    def said(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def plain(self) -> str:
        return " ".join(word.plain for word in self.words)

    @property
    def quoted(self) -> int:
        return self.words[0].quoted

    @property
    def ends(self) -> str:
        return self.words[-1].ends

    @property
    def known(self) -> bool:
        return bool(self.columns or self.values or self.means or self.part or self.number is not None or self.time)

    def is_(self, *meanings: str) -> bool:
        """Whether it may mean one of these."""
        return not self.means.isdisjoint(meanings)


def items_of(words: Sequence[Word], names: Names, calendar: Calendar | None) -> list[Item]:
    """The words of a question, the longest names first; each word stands in one item."""
    words = [part for word in words for part in _parts(word, names)]
    words = _with_dashes(words)
    out: list[Item] = []
    at = 0
    while at < len(words):
        item = _longest(words, at, names, calendar)
        out.append(item)
        at += len(item.words)
    return out


def _with_dashes(words: Sequence[Word]) -> list[Word]:
    """“Jan-Mar” and “2013–2014” are from one to the other."""
    out: list[Word] = []
    for place, word in enumerate(words):
        out.append(word)
        nxt = words[place + 1] if place + 1 < len(words) else word
        if word.dash and _timely(word) and _timely(nxt):
            out.append(Word("to", "to", word.end, word.end))
    return out


def _timely(word: Word) -> bool:
    return word.plain in MONTHS or (len(word.plain) == 4 and word.plain.isdigit())


def _parts(word: Word, names: Names) -> list[Word]:
    """A German compound in two words where it says what is computed of a column: Durchschnitts|gehalt."""
    if word.quoted or names.column((stem(word.plain),), part=False):
        return [word]
    if (word.plain,) in MEANINGS:
        return [word]
    for head, meant in COMPOUNDS.items():
        rest = word.plain.removeprefix(head)
        if rest != word.plain and len(rest) > 2 and names.column((stem(rest),), part=True):
            return [Word(word.text, meant, word.at, word.at), Word(word.text, rest, word.at, word.end, word.ends)]
    for tail, meant in TAILS.items():
        rest = word.plain.removesuffix(tail)
        if rest == word.plain or len(rest) < 3 or names.values.begun_by(stem(word.plain)):
            continue  # Lebensmittel is no mean of a life
        for name in (rest, rest.removesuffix("s"), rest.removesuffix("n")):
            if names.column((stem(name),), part=True) or name in ROW_NOUNS or names.values.like(stem(name)):
                return [Word(word.text, meant, word.at, word.at), Word(word.text, name, word.at, word.end, word.ends)]
    return [word]


def _longest(words: Sequence[Word], at: int, names: Names, calendar: Calendar | None) -> Item:
    reach = _reach(words, at)
    for length in range(min(max(names.longest, LONGEST), reach), 0, -1):
        item = _item(words[at : at + length], names)
        if item is not None and length > 1 and not (item.columns or item.values) and _holds(words, at, length, names):
            continue
        timed = period_at(words, at, calendar) if calendar is not None else None
        if timed is not None and timed[1] >= length and not words[at].quoted:
            if timed[1] == length and item is not None:
                item.time = timed[0]
                return item
            if timed[1] > length or item is None:
                longer = _item(words[at : at + timed[1]], names)
                found = longer or Item(tuple(words[at : at + timed[1]]))
                found.time = timed[0]
                if length == 1 and timed[1] == 1:
                    found.number = _number(words[at])
                return found
        if item is not None:
            return item
    return _unknown(words[at], names)


def _holds(words: Sequence[Word], at: int, length: int, names: Names) -> bool:
    """Whether one of the words that only together ask something is written as a value of the table: “for All”."""
    return any(
        word.text == value and not word.text.islower()
        for word in words[at + 1 : at + length]
        for _, value in names.value((stem(word.plain),))
    )


def _reach(words: Sequence[Word], at: int) -> int:
    """How many words may belong together: none beyond a mark, and all of a quotation."""
    count = 1
    while at + count < len(words) and words[at + count].quoted == words[at].quoted and (
        words[at].quoted or not words[at + count - 1].ends
    ):  # fmt: skip
        count += 1
    return count


def _item(words: Sequence[Word], names: Names) -> Item | None:
    """What these words are taken together; none where that is nothing."""
    plain = tuple(word.plain for word in words)
    stems = tuple(stem(word) for word in plain)
    quoted = bool(words[0].quoted)
    means = NOTHING if quoted else MEANINGS.get(plain, NOTHING)
    superlative = None if quoted else SUPERLATIVES.get(plain)
    comparative = None if quoted else COMPARATIVES.get(plain)
    verb = None if quoted else ASKED.get(plain) or (VERBS.get(plain[0]) if len(words) == 1 else None)
    noun = not quoted and len(words) == 1 and names.rows_are(plain[0])
    if noun and (stems in SOLD or plain in SOLD):
        noun, verb = False, VERBS["sold"]  # “sales” of a file that is called so
    values = names.value(stems)
    if not values and len(words) == 1:
        values = next((found for phrase in HAPPENINGS.get(plain[0], ()) if (found := names.value(phrase))), ())
    exact = names.column(stems, part=False)
    derived = "quotient" in means
    columns = exact or (() if (means and not derived) or superlative else names.column(stems, part=True))
    if derived and columns:
        means = NOTHING  # the table has it
    if means and not exact and len(words) == 1 and plain[0] in NAMEABLE and (own := names.holding(stems[0])):
        columns, means = own, NOTHING
    end = None
    if superlative is not None and not exact and (heads := names.heads(superlative[0])):
        columns, end = heads, superlative[1]
        means = frozenset([f"super-{end}"])
    elif comparative is not None and not exact and (heads := names.heads(comparative[0])):
        columns, means = heads, frozenset([comparative[1]])
    elif not quoted and len(words) == 1 and not exact and _begins(plain[0], columns, names):
        columns, means = (), frozenset(["fill"])
    elif verb is not None and not exact and (heads := names.heads(verb)):
        columns, means = heads, frozenset(["verb"])
    if stems in SOLD and not (quoted or columns or values) and names.rows_are("orders"):
        columns = names.heads(TOTALS)
        means = frozenset(["verb"]) if columns else means
    if not (quoted or columns or values) and len(words) == 1 and (heads := names.heads(COUNTED_IN.get(plain[0], ()))):
        columns, means = heads, frozenset(["verb", "flow"])
    side = None if quoted or exact or values or len(words) > 1 else side_of(names, plain[0], columns)
    if side is not None:
        columns, means, noun = (side[0],), frozenset(side[1].split()), False
    if len(words) == 1 and (part := PARTS.get(plain[0])) is not None and names.date() is not None and not quoted:
        return Item(tuple(words), values=values, part=part, means=means - {"day"})
    if noun and not exact and not (columns and any(names.is_number(name) for name in columns)):
        means = means | {"noun"}
    number = _number(words[0]) if len(words) == 1 else None
    if len(words) == 2 and (scale := SCALES.get(plain[1])) and words[0].text[0].isdigit():
        counted = _number(words[0])
        number = counted * scale if counted is not None else None
    if not (columns or values or means or number is not None):
        return None
    return Item(tuple(words), columns, bool(exact), values, means=means, number=number, end=end)


def _begins(word: str, columns: tuple[str, ...], names: Names) -> bool:
    """Whether a verb speaks of the date that the table is by: “hired” of Hire Date, and “eingetreten” of Joined."""
    date = names.date()
    if word not in DATE_VERBS or date is None:
        return False
    if columns:
        return names.all_dates(columns)
    return word in JOINED and bool(JOINED_HEADS & set(names.words(date.name)))


def _number(word: Word) -> float | None:
    text = word.text.replace("'", "")
    factor = 1.0
    if text[-1:] in "kK" and text[:-1].replace(".", "").replace(",", "").isdigit():
        factor, text = 1_000.0, text[:-1]
    elif text[-1:] in "mM" and text[:-1].replace(".", "").replace(",", "").isdigit():
        factor, text = 1_000_000.0, text[:-1]
    if not any(letter.isdigit() for letter in text):
        found = number_of(word.plain)
        return None if found is None else float(found)
    for mark, other in ((",", "."), (".", ",")):
        if mark in text:
            head, *groups = text.split(mark)
            last = groups[-1].split(other)[0]
            thousands = all(len(group) == 3 for group in [*groups[:-1], last]) and head.lstrip("-") not in ("0", "")
            if thousands or len(groups) > 1:
                text = text.replace(mark, "")
            text = text.replace(",", ".")
            break
    try:
        return float(text) * factor
    except ValueError:
        return None


def _unknown(word: Word, names: Names) -> Item:
    """A word that is no whole name of anything: a part of a value, a slip, or not known."""
    root = stem(word.plain)
    if like := (names.values.like(root) or names.values.like(word.plain)):
        return Item((word,), values=like, loose=True)
    if word.quoted:
        return Item((word,), maybe=names.like(word.plain))
    near = [] if (root,) in KIN else names.near(root) or names.near(word.plain) or names.near(fold(word.text))
    known = None if (root,) in KIN else nearest(word.plain)
    columns = tuple(name for name, value in near if value is None)
    values = tuple((name, value) for name, value in near if value is not None)
    if known is not None and MEANINGS.get((known,)) == frozenset(["fill"]):
        known = None  # to leave a word out is to answer something else
    if known is not None and not near and (known,) in MEANINGS:
        return Item((word,), means=MEANINGS[known,], taken=f"I took “{word.text}” for “{known}”.")
    if len(near) == 1 and (known is None or (known,) not in MEANINGS or stem(known) in names.words(near[0][0])):
        name, value = near[0]
        return Item((word,), columns, values=values, taken=f"I took “{word.text}” for “{value or name}”.")
    return Item((word,), maybe=[value or name for name, value in near] or names.like(word.plain))
