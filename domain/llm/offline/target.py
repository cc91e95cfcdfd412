"""“… to notes.md”: the file a message wants something written to."""

import re
from dataclasses import dataclass

from domain.llm.offline.situation import Situation

_VERB = (
    r"(?:write|save|put|store|export|note(?:\s+down)?|jot(?:\s+down)?|dump|schreibe?|speichere?|écris|écrire"
    r"|enregistre|sauvegarde|mets)"
)
_SUFFIX = r"\.(?:txt|md|csv|tsv|json|xlsx|pdf|docx|html)"
_NAME = rf"""(?:["“'](?P<quoted>[^"”']+{_SUFFIX})["”']|(?P<name>\w[\w.-]*{_SUFFIX}))"""
_A_FILE = r"(?:(?:a|the|my|eine|die|das)\s+)?(?:new\s+)?(?:file\s+|note\s+|datei\s+)?(?:(?:called|named|namens)\s+)?"
_TO = re.compile(
    rf"\b{_VERB}\b(?P<what>.*?)\s*\b(?:to|in|into|as|under|nach|unter|dans|sous)\s+{_A_FILE}{_NAME}(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_DIRECT = re.compile(
    rf"\b(?:{_VERB}|create|make|erstelle)\s+{_A_FILE}{_NAME}(?P<rest>\s*(?:with|containing|saying|that says"
    rf"|mit|:).*)$",
    re.IGNORECASE | re.DOTALL,
)
EMPTY_FILE = re.compile(rf"^(?:create|make|start|add|new|erstelle|neue)\s+{_A_FILE}{_NAME}[\s.!]*$", re.IGNORECASE)
"""“create a file called todo.md”, and nothing besides."""
OTHER_FILE = re.compile(
    rf"^{_VERB}\b.*?\s(?:to|in|into|as|under|nach|unter|dans|sous)\s+{_A_FILE}(?P<name>[\w./~-]*\w\.[a-z]\w{{0,4}})[\s.!?]*$",
    re.IGNORECASE | re.DOTALL,
)
"""“save the chart as chart.png”: a file of another kind than those that can be written."""
_LEAD = re.compile(
    r"^\s*(?:(?:with|containing|saying|that says|mit)\b(?:\s+the\s+(?:text|content|words))?)?\s*:?\s*", re.I
)
_RESULT = re.compile(
    r"^(?:(?:that|this|it|them|these|those|das|es|all|everything|ça|cela)(?:\s+(?:all|all of it|answer|result))?"
    r"|(?:the|your|its|my|die|das|den|deine?|la|le|ta)\s+(?:short\s+|brief\s+|last\s+|latest\s+|previous\s+)?"
    r"(?:\w+\s+)?(?:results?|answers?|summar(?:y|ies)|findings|report|facts|text|reply|response|outcome|list|output"
    r"|insights?|above|antwort|zusammenfassung|ergebnis(?:se)?|bericht|réponse|résultats?)(?:\s+(?:of|from|about|above)\b.*)?)$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTES = "\"“”„'«»`"
_PAIRS = {('"', '"'), ("“", "”"), ("„", "“"), ("„", "”"), ("'", "'"), ("«", "»"), ("`", "`"), ("‘", "’")}
_OPENS = re.compile(r"^\s*(?:(?:with|containing|saying|that says|mit)\b|:)", re.IGNORECASE)
_THE_WORDS = re.compile(
    r"^(?:the|this|following|die|den|le)?\s*(?:text|words?|line|sentence|wörter|satz|texte)\s*:?\s+(?=[\"“„'«`])", re.I
)
_POLITE_END = re.compile(
    r"(?:[\s,]+(?:please|pls|bitte|thanks|thank you|danke|now|for me|für mich|s['’]il te plaît))+[\s.!?]*$", re.I
)
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|hallo|legwork|please|pls|bitte|can you|could you|would you|will you|kannst du|i want you to"
    r"|i(?:['’]d| would) like you to|let['’]s|now|then|ok(?:ay)?|just)[\s,.!:]*)+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """``content`` is what the message itself gives to write, in quotation marks or after a colon; ``described``: the
    words between “save” and “to”, empty where there are none. Neither: what the task will find, or the last result.

    ``before`` is the message without the part about writing.
    """

    name: str
    content: str | None
    before: str
    described: str | None = None


_MOST, _HEAD = 2_000, 400
"""Characters of a message that are looked at as a whole, and of a longer one, where only the text to write is long."""


def target_of(situation: Situation) -> Target | None:
    message = situation.message if len(situation.message) <= _MOST else situation.message[:_HEAD]
    match = _DIRECT.search(message) or _TO.search(message)
    if match is None:
        return None
    name = match["quoted"] or match["name"]
    before = re.sub(r"[\s,;.]*(?:\b(?:and|then|und|dann)\b\s*)*$", "", situation.message[: match.start()], flags=re.I)
    lead = _POLITE.sub("", before).strip(" ,.;:!")
    given, described = _content(match, situation.message[len(message) :])
    return Target(name, given, lead, described)


def _content(match: re.Match[str], more: str) -> tuple[str | None, str | None]:
    rest = _POLITE_END.sub("", match["rest"]) + more
    after = _LEAD.sub("", rest, count=1).strip()
    what = (match.groupdict().get("what") or "").strip(" :,")
    if after.strip(".!? "):
        if not _OPENS.match(rest) and not _whole_quotation(after):
            return None, f"{what} {after}".strip()  # “save that to notes.md and mail it”
        return (after.strip(_QUOTES) if after[0] in _QUOTES else after), None
    what = _THE_WORDS.sub("", what)
    if not what or _RESULT.match(what):
        return None, None if what else ""
    return (what[1:-1], None) if _whole_quotation(what) else (None, what)


def _whole_quotation(text: str) -> bool:
    inner = text[1:-1]
    return len(text) > 2 and (text[0], text[-1]) in _PAIRS and text[0] not in inner and text[-1] not in inner
