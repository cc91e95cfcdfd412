"""The whole way from a question to a query."""

import re
from dataclasses import replace
from itertools import groupby

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder
from domain.reports.asking.compose import query_of
from domain.reports.asking.draft import Draft
from domain.reports.asking.fitting import fitted
from domain.reports.asking.follow import changed, follows
from domain.reports.asking.items import Item, items_of
from domain.reports.asking.levels import at_its_last
from domain.reports.asking.names import Names
from domain.reports.asking.reader import read
from domain.reports.asking.sentences import COMMANDS, idle, sentences, with_contexts
from domain.reports.asking.telling import told
from domain.reports.asking.times import Calendar
from domain.reports.asking.understood import Understood
from domain.reports.asking.words import Word, word_set, words_of
from domain.reports.mentions import without_file
from domain.reports.querying.query import STEPS, ChartWish, Query
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Table

LONGEST = 1_000
"""Letters of a question beyond which it is no question."""

_FOREIGN = word_set("""
    quel quelle quels quelles combien est sont les des du par une le la moyenne ventes dans cual cuantos cuanto son
    los las el por promedio ventas quali quanti quanto di della sono het een welke hoeveel gemiddelde por qual
    quantos media y en pour avec entre que qui
""")

_REASONS = (
    (
        "why",
        "why something is so: a table shows what happened, not its causes",
        "Ask what changed, or compare two periods.",
    ),
    ("forecast", "what is still to come: the table holds what was", "Ask for the development so far."),
    (
        "opinion",
        "what ought to be done: that is for you to decide",
        "Ask for the numbers that the decision rests on.",
    ),
    ("quotient", "for a number that is reckoned from others, which I cannot do yet", "Ask for each of them."),
    ("sold-out", "for what is at nothing, and not of which number", "Name it, as in “items where stock is 0”."),
)
"""What no query can answer: the meaning of its words, why, and what can be asked instead."""


def understand(question: str, table: Table, previous: Query | None = None) -> Understood:
    """What a person's words ask of a table, with columns and values as the table writes them.

    ``previous``: the query that these words may follow (“and by region?”); a whole new question drops it.
    CPU-bound by the number of different values; belongs into the computing process.

    Raises:
        Invalid: (code UNANSWERABLE) with what was read of the question, what was not, and names that are near.
    """
    if len(question) > LONGEST:
        raise _refused(f"That is a text of {len(question):,} letters, not a question.", "Ask in one or two sentences.")
    said = without_file(question, table.file)
    said = _with_quoted_names(said, table)
    words = words_of(said)
    names = Names(table, tuple(word.text for word in words))
    date = names.date()
    calendar = Calendar(date) if date is not None and any(at is not None for at in date.moments) else None
    if not words:
        raise _refused("There are no words in that question.", f"Ask about {_listed(list(names.columns))}.")
    try:
        return _first_understood(sentences(words), names, calendar, previous, said)
    except Invalid:
        apart = sentences(words, COMMANDS)
        if len(apart) == len(sentences(words)):
            raise
        return _first_understood(apart, names, calendar, previous, said)


def _first_understood(
    cut: list[list[Word]], names: Names, calendar: Calendar | None, previous: Query | None, said: str
) -> Understood:
    """The first sentence that can be understood; the others are left."""
    items = [items_of(sentence, names, calendar) for sentence in cut]
    asked = with_contexts([listed for listed in items if not idle(listed)] or items[:1])
    refused: Invalid | None = None
    for place, listed in enumerate(asked):
        try:
            found = _understood(listed, names, calendar, previous, said)
        except Invalid as error:
            refused = refused or error
            continue
        extra = tuple(_as_written(other, said) for other in (*asked[:place], *asked[place + 1 :]))
        return replace(found, left=(*found.left, *extra))
    assert refused is not None
    raise refused


def _as_written(items: list[Item], said: str) -> str:
    return said[items[0].words[0].at : items[-1].words[-1].end]


def _understood(
    items: list[Item], names: Names, calendar: Calendar | None, previous: Query | None, said: str
) -> Understood:
    _screen(items, names)
    facts = any(item.is_("facts") and not item.columns and not item.values for item in items)
    if facts:
        items = [item for item in items if not item.is_("facts") or item.columns or item.values]
    draft = read(items, names, calendar)
    builder = Builder(draft, names, calendar, previous)
    if draft.left:
        raise _left(draft, builder, said, names)
    if draft.change and not any((draft.measures, draft.groups, draft.subject, draft.times, draft.where, draft.rank)):
        return Understood(builder.base()[0], (), draft.chart, draft.export, facts=True)  # “was hat sich geändert”
    if draft.headers and not (draft.measures or draft.groups or draft.subject or draft.where or draft.rows):
        count = len(names.columns)
        raise _refused(f"The table has {count:,} columns: {', '.join(names.columns)}.", "Ask about one of them.")
    if draft.anychart and draft.chart is None and _against(draft, names):
        draft.chart = "scatter"
    following = (
        previous is not None and (_asks(draft) or _turns(draft)) and (follows(draft, previous) or not _asks(draft))
    )
    if facts:
        query = builder.base()[0]
        return Understood(query, (), draft.chart, draft.export, tuple(dict.fromkeys(draft.assumed)), facts=True)
    drawn = draft.chart is not None or draft.anychart
    if previous is None and not drawn and not _asks(draft) and (draft.export or draft.exported or draft.listing):
        draft.rows = True  # “the table as Excel”
    if not following and not _asks(draft):
        if previous is None and drawn:
            return Understood(builder.base()[0], (), draft.chart, draft.export, facts=True)
        if previous is None or not _turns(draft):
            raise _refused("I found nothing to compute in that question.", f"Ask about {_listed(list(names.columns))}.")
    query = changed(builder, previous) if following and previous is not None else query_of(builder)
    query = at_its_last(names, fitted(draft, query), draft.assumed)
    export = draft.export or ("xlsx" if draft.exported and not draft.chart and not draft.anychart else None)
    return Understood(query, (), _chart(draft, query, names), export, tuple(dict.fromkeys(draft.assumed)))


