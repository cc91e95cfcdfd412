"""Words that say nothing of their own beside the one number that a question names."""

from domain.reports.asking.items import Item
from domain.reports.asking.lexicon import SUPERLATIVES
from domain.reports.asking.names import Names
from domain.reports.asking.words import plain, word_set

_SELLING = word_set("""
    sold sell sells selling verkauft verkaufen verkaufte verkauften earn earns earned earning verdient verdienen
    verdiente verdienten
""")
_SIZED = frozenset(map(plain, ["longest", "shortest", "längste", "längsten", "kürzeste", "kürzesten"]))
"""Superlatives of any number that has a length: “the longest response time”."""


def with_their_number(items: list[Item], names: Names) -> None:
    """“which region sold most in Q3”, “longest response”: what is left of such words is the number that is named."""
    measures = {item.columns for item in items if item.columns and all(map(names.is_number, item.columns))}
    for place, item in enumerate(items):
        if item.known or len(item.words) > 1 or item.quoted:
            continue
        word = item.plain
        after = items[place + 1] if place + 1 < len(items) else item
        if word in _SELLING and len(measures) == 1 and len(one := next(iter(measures))) == 1:
            item.columns, item.means, item.maybe = one, frozenset(["verb", "flow"]), []
        elif word in _SIZED and after.columns in measures:
            item.means, item.maybe = frozenset([SUPERLATIVES[word,][1]]), []
