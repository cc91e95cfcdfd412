"""Dates and periods as people say them: “Q3”, “3 May 2015”, “the last 3 months”, “seit März”."""

import re
from collections.abc import Sequence
from datetime import datetime

from domain.reports.asking.times import Calendar, Time
from domain.reports.asking.words import Word, word_set
from domain.reports.facts.steps import Step
from domain.reports.querying.query import Span

_MONTHS = (
    "january jan januar janner jaenner",
    "february feb februar feber",
    "march mar marz maerz mrz",
    "april apr",
    "may mai",
    "june jun juni",
    "july jul juli",
    "august aug",
    "september sep sept",
    "october oct oktober okt",
    "november nov",
    "december dec dezember dez",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_ORDINALS = {
    name: number
    for number, names in enumerate(
        (
            "first 1st erste ersten erstes erster",
            "second 2nd zweite zweiten zweites",
            "third 3rd dritte dritten drittes",
            "fourth 4th vierte vierten viertes",
        ),
        1,
    )
    for name in names.split()
}
_STEP_WORDS: tuple[tuple[Step, str], ...] = (
    ("year", "year years jahr jahre jahren jahres"),
    ("quarter", "quarter quarters quartal quartale quartalen quartals"),
    ("month", "month months monat monate monaten monats"),
    ("week", "week weeks woche wochen"),
    ("day", "day days tag tage tagen"),
)
_STEPS: dict[str, Step] = {name: step for step, names in _STEP_WORDS for name in names.split()}
_LAST = word_set("""
    last past latest letzten letztes letzter letztem letzte vergangenen vergangenes vergangener
""")
_BEFORE = word_set("""
    previous preceding prior vorigen voriges vorige vorheriges vorherigen
""")
_THIS = word_set("""
    this current diesen dieses diesem diese dieser aktuellen aktuelle laufenden
""")
_QUARTERS = word_set("""
    quarter quartal quartals
""")
_HALVES = word_set("""
    half halbjahr halfyear halfte
""")
_SMALL = {
    name: number
    for number, names in enumerate(
        ("two zwei", "three drei", "four vier", "five funf", "six sechs", "seven sieben", "eight acht", "nine neun",
         "ten zehn", "eleven elf", "twelve zwolf"),
        2,
    )
    for name in names.split()
}  # fmt: skip

_WEEKDAYS = (
    ("Monday", "monday mondays montag montags montage mon"),
    ("Tuesday", "tuesday tuesdays dienstag dienstags dienstage tue"),
    ("Wednesday", "wednesday wednesdays mittwoch mittwochs mittwoche wed"),
    ("Thursday", "thursday thursdays donnerstag donnerstags donnerstage thu"),
    ("Friday", "friday fridays freitag freitags freitage fri"),
    ("Saturday", "saturday saturdays samstag samstags samstage sonnabend sat"),
    ("Sunday", "sunday sundays sonntag sonntags sonntage"),
)
_SEASONS = (
    (("March", "April", "May"), "spring fruhling fruhjahr"),
    (("June", "July", "August"), "summer summers sommer"),
    (("September", "October", "November"), "autumn herbst"),
    (("December", "January", "February"), "winter winters"),
)
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    **{name: ("weekday", (day,)) for day, names in _WEEKDAYS for name in names.split()},
    **{name: ("month", months) for months, names in _SEASONS for name in names.split()},
    **dict.fromkeys(("weekend", "weekends", "wochenende", "wochenenden"), ("weekday", ("Saturday", "Sunday"))),
}
"""Words for parts of every week or year: the step that they are of, and which of it."""


def number_of(word: str) -> int | None:
    """A whole number in digits or as a word from two to twelve."""
    if word.isdigit() and len(word) < 10:
        return int(word)
    return _SMALL.get(word)


def period_at(words: Sequence[Word], at: int, calendar: Calendar) -> tuple[Time, int] | None:
    """The period that begins at a word, and how many words it takes; none where none begins there."""
    plain = [*(word.plain for word in words[at : at + 5]), "", "", "", "", ""]
    if (dated := _dated(plain, month_first=calendar.month_first)) is not None:
        return dated
    for read in (_quarter, _half, _week):
        if (found := read(plain)) is not None:
            return found
    said = [word.text for word in words[at : at + 3]]
    return _relative(plain, said, calendar) or _month(plain) or _year(plain)


def _year_at(word: str) -> int | None:
    if len(word) == 4 and word.isdigit() and 1000 <= int(word) <= 2200:
        return int(word)
    return None


def _year_after(words: list[str], at: int) -> tuple[int | None, int]:
    """The year at a place, perhaps behind “of” or “in”; none and 0 where there is none."""
    for skip in (0, 1):
        if skip and words[at] not in ("of", "in", "des", "von", "im", "the"):
            break
        if (year := _year_at(words[at + skip])) is not None:
            return year, skip + 1
    return None, 0


