"""Days: how many until a date, and which weekday one is."""

import re
from datetime import date, timedelta

from domain.llm.offline.plans import Proposal, refused, reply
from domain.llm.offline.situation import Situation
from domain.llm.offline.spelling import corrected

_FEASTS = {
    (12, 25): "christmas|christmas day|xmas|weihnachten|noël|noel|navidad|natale",
    (12, 24): "christmas eve|heiligabend|heilig abend",
    (12, 31): "new year['’]?s eve|silvester|nye|saint-sylvestre|la saint-sylvestre",
    (1, 1): "new year|new years|new year['’]?s(?: day)?|the new year|neujahr|nouvel an|le nouvel an",
    (2, 14): "valentine['’]?s(?: day)?|valentinstag|la saint-valentin",
    (10, 31): "halloween",
}
_MONTHS = (
    "jan", "feb", "mar", "apr", "ma[iy]", "jun", "jul", "aug", "sep", "o[ck]t", "nov", "de[cz]",
)  # fmt: skip
_DAYS = ("monday|montag|lundi", "tuesday|dienstag|mardi", "wednesday|mittwoch|mercredi", "thursday|donnerstag|jeudi",
         "friday|freitag|vendredi", "saturday|samstag|samedi", "sunday|sonntag|dimanche")  # fmt: skip
_MONTH = r"(?P<month>[^\W\d_]{3,9})\.?"
_ISO = re.compile(r"^(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})$")
_DOTTED = re.compile(r"^(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\.\s?(?P<year>\d{4})?$")
_WRITTEN = (
    re.compile(
        rf"^(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?(?:\s+of)?\s+{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?$", re.I
    ),
    re.compile(
        rf"^{_MONTH}\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?$", re.IGNORECASE
    ),
)
_UNTIL = re.compile(
    r"^(?:(?:how (?:many (?P<unit>days|weeks|sleeps)|long)(?: (?:is it|are there|are left|left|is left|do we have"
    r"|more))*"
    r"|(?P<unit2>days|weeks)(?: left)?|count(?:ing)? the days|wie ?viele? (?P<unit3>tage|wochen)(?: (?:sind es|noch"
    r"|es))*"
    r"|wie lange (?:ist es|dauert es)?(?: noch)?|combien de (?P<unit4>jours|semaines)(?: (?:reste-t-il|y a-t-il"
    r"|il reste))*)"
    r"\s+(?:until|till|til|to|before|bis(?: zu[mr]?)?|avant|jusqu['’](?:à|au)|until it is)\s+(?P<what>.+?))[\s?!.]*$",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"^(?:(?:what|which) (?:day|weekday|date|day of the week) (?:is|was|will be|does)(?: it)?|when is"
    r"|what(?:['’]s| is) the (?:date|day)(?: of| on)?"
    r"|welcher (?:tag|wochentag) (?:ist|war)|wann ist|quel jour (?:est|tombe|était)|quand est)\s+"
    r"(?:on\s+)?(?P<what>.+?)(?:\s+(?:fall on|this year|dieses jahr|cette année|be))?[\s?!.]*$",
    re.IGNORECASE,
)
_NEAR = {
    "today": 0, "heute": 0, "aujourd'hui": 0, "tomorrow": 1, "morgen": 1, "demain": 1, "yesterday": -1, "gestern": -1,
    "hier": -1, "the day after tomorrow": 2, "übermorgen": 2, "après-demain": 2,
}  # fmt: skip


def calendar(situation: Situation) -> Proposal | None:
    if situation.attachments or situation.now is None:
        return None
    text, today = corrected(situation.bare), situation.now.date()
    until = _UNTIL.match(text)
    if until is not None:
        day = _date(until["what"], today)
        return _until(until, day, today) if day is not None else _unknown(until["what"])
    which = _WHICH.match(text)
    if which is not None and which["what"].casefold().replace("’", "'") not in ("today", "heute", "aujourd'hui", "it"):
        day = _date(which["what"], today)
        return reply(f"{_told(day)}.") if day is not None else None
    return None


def _unknown(what: str) -> Proposal:
    return refused(f"I do not know which day “{what}” is. Name a date, such as 24 December.")


def _until(match: re.Match[str], day: date, today: date) -> Proposal:
    days = (day - today).days
    if days < 0:
        return reply(f"{_told(day)} was {_counted(-days, 'day')} ago.")
    if days == 0:
        return reply(f"That is today: {_told(day)}.")
    unit = next((match[name] for name in ("unit", "unit2", "unit3", "unit4") if match[name]), "days").casefold()
    if unit.startswith(("week", "woche", "semaine")):
        weeks, rest = divmod(days, 7)
        more = f" and {_counted(rest, 'day')}" if rest else ""
        return reply(f"{_counted(weeks, 'week')}{more} until {_told(day)}.")
    return reply(f"{_counted(days, 'day')} until {_told(day)}.")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"


def _told(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def _date(written: str, today: date) -> date | None:
    """The day meant, the next one where no year is named; None for what is no day."""
    words = re.sub(r"^(?:next|the next|nächste[rn]?|le prochain)\s+(?=\w)", "", " ".join(written.split()).casefold())
    words = words.replace("’", "'")
    if words in _NEAR:
        return today + timedelta(days=_NEAR[words])
    for (month, day), names in _FEASTS.items():
        feast = re.fullmatch(rf"(?:{names})(?:\s+(?P<year>\d{{4}}))?", words)
        if feast is not None:
            return _made(feast["year"], month, day, today)
    for place, names in enumerate(_DAYS):
        if re.fullmatch(names, words):
            return today + timedelta(days=(place - today.weekday()) % 7 or 7)
    if words in ("the end of the year", "end of year", "end of the year", "year end", "jahresende"):
        return date(today.year, 12, 31)
    return _numbered(words, today)


def _numbered(words: str, today: date) -> date | None:
    for pattern in (_ISO, _DOTTED):
        match = pattern.match(words)
        if match is not None:
            return _made(match["year"], int(match["number"]), int(match["day"]), today)
    for pattern in _WRITTEN:
        match = pattern.match(words)
        if match is not None:
            month = next((at for at, name in enumerate(_MONTHS, 1) if re.match(name, match["month"])), 0)
            return _made(match["year"], month, int(match["day"]), today)
    return None


def _made(year: str | None, month: int, day: int, today: date) -> date | None:
    try:
        if year is not None:
            return date(int(year), month, day)
        this = date(today.year, month, day)
        return this if this >= today else date(today.year + 1, month, day)
    except ValueError:
        return None
