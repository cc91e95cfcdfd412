"""Outcomes: columns that say yes or no (survived, churned, paid), and by which groups that differs most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.reports.facts import wording
from domain.reports.facts.fact import Fact, Segment
from domain.reports.facts.frame import NO_VALUE, Dimension, Floats, Frame
from domain.reports.facts.groups import CHANCE, FEWEST, association, filled, grades, twins
from domain.reports.facts.measure import ROWS, counted_by, is_flag, role_of
from domain.reports.facts.state import reworded, state_average, state_share
from domain.reports.facts.words import hints

MOST_OUTCOMES = 4
MOST_GROUPINGS = 5
_MOST_NAMED = 4  # groups in one sentence
_LEAST = 0.005  # of the spread that a grouping explains
_LEAST_UNHINTED = 0.03
_APART = 0.05  # between the highest and the lowest rate
_SAME = 0.98  # the outcome itself in other words
_NEARLY = 0.8  # of what the best of groupings that say the same explains: then the first column is told

_YES = frozenset(["yes", "y", "true", "ja", "oui", "si", "sí", "sim", "tak", "j", "1"])
_NO = frozenset(["no", "n", "false", "nein", "non", "não", "nao", "nie", "nej", "nee", "0"])


@dataclass(frozen=True, slots=True)
class _Outcome:
    """``value`` is what is said to happen or not; ``sure`` that the column says yes or no, or is called an outcome."""

    of: Dimension
    value: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Story:
    outcome: _Outcome
    by: Dimension
    explains: float


def outcome_facts(frame: Frame, metrics: list[str]) -> list[Fact]:
    """The rate of each outcome by the groups that explain it, those that explain most first, and its rate overall."""
    if frame.panel or frame.table.wide is not None:
        return []
    frame.grades = grades(frame)
    counter = counted_by(frame, metrics)
    weights = np.nan_to_num(frame.numbers[counter]) if counter else np.ones(len(frame.rows))
    facts: list[Fact] = []
    for place, (outcome, stories) in enumerate(_told(frame, weights)):
        first = (84.0 if frame.starts else 94.0) - 4 * place if outcome.sure else 72.0 - 4 * place
        told = [_stated(frame, story, counter, weights, first - 0.6 * at) for at, story in enumerate(stories)]
        overall = _overall(
            frame, outcome, counter, first - 0.6 * MOST_GROUPINGS if outcome.sure and any(told) else 50.0
        )
        facts += [fact for fact in (overall, *told) if fact is not None]
    return facts


def _told(frame: Frame, weights: Floats) -> list[tuple[_Outcome, list[_Story]]]:
    """Outcomes with what explains them, of the likeliest kind of column of which anything does."""
    groupings = [one for one in (*frame.dimensions, *frame.grades) if one.name != frame.currency]
    order = {column.name: place for place, column in enumerate(frame.table.columns)}
    groupings.sort(key=lambda one: order.get(one.name, len(order)))
    sure: list[tuple[_Outcome, list[_Story]]] = []
    for outcomes in _outcomes(groupings, weights):
        distinct: list[_Outcome] = []
        for one in outcomes:
            if not any(_is_the_same(one.of, other.of, weights) for other in distinct):
                distinct.append(one)
        told = _explained(distinct[:MOST_OUTCOMES], groupings, order, weights)
        if any(stories for _, stories in told):
            return sorted(told, key=lambda item: -max((story.explains for story in item[1]), default=0.0))
        sure = sure or [item for item in told if item[0].sure]
    return sure


def _explained(
    outcomes: list[_Outcome], groupings: Sequence[Dimension], order: dict[str, int], weights: Floats
) -> list[tuple[_Outcome, list[_Story]]]:
    """What explains each outcome; of two columns that could both be the outcome of the other, one is told."""
    pairs = max(1, len(outcomes) * len(groupings))
    told: list[tuple[_Outcome, list[_Story]]] = []
    known: set[frozenset[str]] = set()
    for outcome in outcomes:
        found: list[_Story] = []
        for by in groupings:
            if by.name == outcome.of.name or frozenset((by.name, outcome.of.name)) in known:
                continue
            explains, chance = association(outcome.of, by, weights, filled(outcome.of) & filled(by))
            enough = _LEAST if outcome.sure else _LEAST_UNHINTED
            if enough <= explains < _SAME and chance * pairs < CHANCE:
                found.append(_Story(outcome, by, explains))
        stories = _without_twins(sorted(found, key=lambda one: -one.explains), order, weights)
        known |= {frozenset((story.by.name, outcome.of.name)) for story in stories}
        if stories or outcome.sure:
            told.append((outcome, stories[:MOST_GROUPINGS]))
    return told


def _outcomes(groupings: Sequence[Dimension], weights: Floats) -> list[list[_Outcome]]:
    """Two-valued columns that may be one: those called so, those that say yes or no, and any others."""
    found: tuple[list[_Outcome], ...] = ([], [], [])
    for one in groupings:
        values = [value for value in one.values if value != NO_VALUE]
        if len(values) != 2:
            continue
        yes = [value for value in values if value.casefold() in _YES]
        no = [value for value in values if value.casefold() in _NO]
        size = np.bincount(one.codes, weights, len(one.values))
        rarer = min(values, key=lambda value: (size[one.values.index(value)], value))
        called = hints(one.name, "outcome")
        if len(yes) == len(no) == 1:
            found[0 if called else 1].append(_Outcome(one, yes[0], sure=True))
        else:
            found[0 if called else 2].append(_Outcome(one, rarer, sure=called))
    return list(found)


def _is_the_same(one: Dimension, other: Dimension, weights: Floats) -> bool:
    return association(one, other, weights, filled(one) & filled(other))[0] >= _SAME


def _without_twins(stories: list[_Story], order: dict[str, int], weights: Floats) -> list[_Story]:
    """Of groupings that say nearly the same, the first column that explains nearly as much as the best."""
    kept: list[_Story] = []
    left = list(stories)
    while left:
        best = left[0]
        chosen = filled(best.by)
        same = [one for one in left if one is best or twins(best.by, one.by, weights, chosen & filled(one.by))]
        near = [one for one in same if one.explains >= _NEARLY * best.explains]
        kept.append(min(near, key=lambda one: order.get(one.by.name, len(order))))
        left = [one for one in left if one not in same]
    return kept


def _overall(frame: Frame, outcome: _Outcome, counter: str | None, score: float) -> Fact | None:
    if _averaged(frame, outcome, counter):
        return state_average(frame, outcome.of.name, (), score)
    return state_share(frame, counter or ROWS, ((outcome.of.name, outcome.value),), score)


def _averaged(frame: Frame, outcome: _Outcome, counter: str | None) -> bool:
    """Whether the rate is the mean of a column of 0 and 1."""
    name = outcome.of.name
    return counter is None and name in frame.numbers and is_flag(frame, name) and role_of(frame, name).kind == "value"


def _stated(frame: Frame, story: _Story, counter: str | None, weights: Floats, score: float) -> Fact | None:
    """One fact about the group with the highest rate, which names the others' rates too."""
    outcome, by = story.outcome, story.by
    chosen = filled(outcome.of) & filled(by)
    yes = chosen & (outcome.of.codes == outcome.of.values.index(outcome.value))
    size = np.bincount(by.codes[chosen], weights[chosen], len(by.values))
    having = np.bincount(by.codes[yes], weights[yes], len(by.values))
    rates = sorted(
        ((float(having[code] / size[code]), value) for code, value in enumerate(by.values) if size[code] >= FEWEST),
        key=lambda item: -item[0],
    )
    if len(rates) < 2 or rates[0][0] - rates[-1][0] < _APART:
        return None
    segment: Segment = ((by.name, rates[0][1]),)
    if _averaged(frame, outcome, counter):
        fact = state_average(frame, outcome.of.name, segment, score)
    else:
        fact = state_share(frame, counter or ROWS, (*segment, (outcome.of.name, outcome.value)), score)
    if fact is None:
        return None
    overall = float(weights[yes].sum() / weights[chosen].sum())
    return reworded(frame, fact, _sentence(outcome, by, rates, overall, counter))


def _sentence(
    outcome: _Outcome, by: Dimension, rates: list[tuple[float, str]], overall: float, counter: str | None
) -> str:
    shown = rates if len(rates) <= _MOST_NAMED else [rates[0], rates[-1]]
    parts = [f"{wording.percent(rate)} of {value}" for rate, value in shown]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}".replace(" of ", f" of {by.name} ", 1)
    beside = "" if len(shown) == len(rates) else f", the highest and the lowest of {len(rates)}"
    counted = f", by {counter}" if counter else ""
    return f"{outcome.of.name} is {outcome.value} for {listed}{beside} ({wording.percent(overall)} of all{counted})."
