"""“… to notes.md”: the file a message wants something written to."""

import re
from dataclasses import dataclass

from domain.llm.offline.situation import Situation

_VERB = r"(?:write|save|put|store|export|note(?:\s+down)?|jot(?:\s+down)?|dump|schreibe?|speichere?)"
_SUFFIX = r"\.(?:txt|md|csv|tsv|json|xlsx|pdf|docx|html)"
_NAME = rf"""(?:["“'](?P<quoted>[^"”']+{_SUFFIX})["”']|(?P<name>\w[\w.-]*{_SUFFIX}))"""
_A_FILE = r"(?:(?:a|the|my|eine|die|das)\s+)?(?:new\s+)?(?:file\s+|note\s+|datei\s+)?(?:(?:called|named|namens)\s+)?"
_TO = re.compile(
    rf"\b{_VERB}\b(?P<what>.*?)\s*\b(?:to|in|into|as|under|nach|unter)\s+{_A_FILE}{_NAME}(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_DIRECT = re.compile(
    rf"\b(?:{_VERB}|create|make|erstelle)\s+{_A_FILE}{_NAME}(?P<rest>\s*(?:with|containing|saying|that says"
    rf"|mit|:).*)$",
    re.IGNORECASE | re.DOTALL,
)
_LEAD = re.compile(
    r"^\s*(?:(?:with|containing|saying|that says|mit)\b(?:\s+the\s+(?:text|content|words))?)?\s*:?\s*", re.I
)
_RESULT = re.compile(
    r"^(?:(?:that|this|it|them|these|those|das|es|all|everything)(?:\s+(?:all|all of it))?"
    r"|(?:the|a|an|your|its|die|das|eine|den)\s+(?:short\s+|brief\s+)?(?:\w+\s+)?(?:results?|answers?"
    r"|summar(?:y|ies)|findings|report|facts|text|"
    r"reply|response|outcome|list|notes?|output|insights?|above|antwort|zusammenfassung|ergebnis(?:se)?"
    r"|bericht).*)$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTES = "\"“”'"


@dataclass(frozen=True, slots=True)
class Target:
    """``content`` is what the message itself gives to write; None: what the task will find, or what was said last.

    ``before`` is the message without the part about writing.
    """

    name: str
    content: str | None
    before: str


def target_of(situation: Situation) -> Target | None:
    match = _DIRECT.search(situation.message) or _TO.search(situation.message)
    if match is None:
        return None
    name = match["quoted"] or match["name"]
    before = re.sub(r"[\s,;.]*(?:\b(?:and|then|und|dann)\b\s*)*$", "", situation.message[: match.start()], flags=re.I)
    given = _content(match)
    return Target(name, given, before.strip())


def _content(match: re.Match[str]) -> str | None:
    after = _LEAD.sub("", match["rest"], count=1).strip()
    if after.strip(".!? "):
        return after.strip(_QUOTES) if after[0] in _QUOTES else after
    what = match.groupdict().get("what") or ""
    what = what.strip(" :,")
    if not what or _RESULT.match(what):
        return None
    return what.strip(_QUOTES)
