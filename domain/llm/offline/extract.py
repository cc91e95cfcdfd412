"""Summing up a text by its own sentences: those that carry most of its words, in their order."""

import re
from collections import Counter
from collections.abc import Sequence

from domain.llm.offline.vocabulary import STOPWORDS

LABEL = "Extracted, not written by a model."

_MOST_SENTENCES = 400
_SHORTEST, _LONGEST = 30, 420
_MARKUP = re.compile(
    r"!?\[([^\]]*)\]\([^)]*\)|`{1,3}|\*{1,2}|_{2}|^\s{0,3}(?:#{1,6}|>|[-*+]|\d+\.)\s+|<[^>\n]{1,200}>", re.M
)
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_BREAK = re.compile(r"(?<=[.!?…])[\"”’)]?\s+(?=[\"“(]?[A-ZÄÖÜÀ-Þ\d])|\n\s*\n|\n(?=\s*(?:[-*•|#]|\d+[.)])\s)")
_WORD = re.compile(r"[^\W\d_]{3,}")


def plain_text(text: str) -> str:
    """The text without markup and without links: what a page links to is not ours to pass on."""
    return _LINK.sub("", _MARKUP.sub(lambda match: match.group(1) or "", text)).strip()


def summary(text: str, question: str = "", *, most: int = 5) -> str:
    """Up to ``most`` sentences of the text, those that share the question's words first in weight."""
    sentences = _sentences(plain_text(text))
    if len(sentences) <= most:
        return "\n".join(sentences)
    scores = _scores(sentences, question)
    best = sorted(range(len(sentences)), key=lambda place: scores[place], reverse=True)[:most]
    return "\n".join(sentences[place] for place in sorted(best))


def _sentences(text: str) -> list[str]:
    found: dict[str, None] = {}
    for part in _BREAK.split(text):
        sentence = " ".join(part.split())
        if len(sentence) >= _SHORTEST and _WORD.search(sentence):
            found.setdefault(sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST].rsplit(' ', 1)[0]} …")
        if len(found) == _MOST_SENTENCES:
            break
    return list(found) or [text.strip()[:_LONGEST]]


def _scores(sentences: Sequence[str], question: str) -> list[float]:
    words = [_words(sentence) for sentence in sentences]
    counts = Counter(word for sentence in words for word in set(sentence))
    asked = set(_words(question))
    scores: list[float] = []
    for place, sentence in enumerate(words):
        weight = sum(min(counts[word], 12) for word in set(sentence)) / (len(sentence) + 5)
        start = 1.3 if place == 0 else 1.1 if place < 4 else 1.0
        scores.append(start * weight * (1 + 0.5 * len(asked & set(sentence))))
    return scores


def _words(text: str) -> list[str]:
    return [word for word in (found.casefold() for found in _WORD.findall(text)) if word not in STOPWORDS]
