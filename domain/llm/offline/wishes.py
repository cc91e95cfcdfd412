"""What the words of a message want of a table: everything there is to say, something particular, a chart, a file."""

import re
from collections.abc import Sequence

from domain.llm.offline.focus import dimensions

_EVERYTHING = re.compile(
    r"\bwhat(?:['’]s| has| have| is| are| was| were)?\s+(?:(?:\w+\s+){0,2}?)(?:moved|changed|happened|happening|new"
    r"|different|going on|stands? out|stood out|wrong|interesting|unusual|notable|noteworthy|important|remarkable)\b"
    r"|\b(?:anything|something|everything)\b.{0,20}\b(?:moved|changed|happened|new|different|wrong|interesting|unusual"
    r"|notable|important|odd|strange)\b"
    r"|\b(?:summar(?:y|ies|i[sz]e\w*)|sum (?:it|this|that|them) up|overview|insights?|highlights?|findings|facts"
    r"|key (?:points|figures|numbers)|analy[sz]e|analysis|anomal(?:y|ies|ous)|unusual|stands? out|data quality|tl;?dr"
    r"|zusammenfass\w*|überblick|auffällig\w*|besonderheiten|analysiere?|auswertung|aufgefallen"
    r"|résum\w*|aperçu)\b"
    r"|\bfass\w*\b.*\bzusammen\b|\bwerte\b.*\baus\b"
    r"|\bwas (?:hat sich|ist|war|fällt)\b.{0,20}\b(?:verändert|geändert|passiert|geschehen|los|neu|anders|auf|bewegt)\b"
    r"|\bqu['’]est-ce qui a (?:changé|bougé)\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b(?:hi|hello|hey|hallo|moin|guten (?:tag|morgen|abend)|look(?: at| into)?|check"
    r"|read|open|see|have a look|take a look|go through|work (?:on|with|out)|explain"
    r"|describe|preview|print|display|cat|view|head|öffne|tell (?:me|us)(?: (?:more|something))?(?: about)?"
    r"|what(?:['’]s| is| are| do you see| can you (?:see|say|tell))|(?:do|can|could|would|will) you|use"
    r"|here(?:['’]s| is| are)?|show|give|draw|make|plot|create|add|with|without|as|now|please|pls|thanks?(?: you)?"
    r"|ok(?:ay)?|me|us|it|this|that|these|those|them|the|a|an|my|our|your|of|in|on|to|for|and|about|files?|tables?"
    r"|sheets?|data|dataset|spreadsheet|report|numbers|figures|csv|excel|attached|attachment|again|there|charts?"
    r"|graphs?|plots?|diagrams?|pictures?|bars?|lines?|stacked|pie|histogram|scatter|column"
    r"|schau\w*|sieh\w*|lies|zeige?|mir|uns|hier|ist|sind|die|der|das|den|dem|ein\w*|mein\w*|datei\w*|tabellen?|daten"
    r"|bitte|diese[rsnm]?|an|als|mit|dazu|mal|balken\w*|linien\w*|kreis\w*|torten\w*|diagramm\w*|regarde|voici|le|la"
    r"|les|ce|cette|tableau)\b",
    re.IGNORECASE,
)
"""What may stand in a message without asking anything of the table."""

