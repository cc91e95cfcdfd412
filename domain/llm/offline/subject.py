"""What the words of a wish speak of, and which of them ask for something besides."""

import re
from collections.abc import Sequence

from domain.llm.offline.clauses import clauses, is_question
from domain.llm.offline.focus import dimensions

_ABOUT_DATA = re.compile(
    r"\b(?:by (?:hour|day|week|month|quarter|year)|per (?:hour|day|week|month|quarter|year)|(?:dai|week|month"
    r"|quarter|year)ly|totals?|sums?|average|mean|median|counts?|how many|how much|trends?|chang\w*"
    r"|gr[eo]w\w*|f[ae]ll\w*"
    r"|drop\w*|r[io]s[ei]\w*|increas\w*|decreas\w*|declin\w*|compar\w*|versus|vs|top|bottom|best|worst"
    r"|highest|lowest"
    r"|largest|smallest|most|least|shares?|percent\w*|outliers?|anomal\w*|missing|duplicates?|charts?|plot"
    r"|graph|draw"
    r"|tables?|columns?|rows?|reports?|data|figures|numbers|analy[sz]e\w*|analysis|facts?|insights?|moved?"
    r"|happened|stand out"
    r"|last (?:week|month|quarter|year)|this (?:week|month|quarter|year)|ranking|rank|summar\w*"
    r"|summe|durchschnitt\w*|mittlere\w*|mittelwert\w*|anteil\w*|vergleich\w*|entwicklung|wie ?viele?|diagramm"
    r"|auswert\w*|gesamt\w*|anzahl|zeilen?|spalten?|höchste\w*|niedrigste\w*|größte\w*|kleinste\w*|meisten?"
    r"|wenigsten?|maxim\w*|minim\w*)\b",
    re.IGNORECASE,
)
_ABOUT_TEXT = re.compile(
    r"\b(?:summar\w*|sum (?:it|this|that|them) up|read|say\w*|mention\w*|about|document|pdf|text|paper|letter"
    r"|contract|file"
    r"|zusammenfass\w*|fass\w*|lies|lesen|key points?|main points?|tl;?dr|gist)\b",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(
    r"^(?:and|und|et|now|what about|how about|only|just|nur|same|also|but|without|okay,? (?:and|now)|wie ist es)\b",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(r"\S*(?:https?://|www\.)\S*|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,4}(?:/\S*)?(?!\w)", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:and|und|et|now|then|so|ok(?:ay)?|please|bitte|just|also|only|first|next|quickly|again|here(?:['’]s| is"
    r"| are)?"
    r"|can you|could you|would you|will you|i (?:want|need|would like)(?: you)?(?: to)?|i['’]d like(?: you)?(?: to)?"
    r"|let['’]s"
    r"|help me(?: to)?|go(?: and)?|try to|hier(?: ist| sind)?|voici)[\s,.:]+)*",
    re.IGNORECASE,
)
_READS = re.compile(
    r"^(?:read|re-?read|open|show|summari[sz]e|sum|analy[sz]e|look|check|compare|explain|describe|list|find|tell|give|get"
    r"|fetch|load|view|display|print|preview|cat|plot|chart|draw|graph|compute|calculate|count|rank|break|split|group|review"
    r"|inspect|examine|extract|scan|go|work|use|take|see|visit|browse|tabulate|total|do|make|run|quote|skim|study|report"
    r"|create|produce|prepare|write|save|put|store|export|highlight|identify|spot|point|search|send me|i mean(?:t)?"
    r"|what['’]?s"
    r"|who['’]?s"
    r"|lies|lese|zeige?|öffne|fasse?|analysiere|vergleiche|werte|untersuche|prüfe|sag|erkläre|nenne|suche?|schau"
    r"|lis|ouvre|montre|résume\w*|analyse\w*|compare\w*|explique\w*|dis|regarde)(?!\w)",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"^(?:thanks?(?: you)?|danke|merci|great|good|perfect|cool|nice|super|ok(?:ay)?|yes|yep|no|nope|nein|non|ja|oui"
    r"|sorry"
    r"|wait|hm+|i see|right|sure|hello|hi|hey|oh|ah|well|please|bitte)[\s.!]*$",
    re.IGNORECASE,
)
_NAMES_IT = re.compile(
    r"^(?:the|this|that|these|those|a|an|my|our|your|it|page|article|site|website|link|url|contents?|text|info|about"
    r"|more|tl;?dr|gist|key|main|on|from|at|in|of|for|by|per|with|without|over|versus|vs|file|report|document|der|die|das|den"
    r"|dem|diese[rsnm]?|ein\w*|mein\w*|le|la|les|ce|cette|mon|ma|mes|nur|ohne|und|top|best|worst|all|everything|each|please"
    r"|same|again|too|thanks|thank|zusammenfassung|summary|insights?|facts?|data|numbers|results?)(?!\w)",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"^\W*(?P<verb>[^\W\d_]+)\s+(?:it|them|this|that|these|those|him|her|everyone|everybody|to\s)(?!\w)", re.I
)


_MOST = 300
"""Characters of a clause that are looked at: what is told stands at its beginning."""
_FILE = re.compile(r"\S+\.\w{2,5}(?!\w)")
_TOLD = re.compile(
    r"^\W*[^\W\d_]+\s+(?:\S+\.\w{2,5}(?!\w)|(?:sie|mir|uns|ihm|ihr|me|us|my|our|your|an?|the|some|all|eine?n?|den|die|das"
    r"|un|une|le|la|les|mon|ma|mes)(?!\w))",
    re.IGNORECASE,
)
"""A verb and the thing that something is to be done with."""


def about_data(text: str) -> bool:
    """Whether the words speak of a table's figures, and do not tell to do something with it, or to somebody."""
    text = text[:_MOST]
    return speaks_of_data(_FILE.sub(" ", text)) and not _OBJECT.match(text) and not _TOLD.match(text)


def follows_up(text: str) -> bool:
    """Whether it begins as what goes on from an answer does."""
    return bool(_FOLLOW_UP.match(text)) and len(text.split()) <= 12


def speaks_of_data(text: str) -> bool:
    return bool(_ABOUT_DATA.search(text) or dimensions(text))


def speaks_of_text(text: str) -> bool:
    return bool(_ABOUT_TEXT.search(text))


def strange(asked: str, names: Sequence[str], *, goes_on: bool) -> list[str]:
    """The clauses that tell to do what no rule knows, as written.

    ``names`` of files account for themselves; ``goes_on``: the first clause follows up an answer.
    """
    return [part for part in clauses(asked) if not _is_known(part, names, first=asked.startswith(part) and not goes_on)]


def told_to_do(asked: str, names: Sequence[str]) -> list[str]:
    """The clauses that tell to do something with “it” or “them” that no rule knows, as written."""
    return [part for part in strange(asked, names, goes_on=True) if _OBJECT.match(_LEAD.sub("", part.strip()))]


def _is_known(part: str, names: Sequence[str], *, first: bool) -> bool:
    part = rest = part[:_MOST]
    for name in names:
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    rest = _ADDRESSES.sub(" ", rest)
    about_source = rest != part
    rest = _LEAD.sub("", rest.strip(" \t\n,.:;!?-–—<>()|@\"'“”"))
    if not rest or _COURTESY.match(rest) or is_question(rest) or _READS.match(rest) or _NAMES_IT.match(rest):
        return True
    if _OBJECT.match(rest):
        return False
    if about_source:  # something is to be done with a file or an address
        return speaks_of_data(rest) or speaks_of_text(rest)
    return speaks_of_data(rest) or speaks_of_text(rest) or not first
