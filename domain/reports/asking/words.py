"""A question cut into words, each with a plain form that does without case, accents, umlauts and plural."""

import re
from dataclasses import dataclass
from functools import lru_cache

from domain.reports.reading.months import fold

_TOKEN = re.compile(
    r"\d{4}-\d{2}(?:-\d{2})?(?!\w)|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}/\d{4}"  # dates
    r"|(?<![\w.,])-?\d+(?:[.,']\d+)*(?:[kKmM]\b)?(?!\w)"  # numbers
    r"|\d+\+"  # 45+
    r"|>=|<=|!=|<>|[<>=≥≤≠]"
    r"|[^\W_]+(?:['’](?:s|S|t)\b)?"
)
_BREAK = re.compile(r"[?!;\n]|[.:,](?=\s|$)")
_QUOTED = re.compile(r"“([^”]+)”|„([^“”]+)[“”]|\"([^\"]+)\"|«([^»]+)»|(?<!\w)'([^']+)'(?!\w)|(?<!\w)‘([^’]+)’(?!\w)")
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_ENDINGS = ("en", "e")
_SHORTEST = 4
"""So many letters a word keeps when its plural ending is cut off."""
_LONG = 5


@dataclass(frozen=True, slots=True)
class Word:
    """``at`` and ``end``: where it stands in the question. ``ends``: a sentence mark or a comma follows it at once.

    ``quoted`` counts the quotations: words of one share a number; 0 stands outside of all. ``dash``: nothing but a dash
    stands between it and the next.
    """

    text: str
    plain: str
    at: int
    end: int
    ends: str = ""
    quoted: int = 0
    dash: bool = False


def word_set(listed: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(listed.split())


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """Lower-case letters without accents; ä and ae are one."""
    out = fold(word).removesuffix("'s").removesuffix("’s").replace("’", "'")
    for long, short in _UMLAUTS:
        out = out.replace(long, short)
    return out


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A plain word without the commonest plural endings of English and German."""
    if any(letter.isdigit() for letter in word):
        return word
    if word.endswith("ies") and len(word) > _SHORTEST + 1:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORTEST:
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    if word.endswith("en") and len(word) > _SHORTEST:
        return word[:-1]  # Noten, Namen
    return word[:-1] if word.endswith(("ln", "rn")) and len(word) > _LONG else word


def words_of(question: str) -> list[Word]:
    """The words, numbers, dates and signs of a question, in order."""
    quotes = [(found.start(), found.end()) for found in _QUOTED.finditer(question)]
    found = list(_TOKEN.finditer(question))
    out: list[Word] = []
    for place, token in enumerate(found):
        upto = found[place + 1].start() if place + 1 < len(found) else len(question)
        mark = _BREAK.search(question[token.end() : upto])
        quoted = next((n for n, (at, end) in enumerate(quotes, 1) if at <= token.start() < end), 0)
        text = token[0]
        ends = mark[0] if mark else ""
        if ends == "." and text.isdigit() and len(text) < 3 and place + 1 < len(found):
            ends = ""  # “3. Quartal”
        dash = question[token.end() : upto].strip() in ("-", "–", "—")
        out.append(Word(text, plain(text), token.start(), token.end(), ends, quoted, dash))
    return out


def name_words(name: str) -> tuple[str, ...]:
    """The stems of a column's name or a value: “unitPrice”, “Unit_Price” and “unit prices” are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ")
    return tuple(stem(plain(word)) for word in _TOKEN.findall(spaced))


def slips(word: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, surplus or swapped with their neighbour; ``most + 1`` where more are."""
    if abs(len(word) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        last, before_last = row, before
        row = [i]
        for j, its in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == its:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before = last
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def slips_allowed(word: str) -> int:
    """How many slips a word of this length is forgiven: none below four letters, and none where digits tell apart."""
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 9 else 2
