"""Arithmetic and the time of day."""

import re

from domain.llm.offline.plans import Plan, Proposal
from domain.llm.offline.situation import Situation
from domain.llm.offline.talk import missing_tool

_PREFIX = re.compile(
    r"^(?:(?:and\s+)?(?:what(?:'s|’s| is| are)|how much (?:is|are|would be)|calculate|compute|calc|work out"
    r"|evaluate|solve"
    r"|tell me|was (?:ist|sind|macht)|wie\s?viel (?:ist|sind|macht)|berechne|rechne|combien font"
    r"|cuánto es)\s*:?\s+|=\s*)",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(r"\b(?:what|how much)\s+(.+?)\s+(?:is|are|makes?|equals?)\s*\??$", re.IGNORECASE)
_WORDS = (
    (re.compile(r"(?<=[\d)])\s*(?:×|·|x|times|multiplied by|mal)\s*(?=[\d(])", re.IGNORECASE), " * "),
    (re.compile(r"(?<=[\d)])\s*(?:÷|divided by|geteilt durch)\s*(?=[\d(])", re.IGNORECASE), " / "),
    (re.compile(r"\s+plus\s+", re.IGNORECASE), " + "),
    (re.compile(r"\s+minus\s+|−", re.IGNORECASE), " - "),
    (re.compile(r"\s*\^\s*|\s+to the power of\s+", re.IGNORECASE), " ** "),
    (re.compile(r"\s+squared\b", re.IGNORECASE), " ** 2"),
    (re.compile(r"\s*(?:\bper ?cent\b|\bprozent\b)", re.IGNORECASE), "%"),
    (re.compile(r"%\s*(?:von|de)\s+", re.IGNORECASE), "% of "),
    (re.compile(r"^(?:the )?square root of\s+([\d.,]+)$", re.IGNORECASE), r"sqrt(\1)"),
    (re.compile(r"\bthe (?=sum|mean|min|max)", re.IGNORECASE), ""),
)
_ARITHMETIC = re.compile(
    r"^(?:[\d.,\s+\-*/%()]|\bof\b|\b(?:sqrt|round|floor|ceil|min|max|abs|sum|mean|log|ln|exp)(?=\s*\())+$",
    re.IGNORECASE,
)
_OPERATION = re.compile(r"[\d)%]\s*(?:\*\*|[-+*/]|%?\s*of\s)\s*[-+]?[\d(a-z]|[a-z]\s*\(|\d\s*%\s*of", re.IGNORECASE)
_ONLY_HYPHENS = re.compile(r"^[\d-]+$")

_CLOCK = re.compile(
    r"\b(?:what(?:'s|’s| is)? (?:the )?(?:current |local )?time\b|what time is it|(?:current|local) time"
    r"|time (?:is it )?in\b"
    r"|time now|what(?:'s|’s| is) (?:the date|today(?:'s|’s) date|the day)|what (?:date|day) is (?:it|today)"
    r"|today(?:'s|’s) date|wie sp(?:ä|ae)t ist|wie viel uhr|uhrzeit|welches datum|quelle heure|qué hora)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\bin\s+(.+?)\s*(?:\b(?:right now|now|today|currently|please|at the moment|gerade)\b.*)?[?!.]*$", re.I
)
_AND = re.compile(r"\s*(?:,|\band\b|\bund\b|&)\s*(?:in\s+)?", re.IGNORECASE)


def expression_in(text: str) -> str | None:
    """The arithmetic a message consists of, or None."""
    cleaned = text.strip().rstrip("?!=. \t")
    asked = _PREFIX.sub("", cleaned, count=1)
    embedded = _EMBEDDED.search(cleaned)
    for candidate in (asked, embedded.group(1) if embedded else ""):
        expression = _in_symbols(candidate)
        if _ARITHMETIC.match(expression) and _OPERATION.search(expression):
            # 2026-11-20 and 030-123456 are no differences unless somebody asks what they are.
            if candidate == cleaned and _ONLY_HYPHENS.match(expression):
                return None
            return expression
    return None


def _in_symbols(text: str) -> str:
    for words, symbol in _WORDS:
        text = words.sub(symbol, text)
    return " ".join(text.split())


def calculation(situation: Situation) -> Proposal | None:
    expression = None if situation.attachments else expression_in(situation.bare)
    if expression is None:
        return None
    if "calculate" not in situation.tools:
        return missing_tool(("calculate",))
    plan = Plan()
    result = plan.tool("calculate", {"expression": expression})
    plan.write("answer", "State the result.", [result])
    return plan.proposal(f"I'll calculate {expression}.", "Calculation")


def clock(situation: Situation) -> Proposal | None:
    if situation.attachments or not _CLOCK.search(situation.bare) or len(situation.bare) > 80:
        return None
    if "current_time" not in situation.tools:
        return missing_tool(("current_time",))
    place = _PLACE.search(situation.bare)
    places = [part for part in _AND.split(place.group(1)) if part] if place else []
    plan = Plan()
    times = [plan.tool("current_time", {"timezone": part}) for part in places] or [plan.tool("current_time", {})]
    plan.write("answer", "State the time.", times)
    return plan.proposal("I'll look at the clock.", "Current time")
