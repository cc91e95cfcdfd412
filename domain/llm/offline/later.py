"""Wishes for another time: reminders, schedules, alarms. None of them is carried out at once instead."""

import re

from domain.llm.offline.clauses import is_question, unquoted

_UNIT = r"(?:sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|fortnights?|months?|years?)"
_EINHEIT = r"(?:sekunden?|minuten?|stunden?|tag(?:en?)?|wochen?|monat(?:en?)?|jahr(?:en?)?)"
_UNITE = r"(?:secondes?|minutes?|heures?|jours?|semaines?|mois|ans?)"
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|dien?s|donners|frei|sams|sonn)tags?|mittwochs?|sonnabends?"
    r"|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?"
)
_COUNT = r"(?:\d+|an?|half an|a few|a couple of|one|two|three|five|ten|fifteen|twenty|thirty|einer?|einem|zwei|une?)"
_CLOCK = r"(?:\d{1,2}(?:[:.]\d\d)?(?:\s*(?:am|pm|a\.m\.|p\.m\.|o['’]clock|uhr|h))?|noon|midnight|mittag|midi)"

_AGAIN = (
    rf"(?:(?:every|each)\s+(?:\w+\s+)?(?:{_UNIT}|weekday|weekend|morning|noon|afternoon|evening|night|quarter|{_DAY})"
    rf"|every\s+(?:{_DAY})|(?:jede[nrms]?|alle)\s+(?:\w+\s+)?(?:{_EINHEIT}|werktage?|morgen|abend|{_DAY})"
    rf"|(?:chaque|tous les|toutes les)\s+(?:\w+\s+)?(?:{_UNITE}|matins?|soirs?|{_DAY})"
    r"|(?:once|twice) (?:a|per|every) (?:hour|day|week|month|year)"
    r"|from now on|ab jetzt|regelmäßig|regularly)"
)
_SOME_TIME = (
    rf"(?:in|after|nach|dans|d['’]ici)\s+{_COUNT}\s+(?:{_UNIT}|{_EINHEIT}|{_UNITE})(?:\s+from now)?"
    rf"|{_COUNT}\s+{_UNIT}\s+(?:from now|later)"
    r"|(?:tomorrow|tonight|later(?: today| on)?|this (?:evening|afternoon)|next (?:week|month|year|time|\w+day)"
    r"|morgen(?: früh| abend| um)?|übermorgen|später|heute (?:abend|nachmittag)|demain|ce soir|plus tard)(?!['’]s)"
    rf"|(?:at|um|à)\s+{_CLOCK}(?:\s+(?:today|tomorrow|sharp|morgen|demain))?"
)
_AGAIN_OR_LATER = rf"(?:{_AGAIN}|{_SOME_TIME}|on\s+(?:{_DAY})|am\s+(?:{_DAY})|(?:hourly|daily|weekly|nightly|täglich))"
_BEGINS = re.compile(rf"^(?:{_AGAIN_OR_LATER})(?!\w)[\s,:]*(?P<rest>.*)$", re.IGNORECASE | re.DOTALL)
_ENDS = re.compile(
    rf"(?<!\bfor )(?<!\bof )(?<!\bin )(?<!\bper )(?<!\bby )(?<!\bfrom )(?<!\bsince )(?<!\bof the )"
    rf"(?<!\w)(?P<when>{_AGAIN}|{_SOME_TIME}|on\s+(?:{_DAY})|am\s+(?:{_DAY})"
    r"|hourly|daily|weekly|nightly|täglich|wöchentlich)(?!\w)"
    rf"(?:[\s,]*(?:{_SOME_TIME}|on\s+(?:{_DAY})|please|bitte|starting \w+|and|at \S+))*[\s.!]*$",
    re.IGNORECASE,
)
_AMID = re.compile(
    rf"(?<!\bfor )(?<!\bof )(?<!\bin )(?<!\bper )(?<!\bby )(?<!\bfrom )(?<!\bsince )(?<!\babout )(?<!\w)"
    rf"(?:tomorrow|tonight|later today|übermorgen|demain|in {_COUNT} (?:minutes?|hours?|minuten|stunden|heures?)"
    rf"|every (?:{_DAY}|{_UNIT}|weekday|morning|evening|night)|jede[nrs]? (?:{_DAY}|tag|woche|stunde"
    rf"|morgen))(?![\w'’])",
    re.IGNORECASE,
)
_AT_WORK = re.compile(
    r"^(?:analy[sz]e|read|check|run|send|open|summari[sz]e|process|do|work out|look at)\b", re.IGNORECASE
)
_ORDER = re.compile(
    r"\b(?:re?minde?r?|erinner\w*|rappelle[rz]?(?:-| )moi|weck mich|wake me|set (?:up )?an? (?:alarm|timer|reminder)"
    r"|stell\w* (?:einen|den) (?:wecker|timer)|(?:start|run) a (?:timer|countdown)|snooze)\b"
    r"|^(?:then\s+)?(?:schedule|reschedule|plane)\b"
    r"|\b(?:notify|alert|tell|ping|message|inform|warn|let) (?:me|us)(?: know)? (?:when(?:ever)?|as soon as|once|if)\b"
    r"|\b(?:sag|gib) mir (?:bescheid|wenn)\b|\b(?:préviens|avertis)-moi\b"
    r"|^(?:monitor|watch|keep (?:an eye on|watching|checking|track of))\b",
    re.IGNORECASE,
)


_MOST = 250
"""Characters that are looked at, at either end."""


def wants_later(text: str, *, data: bool) -> bool:
    """Whether it asks for something at another time, or again and again.

    ``data``: it is about a table, where “on Monday” and “weekly” speak of rows.
    """
    plain = " ".join(unquoted(text).split())
    if len(plain) > 2 * _MOST:
        plain = f"{plain[:_MOST]} … {plain[-_MOST:]}"
    if _ORDER.search(plain):
        return True
    begins = _BEGINS.match(plain)
    if begins is not None:
        rest = begins["rest"]
        return bool(rest) and not is_question(rest) and not rest.startswith(("?", "'", "’"))
    if is_question(plain) or plain.endswith("?"):
        return False
    amid = _AMID.search(plain)
    if amid is not None and amid.start() > 0:
        return True
    ends = _ENDS.search(plain)
    if ends is None or ends.start() == 0:
        return False
    of_rows = (
        data and re.match(r"(?:on|am)\s|\w+(?:ly|lich)$", ends["when"], re.IGNORECASE) and not _AT_WORK.match(plain)
    )
    return not of_rows
