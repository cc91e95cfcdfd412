"""A message cut into the sentences that ask: greetings, reasons and a second question stand apart."""

from domain.reports.asking.items import Item
from domain.reports.asking.words import Word, word_set

_ANOTHER = word_set("""
    what which how who when why where was welche welcher welches wie wer wann warum wieviel
""")
COMMANDS = word_set("""
    show list give zeig zeige compare vergleiche draw
""")
_REASONS_BEGIN = word_set("""
    because weil damit denn
""")


def sentences(words: list[Word], beginnings: frozenset[str] = frozenset()) -> list[list[Word]]:
    """Cut where a sentence ends, where a reason begins, and where another question begins behind “and”."""
    out: list[list[Word]] = [[]]
    for place, word in enumerate(words):
        nxt = words[place + 1].plain if place + 1 < len(words) else ""
        if word.plain in ("and", "und") and nxt in _ANOTHER | beginnings and len(out[-1]) > 1 and not word.quoted:
            out.append([])
            continue
        if word.plain in _REASONS_BEGIN and len(out[-1]) > 1 and not word.quoted:
            out.append([])
        out[-1].append(word)
        if word.ends in ("?", "!", ".", ";", "\n") and not word.quoted:
            out.append([])
    return [sentence for sentence in out if sentence]


def idle(items: list[Item]) -> bool:
    """Whether a sentence only greets or thanks."""
    return all(item.is_("fill") and not item.columns and not item.values for item in items)


def with_contexts(asked: list[list[Item]]) -> list[list[Item]]:
    """The sentences that ask; one that only says which rows or when (“In 2015.”) belongs to the one behind it."""
    out: list[list[Item]] = []
    before: list[Item] = []
    for place, sentence in enumerate(asked):
        last = place == len(asked) - 1
        if not last and all(item.values or item.time or item.is_("fill", "in", "only", "and") for item in sentence):
            before += sentence
            continue
        out.append([*before, *sentence])
        before = []
    return out