def _asks(draft: Draft) -> bool:
    """Whether anything of the table was named or asked for."""
    return bool(
        draft.measures or draft.groups or draft.subject or draft.where or draft.times or draft.how or draft.rows
        or draft.noun or draft.many or draft.rank or draft.sort or draft.limit or draft.share or draft.trend
        or draft.change or draft.every_gap
    )  # fmt: skip


def _against(draft: Draft, names: Names) -> bool:
    """“Plot profit against sales”: two columns of numbers, and nothing by which they would be grouped."""
    numbers = [measure for measure in draft.measures if len(measure.columns) == 1 and measure.how is None]
    alone = not draft.groups and not draft.times and not draft.how
    return draft.compare and alone and len(numbers) == 2 and all(names.is_number(one.columns[0]) for one in numbers)


def _turns(draft: Draft) -> bool:
    """Whether anything of the last result is to be another way."""
    wishes = (
        draft.chart
        or draft.anychart
        or draft.export
        or draft.exported
        or draft.behind
        or draft.drop
        or draft.table
        or draft.them
    )
    return bool(wishes or draft.descending is not None)


def _chart(draft: Draft, query: Query, names: Names) -> ChartWish | None:
    """The kind asked for; where a chart of any kind is, lines along time and bars of everything else."""
    if draft.chart == "histogram" and query.by:
        return "bar"
    if draft.chart is not None or not draft.anychart:
        return draft.chart
    dates = {name for name, column in names.columns.items() if column.kind == "date"}
    dated = any(group in STEPS or ": " in group or group in dates for group in query.by)
    return "line" if dated or (not query.by and dates) else "bar"


def _with_quoted_names(question: str, table: Table) -> str:
    """With marks around the long names of columns that stand there word by word: a name may well be a question."""
    names = [column.name for column in table.columns if len(column.name.split()) >= _LONG_NAME]
    forms = {form.strip() for name in names for form in (name, re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", name))}
    for form in sorted(forms, key=len, reverse=True):
        found = re.search(rf"(?<![\w“]){re.escape(form.rstrip('?'))}\??(?!\w)", question, re.IGNORECASE)
        if found is not None and not re.search(r"[“„\"][^”“\"]*$", question[: found.start()]):
            return f"{question[: found.start()]}“{found[0]}”{question[found.end() :]}"
    return question


_LONG_NAME = 4


def _screen(items: list[Item], names: Names) -> None:
    """Refuses what no query can answer, by its name."""
    unknown = [item for item in items if not item.known]
    foreign = [word.plain for item in items for word in item.words if word.plain in _FOREIGN and not item.columns]
    if len(foreign) >= 2 and unknown:
        raise _refused("I read questions in English and in German.", "Please ask again in one of them.")
    for meaning, what, remedy in _REASONS:
        found = next(
            (item for item in items if item.is_(meaning) and not item.columns and not item.values and not item.time),
            None,
        )
        if found is not None:
            raise _refused(f"“{found.said}” asks {what}.", remedy)


def _left(draft: Draft, builder: Builder, said: str, names: Names) -> Invalid:
    """The error that names what was read, what was not, and what may have been meant."""
    parts: list[str] = []
    places = [(item.words[0].at, item.words[-1].end) for item in draft.left]
    joined: list[list[int]] = []
    for at, end in places:
        if joined and not re.search(r"\w", said[joined[-1][1] : at]):
            joined[-1][1] = end
        else:
            joined.append([at, end])
    for at, end in joined:
        before = re.search(
            r"(?:\b(?:by|per|in|for|of|with|without|except|from|nach|pro|je|mit|ohne|für|von)\s+)$", said[:at]
        )
        parts.append(said[before.start() if before else at : end])
    read = _read(draft, builder)
    listed = _either([f"“{part}”" for part in parts], "and")
    sentence = f"I read {read}; {listed} I did not understand." if read else f"{listed} I did not understand."
    near = list(dict.fromkeys(name for item in draft.left for name in item.maybe))[:4]
    if near:
        return _refused(sentence, f"Did you mean {_either(near, 'or')}?")
    if any(item.is_(*STEPS) or item.time for item in draft.left):
        return _refused(sentence, "The table has no dates.")
    return _refused(sentence, f"{names.table.file} has {_listed(list(names.columns))}.")


def _read(draft: Draft, builder: Builder) -> str:
    if not _asks(draft):
        return ""
    try:
        return told(query_of(builder))
    except Invalid:
        return ""


def _refused(sentence: str, remedy: str) -> Invalid:
    return Invalid(sentence, remedy=remedy, code=UNANSWERABLE)


def _either(names: list[str], word: str) -> str:
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)


def _listed(names: list[str]) -> str:
    shown = [name for name, _ in groupby(names)][:8]
    return f"{', '.join(shown)} and {len(names) - 8} more" if len(names) > 8 else _either(shown, "and")
