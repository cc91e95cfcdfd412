"""Computed facts as a short answer: what was asked, what changed, what to look at, what spoils the data."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from domain.llm.offline.focus import dimensions
from domain.llm.offline.plans import listed
from domain.llm.offline.subject import speaks_of_data
from domain.llm.offline.vocabulary import ASKING, STOPWORDS, TIME_UNITS

Fact = Mapping[str, Any]

_MOST = 9
"""Sentences in all, the first included: a reader takes in no more at once."""

_SECTIONS = (
    ("What changed", (("change", "anomaly"), ("trend",)), 3),
    ("Worth a look", (("share", "ranking", "average", "total"),), 2),
    ("Data quality", (("data_quality",),), 2),
)
"""Each with the types of fact it holds, those first that matter more, and how many of them."""

_NEW = 40.0
"""The score from which on a fact says something of its own (domain/reports/facts/first.py)."""

_MOST_ASKED = 6
_MOST_NOTES = 3
_WORD = re.compile(r"[^\W_]+")


def worded_facts(analysis: Mapping[str, Any], question: str) -> str:
    """An answer from the output of analyse_table, in the facts' own sentences."""
    facts = [fact for fact in cast("list[Fact]", analysis.get("facts") or []) if sentence(fact)]
    if not facts:
        return f"No facts could be computed from {_file(analysis)}.\n\n{_closing(analysis, 0)}"
    asked = _asked_for(facts, question)
    rest = [fact for fact in facts if fact not in asked and not _said_before(fact)]
    headline = _headline(facts) if not asked else None
    opening = asked if headline is None else [headline]
    room = _MOST - len(opening)
    parts = [*_unheard_of(analysis, facts, question), _opening(opening)]
    for title, types, most in _SECTIONS:
        chosen = _of_types([fact for fact in rest if fact is not headline], types)[: min(most, room)]
        room -= len(chosen)
        if chosen:
            parts.append(f"{title}\n{_bullets(chosen)}")
    parts += _read(analysis)
    parts.append(_closing(analysis, len(facts)))
    return "\n\n".join(parts)


def _said_before(fact: Fact) -> bool:
    """Whether a fact only says what a more important one has said: facts rank such last."""
    score = fact.get("score")
    return isinstance(score, int | float) and score < _NEW


def _read(analysis: Mapping[str, Any]) -> list[str]:
    """How the table was read, where it left that open or something of it out."""
    notes = [str(note) for note in cast("list[object]", analysis.get("notes") or [])]
    return ["How it was read\n" + "\n".join(f"- {note}" for note in notes[:_MOST_NOTES])] if notes else []


def _unheard_of(analysis: Mapping[str, Any], facts: Sequence[Fact], question: str) -> list[str]:
    """One sentence that names what the question turns on and the table says nothing of."""
    named = [
        *(str(column.get("name")) for column in cast("list[Mapping[str, Any]]", analysis.get("columns") or [])),
        *(str(value) for fact in facts for value in (fact.get("metric"), *_segment(fact).values())),
        *(sentence(fact) for fact in facts),
        _file(analysis),
    ]
    known = {_stem(word) for name in named for word in _folded(name)}
    words = [word for word in dict.fromkeys(_folded(question)) if _turns_on(word) and _stem(word) not in known]
    if not words or any(_stem(word) in known for word in _folded(question) if _turns_on(word)):
        return []
    return [f"Of {listed([f'“{word}”' for word in words[:3]])} the facts say nothing; this is what the table holds."]


def _turns_on(word: str) -> bool:
    """Whether it is a word a table could be about, rather than one that asks, joins or measures."""
    return len(word) > 3 and word.isalpha() and word not in STOPWORDS | ASKING | TIME_UNITS and not speaks_of_data(word)


def _stem(word: str) -> str:
    return word[:4]


def _of_types(facts: Sequence[Fact], types: Sequence[Sequence[str]]) -> list[Fact]:
    return [fact for alike in types for fact in facts if fact.get("type") in alike]


def sentence(fact: Fact) -> str:
    return " ".join(str(fact.get("text") or "").split())


def _asked_for(facts: Sequence[Fact], question: str) -> list[Fact]:
    """Facts about a value the question names (“Hillside”), else about a column it wants its answer by."""
    words = _folded(question)
    named = [fact for fact in facts if any(_named(value, words) for value in _segment(fact).values())]
    if named:
        return named[:_MOST_ASKED]
    columns = [_folded(column) for column in dimensions(question)]
    about = [fact for fact in facts if any(_same(column, key) for column in columns for key in _segment(fact))]
    if not about:
        return []
    # One fact for each value of the column says more than everything about the first of them.
    first: dict[str, Fact] = {}
    for fact in about:
        first.setdefault(str(_segment(fact)), fact)
    return [*_whole(facts, about[0].get("metric")), *list(first.values())[:_MOST_ASKED]]


def _whole(facts: Sequence[Fact], metric: object) -> list[Fact]:
    """The total that the parts are parts of."""
    totals = (fact for fact in facts if fact.get("type") == "total" and not _segment(fact))
    return [fact for fact in totals if fact.get("metric") == metric][:1]


def _headline(facts: Sequence[Fact]) -> Fact:
    """The first total, where there is one: facts come in the order of their importance."""
    return next((fact for fact in facts if fact.get("type") == "total"), facts[0])


def _opening(facts: Sequence[Fact]) -> str:
    return sentence(facts[0]) if len(facts) == 1 else f"{sentence(facts[0])}\n{_bullets(facts[1:])}"


def _bullets(facts: Sequence[Fact]) -> str:
    return "\n".join(f"- {sentence(fact)}" for fact in facts)


def _segment(fact: Fact) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", fact.get("segment") or {})


def _folded(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _named(value: object, words: Sequence[str]) -> bool:
    """Whether the value's words stand in the question one after another. Bare numbers name nothing."""
    name = _folded(str(value))
    if not name or all(part.isdigit() for part in name) or len("".join(name)) < 3:
        return False
    return any(list(words[start : start + len(name)]) == name for start in range(len(words) - len(name) + 1))


def _same(column: Sequence[str], key: str) -> bool:
    """Column names agree without regard to case and plural."""
    return [word.rstrip("s") for word in column] == [word.rstrip("s") for word in _folded(key)]


def _file(analysis: Mapping[str, Any]) -> str:
    return str(analysis.get("file") or "the table")


def _closing(analysis: Mapping[str, Any], count: int) -> str:
    rows = analysis.get("rows")
    of_rows = f" from {rows:,} rows" if isinstance(rows, int) else ""
    facts = "1 fact" if count == 1 else f"{count} facts"
    return f"{facts} computed{of_rows} of {_file(analysis)}."