_GROUPS = re.compile(
    r"\b(?:by|per|each|every|across|over time|trend\w*|(?:dai|week|month|quarter|year)ly|top|bottom|compar\w*|versus|vs"
    r"|distribution|nach|pro|je|jede\w*|täglich|wöchentlich|monatlich|jährlich|vergleich\w*|verlauf|entwicklung"
    r"|verteilung|par|chaque)\b",
    re.IGNORECASE,
)
_CHART = re.compile(
    r"\b(?:charts?|graphs?|plot(?:ted)?|draw|diagrams?|diagramm\w*|histogramm?s?|\w+diagramm|pie|scatter(?:plot)?"
    r"|visuali[sz]e\w*"
    r"|as (?:a |an )?(?:stacked )?(?:bars?|lines?)|als (?:balken|linien?|kreis|torte)\w*|graphique)\b",
    re.IGNORECASE,
)
_EXTREME = re.compile(
    r"^(?:who|which|what|when|where|wer|welche\w*|was|wann|wo)\b.*\b(?:(?!west|best|rest|test|request|interest|latest)\w{3,}est"
    r"|(?:am )?\w{3,}ste[nrs]?)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = 2
"""Letters of a word that says too little to stand for a column."""
_TOGETHER = re.compile(
    r"\b(?:them|both|these|those|the (?:two|three|files|tables)|each other|join|merge|beide\w*|miteinander|les deux)\b",
    re.IGNORECASE,
)
_FORMATS = {
    "pdf": r"pdf",
    "xlsx": r"xlsx?|excel|spreadsheet|workbook|tabellenkalkulation",
    "docx": r"docx?|word",
    "csv": r"csv",
}
_FORMAT = "|".join(_FORMATS.values())
_NOUN = r"(?:[\s-]*(?:files?|documents?|tables?|sheets?|datei|dokument|tabelle|liste))?"
_AS_FILE = re.compile(
    rf"\b(?:as|to|into|in|als|nach|en)\s+(?:(?:an?|eine?n?|un)\s+)?(?P<as>{_FORMAT}){_NOUN}(?![\w.])"
    rf"|^(?:(?:the|same|an?|give me|send me|make|create|i need|ich brauche|und|and|now|eine?)\s+)*(?P<bare>{_FORMAT})"
    rf"{_NOUN}(?:\s+(?:of|from|with|out of|please|bitte|von|aus)\b.*)?[\s.!?]*$",
    re.IGNORECASE,
)
_AND = r"^(?:please |bitte |and |und |now )*"
_EXPORT = re.compile(rf"{_AND}(?:export(?:ier\w*|e)?|download)\b", re.IGNORECASE)
_REARRANGES = re.compile(rf"{_AND}(?:sort(?:ier\w*|e)?|order|filter\w*|rank)\b", re.IGNORECASE)


_CONVERT = re.compile(rf"{_AND}(?:convert|turn|konvertiere?|wandle)\s+", re.IGNORECASE)
_SORT = re.compile(rf"{_AND}sort(?:iere?)?\s+(?:(?:it|them|this|that|the \w+|sie|das)\s+)?", re.IGNORECASE)


def asks_everything(text: str) -> bool:
    """Whether it asks for whatever there is to say."""
    return bool(_EVERYTHING.search(text))


def asks_particular(text: str, names: Sequence[str]) -> bool:
    """Whether the words ask for something of their own, rather than for whatever a table says. ``names``: of files."""
    for name in names:
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    if asks_everything(text):
        return False
    rest = _NOTHING.sub(" ", _AS_FILE.sub(" ", _EXPORT.sub(" ", text)))
    return any(letter.isalnum() for letter in rest)


def means_all_together(text: str) -> bool:
    """Whether several tables are meant as one thing, rather than whichever knows the answer."""
    return bool(_TOGETHER.search(text))


def names_any(text: str, names: Sequence[str]) -> bool:
    """Whether a word of one of the names stands in the text, in the singular or the plural."""
    words = {_singular(word) for word in _WORD.findall(text)}
    return any(_singular(part) in words for name in names for part in _WORD.findall(name) if len(part) > _SHORT)


def _singular(word: str) -> str:
    return word.casefold().rstrip("s")


def wants_extreme(text: str) -> bool:
    """“who is the oldest?”"""
    return bool(_EXTREME.search(text))


def wants_chart(text: str) -> bool:
    return bool(_CHART.search(text))


def may_group(text: str) -> bool:
    """Whether the answer may have more rows than one, and be worth a picture."""
    return bool(_GROUPS.search(text) or dimensions(text))


def wanted_format(text: str) -> str | None:
    """“as PDF”, “in Excel”, “export this”: the kind of file the result is wanted as."""
    found = _AS_FILE.search(text)
    if found is not None:
        written = found["as"] or found["bare"]
        return next(kind for kind, words in _FORMATS.items() if re.fullmatch(words, written, re.IGNORECASE))
    return "xlsx" if _EXPORT.match(text) else None


def as_question(text: str, *, afresh: bool) -> str:
    """The words as something that is asked of a table. ``afresh``: there are no rows yet that could be sorted."""
    text = _CONVERT.sub("export ", text)
    return _SORT.sub("list the rows sorted ", text) if afresh else text


def rearranges(text: str) -> bool:
    """“sort by profit”, “export this as Excel”: done to what is shown, never to the file itself."""
    return bool(_REARRANGES.match(text)) or wanted_format(text) is not None