def _year(words: list[str]) -> tuple[Time, int] | None:
    year = _year_at(words[0])
    return (Time("year", year), 1) if year is not None else None


def _month(words: list[str]) -> tuple[Time, int] | None:
    if (day := _day(words[0])) and (month := MONTHS.get(words[1])):
        year, more = _year_after(words, 2)
        return Time("day", year, month, day), 2 + more
    month = MONTHS.get(words[0])
    if month is None:
        return None
    if (day := _day(words[1])) and not _year_at(words[1]):
        year, more = _year_after(words, 2)
        return Time("day", year, month, day), 2 + more
    year, more = _year_after(words, 1)
    return Time("month", year, month), 1 + more


def _quarter(words: list[str]) -> tuple[Time, int] | None:
    number, taken = 0, 0
    if len(words[0]) == 2 and words[0][0] == "q" and words[0][1] in "1234":
        number, taken = int(words[0][1]), 1
    elif words[1] in _QUARTERS and (words[0] in _ORDINALS or words[0] in ("1", "2", "3", "4")):
        number, taken = _ORDINALS.get(words[0]) or int(words[0]), 2
    elif words[0] in _QUARTERS and words[1] in ("1", "2", "3", "4"):
        number, taken = int(words[1]), 2
    elif (year := _year_at(words[0])) and len(words[1]) == 2 and words[1][0] == "q" and words[1][1] in "1234":
        return Time("quarter", year, int(words[1][1])), 2
    if not taken:
        return None
    year, more = _year_after(words, taken)
    return Time("quarter", year, number), taken + more


def _half(words: list[str]) -> tuple[Time, int] | None:
    number = _ORDINALS.get(words[0], int(words[0]) if words[0] in ("1", "2") else 0)
    if words[0] in ("h1", "h2"):
        number, taken = int(words[0][1]), 1
    elif number in (1, 2) and words[1] in _HALVES:
        taken = 2
    else:
        return None
    year, more = _year_after(words, taken)
    return Time("half", year, number), taken + more


def _week(words: list[str]) -> tuple[Time, int] | None:
    if words[0] in ("week", "kw", "woche", "kalenderwoche") and words[1].isdigit() and 1 <= int(words[1]) <= 53:
        year, more = _year_after(words, 2)
        return Time("week", year, int(words[1])), 2 + more
    return None


def _dated(words: list[str], *, month_first: bool) -> tuple[Time, int] | None:
    text = words[0]
    try:
        if len(text) == 7 and text[4] == "-":
            return Time("month", int(text[:4]), datetime.strptime(text, "%Y-%m").month), 1  # noqa: DTZ007
        if re.fullmatch(r"\d{1,2}/\d{4}", text):
            return Time("month", int(text[-4:]), datetime.strptime(text, "%m/%Y").month), 1  # noqa: DTZ007
        slashes = ("%m/%d/%Y", "%d/%m/%Y") if month_first else ("%d/%m/%Y", "%m/%d/%Y")
        for form in ("%Y-%m-%d", "%d.%m.%Y", *slashes):
            at = _parsed(text, form)
            if at is not None:
                open_order = "/" in text and at.day <= 12 and at.day != at.month
                first = "month" if month_first else "day"
                said = f"“{text}” is read as {at:%Y-%m-%d}, the {first} first." if open_order else None
                return Time("day", at.year, at.month, at.day, assumed=said), 1
    except ValueError:
        return None
    return None


def _relative(words: list[str], text: list[str], calendar: Calendar) -> tuple[Time, int] | None:
    if words[0] not in _LAST | _THIS | _BEFORE:
        return None
    count = number_of(words[1])
    step = _STEPS.get(words[2] if count else words[1])
    if step is None or (count and words[0] in _THIS):
        return None
    taken = 3 if count else 2
    said = " ".join(text[:taken])
    if step == "day" and not count:
        return None
    first, end = calendar.last_steps(step, count or 1, this=words[0] in _THIS, before=words[0] in _BEFORE)
    span = _written(first, end, step)
    shown = span[0] if span[0] == span[1] else f"{span[0]} to {span[1]}"
    assumed = f"“{said}” is read as {shown}: the last date of the table is {calendar.last:%Y-%m-%d}."
    return Time("span", None, span=span, assumed=assumed), taken


def _day(word: str) -> int | None:
    digits = word.removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th")
    return int(digits) if digits.isdigit() and 1 <= int(digits) <= 31 and len(digits) < 3 else None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - reports say no zone
    except ValueError:
        return None


def _written(first: datetime, end: datetime, step: Step) -> Span:
    if step == "year":
        return f"{first:%Y}", f"{end:%Y}"
    if step in ("month", "quarter"):
        return f"{first:%Y-%m}", f"{end:%Y-%m}"
    return f"{first:%Y-%m-%d}", f"{end:%Y-%m-%d}"
