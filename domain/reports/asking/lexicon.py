"""The words of questions as the reader looks them up: plain phrases and what they may mean."""

from domain.reports.asking import english, german, kin, turns
from domain.reports.asking.words import name_words, plain, slips, slips_allowed, stem

Phrase = tuple[str, ...]


def _phrases(listed: str) -> list[Phrase]:
    return [tuple(plain(word) for word in phrase.replace("-", " ").split()) for phrase in listed.split(" | ")]


def _meanings() -> dict[Phrase, frozenset[str]]:
    out: dict[Phrase, set[str]] = {}
    for language in (english.PHRASES, german.PHRASES):
        for meaning, listed in language.items():
            for phrase in _phrases(listed):
                out.setdefault(phrase, set()).add(meaning)
    return {phrase: frozenset(meanings) for phrase, meanings in out.items()}


MEANINGS = _meanings()
SUPERLATIVES: dict[Phrase, tuple[tuple[Phrase, ...], str]] = {
    phrase: (tuple(name_words(head) for head in heads.split(" | ")), end)
    for listed, (heads, end) in turns.SUPERLATIVES.items()
    for phrase in _phrases(listed)
}
COMPARATIVES: dict[Phrase, tuple[tuple[Phrase, ...], str]] = {
    phrase: (tuple(name_words(head) for head in heads.split(" | ")), sign)
    for listed, (heads, sign) in turns.COMPARATIVES.items()
    for phrase in _phrases(listed)
}
MEASURING: dict[str, tuple[Phrase, ...]] = {
    word: tuple(name_words(head) for head in heads.split(" | "))
    for words, heads in turns.MEASURING.items()
    for word in words.split()
}
COMPOUNDS = turns.COMPOUNDS
ASKED: dict[Phrase, tuple[Phrase, ...]] = {
    phrase: tuple(name_words(head) for head in heads.split(" | "))
    for listed, heads in turns.ASKED.items()
    for phrase in _phrases(listed)
}
DATE_VERBS = frozenset(turns.DATE_VERBS.split())
JOINED, JOINED_HEADS = frozenset(turns.JOINED.split()), frozenset(name_words(turns.JOINED_HEADS))
AGES: tuple[Phrase, ...] = (name_words("age"), name_words("alter"))
TAILS = turns.TAILS
VERBS: dict[str, tuple[Phrase, ...]] = {
    word: tuple(name_words(head) for head in heads.split(" | "))
    for words, heads in turns.VERBS.items()
    for word in words.split()
}
OUTGOING, INCOMING = frozenset(turns.OUTGOING.split()), frozenset(turns.INCOMING.split())
SPENT, EARNED = frozenset(turns.SPENT.split()), frozenset(turns.EARNED.split())
DEBIT, CREDIT = frozenset(name_words(turns.DEBIT)), frozenset(name_words(turns.CREDIT))
HAPPENINGS: dict[str, tuple[Phrase, ...]] = {
    word: tuple((stem(other),) for other in words.split()) for words in turns.HAPPENINGS for word in words.split()
}
PERSONS = frozenset(plain(word) for word in ["men", "women", "man", "woman", "männer", "frauen", "mann", "frau"])
PEOPLE = frozenset(word for words in turns.ROW_NOUNS if "people" in words.split() for word in words.split())
ROW_NOUNS, DATED_NOUNS = (
    {word: frozenset(name_words(heads)) for words, heads in listed.items() for word in words.split()}
    for listed in (turns.ROW_NOUNS, turns.DATED_NOUNS)
)


def _kin(lines: tuple[str, ...]) -> dict[Phrase, frozenset[Phrase]]:
    out: dict[Phrase, set[Phrase]] = {}
    for line in lines:
        group = {name_words(name) for name in line.split(" | ")}
        for name in group:
            out.setdefault(name, set()).update(group - {name})
    return {name: frozenset(others) for name, others in out.items()}


KIN = _kin(kin.KIN)
VALUE_KIN = _kin(kin.VALUES)
SOLD: frozenset[Phrase] = KIN[name_words("sales")] | {name_words("sales")}
"""Words for what was sold: an amount, never rows."""
TEXTS = frozenset(name_words(turns.TEXTS))
COUNTED_IN: dict[str, tuple[Phrase, ...]] = {
    word: tuple(name_words(head) for head in heads.split(" | "))
    for words, heads in turns.COUNTED_IN.items()
    for word in words.split()
}
TOTALS: tuple[Phrase, ...] = tuple(name_words(one) for one in ("total", "order total", "gesamt", "gesamtbetrag"))
"""What an order comes to."""
NAMEABLE = frozenset(plain(word) for word in turns.NAMEABLE.split())
LONGEST = max(map(len, [*MEANINGS, *SUPERLATIVES, *COMPARATIVES]))
_KNOWN: dict[str, list[str]] = {}
for _phrase in [*MEANINGS, *SUPERLATIVES]:
    for _word in _phrase:
        if len(_word) >= 5:
            _KNOWN.setdefault(_word[0], []).append(_word)


def nearest(word: str) -> str | None:
    """The one word of questions that this one is a slip away from, if it has five letters at least."""
    if len(word) < 5:
        return None
    allowed = slips_allowed(word)
    found = {known for known in _KNOWN.get(word[0], ()) if slips(word, known, 1) <= min(allowed, 1)}
    return found.pop() if len(found) == 1 else None
