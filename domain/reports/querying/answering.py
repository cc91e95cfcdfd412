"""One sentence that answers: the numbers themselves, or who has most, or when it was highest and lowest."""

from collections.abc import Sequence

from domain.reports.facts.fact import Fact
from domain.reports.querying import spans
from domain.reports.querying.asked import Asked
from domain.reports.querying.grouping import Groups, Label
from domain.reports.querying.measures import Measure, Number
from domain.reports.querying.names import listed, some
from domain.reports.querying.saying import About, named, said, what_of


def answer_of(
    question: Asked,
    groups: Groups,
    columns: list[list[Number]],
    order: list[int],
    facts: list[list[Fact]],
    about: About,
) -> tuple[str, list[int]]:
    """The sentence that answers, and the groups it names."""
    if not question.keys:
        told = [fact.text.removesuffix(".") for fact in facts[0]]
        return f"{'; '.join(told)}.", []
    measure, column = question.measures[0], columns[0]
    there = [group for group in order if column[group].value is not None]
    if not there:
        return f"{measure.select.column}{about.text} has no numbers.", []
    if question.currency is not None:
        return _by_currency(question, groups, measure, column, there, about)
    if isinstance(column[there[0]].value, int | float):
        ranked = sorted(there, key=lambda group: -_size(column[group]))
        return _superlative(question, groups, measure, column, ranked, about)
    by = listed([key.name for key in question.keys])
    return f"The {measure.select.how.value} {measure.select.column} is told for each {by}{about.text}.", []


def _by_currency(
    question: Asked, groups: Groups, measure: Measure, column: list[Number], there: list[int], about: About
) -> tuple[str, list[int]]:
    """Each currency by itself: its number, or who has most of it."""
    ranked = sorted(there, key=lambda group: -_size(column[group]))
    at = next(place for place, key in enumerate(question.keys) if key is question.currency)
    currencies = dict.fromkeys(groups.labels[group][at].text for group in ranked)
    told: list[str] = []
    named: list[int] = []
    for currency in list(currencies)[:_MOST_CURRENCIES]:
        mine = [group for group in ranked if groups.labels[group][at].text == currency]
        sentence, some = _superlative(question, groups, measure, column, mine, about)
        told.append(sentence.removesuffix("."))
        named += some
    return f"{'; '.join(told)}.", named


_MOST_CURRENCIES = 4


def _superlative(
    question: Asked, groups: Groups, measure: Measure, column: list[Number], ranked: list[int], about: About
) -> tuple[str, list[int]]:
    what = what_of(measure)
    least = any(not one.descending for one in question.query.order[:1]) and not any(
        key.ordered for key in question.keys
    )
    if least:
        ranked = ranked[::-1]
    most = "lowest" if least else "highest"

    def value(group: int) -> str:
        return said(measure, column[group].value, column[group].unit)

    first, last = ranked[0], ranked[-1]
    name = named(groups.labels[first])
    same = [group for group in ranked if column[group].value == column[first].value]
    if len(ranked) == 1:
        return f"{what[:1].upper()}{what[1:]} for {name}{about.text} is {value(first)}.", [first]
    if len(same) == len(ranked):
        each = some([named(groups.labels[group]) for group in same], 5)
        return f"{what[:1].upper()}{what[1:]}{about.text} is {value(first)} for each of {each}.", same[:5]
    if all(key.lasting for key in question.keys):
        return (
            f"{what[:1].upper()}{what[1:]}{about.text} was highest {_time(groups.labels[first])}, with {value(first)}, "
            f"and lowest {_time(groups.labels[last])}, with {value(last)}."
        ), [first, last]
    if len(same) > 1:
        shared = some([named(groups.labels[group]) for group in same], 4)
        return f"{shared} share the {most} {what}{about.text}: {value(first)} each.", same[:4]
    second = ranked[1]
    return (
        f"{name} has the {most} {what}{about.text}: {value(first)}; "
        f"{named(groups.labels[second])} follows with {value(second)}."
    ), [first, second]


def _time(labels: Sequence[Label]) -> str:
    return " ".join(spans.told(label.period) for label in labels[-1:] if label.period is not None)


def _size(number: Number) -> float:
    return float(number.value) if isinstance(number.value, int | float) else 0.0
