"""One sentence that answers: the numbers themselves, or who has most, or when it was highest and lowest."""

from dataclasses import dataclass, replace

from domain.reports.facts.fact import Fact
from domain.reports.querying import spans
from domain.reports.querying.asked import Asked
from domain.reports.querying.grouping import Groups, Key, Label
from domain.reports.querying.measures import Measure, Number
from domain.reports.querying.names import called, listed, some
from domain.reports.querying.ordering import leading_measure, smallest_first
from domain.reports.querying.query import How
from domain.reports.querying.saying import About, joined, named, said, what_of


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
        return f"{joined(told)}.", []
    place = leading_measure(question)
    measure, column = question.measures[place], columns[place]
    there = [group for group in order if column[group].value is not None]
    if not there:
        return f"{called(measure.select.column)}{about.text} has no numbers.", []
    query = question.query
    edge = ("highest" if query.order[0].descending else "lowest") if query.limit == 1 and query.order else ""
    told = _Told(groups, measure, column, about, question.keys, smallest_first(question), edge)
    if question.currency is not None:
        return _by_currency(told, question.currency, there)
    if isinstance(column[there[0]].value, int | float):
        return told.superlative(there)
    by = listed([key.name for key in question.keys])
    return f"The {measure.select.how.value} {measure.select.column} is told for each {by}{about.text}.", []


_MOST_CURRENCIES = 4


def _by_currency(told: "_Told", currency: Key, there: list[int]) -> tuple[str, list[int]]:
    """Each currency by itself: its number, or who has most of it."""
    at = next(place for place, key in enumerate(told.keys) if key is currency)
    ranked = sorted(there, key=lambda group: -_size(told.column[group]))
    codes = list(dict.fromkeys(told.groups.labels[group][at].text for group in ranked))[:_MOST_CURRENCIES]
    others = [key for key in told.keys if key is not currency]
    if not others:
        shown = ranked[: len(codes)]
        return f"{told.subject} is {listed([told.value(group) for group in shown])}.", shown
    sentences: list[str] = []
    groups: list[int] = []
    for code in codes:
        mine = [group for group in there if told.groups.labels[group][at].text == code]
        sentence, named = replace(told, keys=others, at=[told.keys.index(key) for key in others]).superlative(mine)
        sentences.append(f"in {code}, {sentence[:1].lower() if sentence.startswith(told.subject) else sentence[:1]}"
                         f"{sentence[1:].removesuffix('.')}")  # fmt: skip
        groups += named
    joined = "; ".join(sentences)
    return f"{joined[:1].upper()}{joined[1:]}.", groups


@dataclass(frozen=True, slots=True)
class _Told:
    """The groups of an answer in words. ``at``: the places of the keys that name a group, where not all of them do;
    ``edge``: highest or lowest, where one of them alone was asked for."""

    groups: Groups
    measure: Measure
    column: list[Number]
    about: About
    keys: list[Key]
    smallest_first: bool = False
    edge: str = ""
    at: list[int] | None = None

    @property
    def subject(self) -> str:
        what = what_of(self.measure)
        return f"{what[:1].upper()}{what[1:]}{self.about.text}"

    def value(self, group: int) -> str:
        return said(self.measure, self.column[group].value, self.column[group].unit)

    def labels(self, group: int) -> list[Label]:
        labels = self.groups.labels[group]
        return list(labels) if self.at is None else [labels[place] for place in self.at]

    def name(self, group: int) -> str:
        return named(self.labels(group))

    def besides(self, group: int) -> str:
        """The name of an only group, without what the conditions and the period said already."""
        there, time = self.about.segment, self.about.period
        pairs = zip(self.keys, self.labels(group), strict=True)
        new = [
            label for key, label in pairs
            if (label.period != time if label.period is not None else (key.name, label.text) not in there)
        ]  # fmt: skip
        return f" for {named(new)}" if new else ""

    def time(self, group: int) -> str:
        return " ".join(spans.told(label.period) for label in self.labels(group)[-1:] if label.period is not None)

    def superlative(self, groups: list[int]) -> tuple[str, list[int]]:
        """Which group has most, or when it was highest, and the groups that are named."""
        ranked = sorted(groups, key=lambda group: -_size(self.column[group]))
        if self.smallest_first:
            ranked.reverse()
        first, last, value = ranked[0], ranked[-1], self.value
        same = [group for group in ranked if self.column[group].value == self.column[first].value]
        if len(ranked) == 1:
            return f"{self.subject}{self.besides(first)} is {value(first)}.", [first]
        if len(same) == len(ranked):
            each = some([self.name(group) for group in same], 5)
            return f"{self.subject} is {value(first)} for each of {each}.", same[:5]
        if all(key.lasting for key in self.keys):
            if self.edge and self.measure.select.how in (How.MIN, How.MAX):  # “the hottest day”
                what, one = called(self.measure.select.column), groups[0]
                return f"{what}{self.about.text} was {self.edge} {self.time(one)}, with {value(one)}.", [one]
            most, least = f"{self.time(first)}, with {value(first)}", f"{self.time(last)}, with {value(last)}"
            if _size(self.column[first]) <= 0:  # of what was spent, “highest” would be read as most
                return f"{self.subject} was lowest {least}, and highest {most}.", [last, first]
            return f"{self.subject} was highest {most}, and lowest {least}.", [first, last]
        second, what = ranked[1], what_of(self.measure)
        extreme = self.measure.select.how in (How.MIN, How.MAX)
        if not extreme or self.smallest_first is not (self.measure.select.how is How.MIN):
            what = f"{'lowest' if self.smallest_first else 'highest'} {what}"
        if len(same) > 1:
            shared = some([self.name(group) for group in same], 4)
            return f"{shared} share the {what}{self.about.text}: {value(first)} each.", same[:4]
        if extreme:
            return (
                f"The {what}{self.about.text} is {value(first)}, for {self.name(first)}; "
                f"{self.name(second)} follows with {value(second)}."
            ), [first, second]
        return (
            f"{self.name(first)} has the {what}{self.about.text}: {value(first)}; "
            f"{self.name(second)} follows with {value(second)}."
        ), [first, second]


def _size(number: Number) -> float:
    return float(number.value) if isinstance(number.value, int | float) else 0.0
