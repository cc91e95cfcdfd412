"""What time it is, here or elsewhere; in one place after another."""

import re
from collections.abc import Mapping
from typing import Any, cast

from domain.llm.offline.plans import Plan, Proposal, refused
from domain.llm.offline.situation import Situation
from domain.llm.offline.spelling import corrected
from domain.llm.offline.talk import missing_tool

_ASKED = (
    r"(?:(?:so\s+)?(?:can you\s+)?(?:please\s+)?(?:tell|give) me (?:the (?:current |local |exact )?time"
    r"|what time it is)"
    r"|what(?:['’]?s| is)? (?:the )?(?:current |local |exact )?time(?: is it)?|what time(?: is it| it is| do you have)?"
    r"|do you (?:have|know) (?:the time|what time it is)|(?:the )?(?:current |local |exact )?time(?: is it)?"
    r"|what(?:['’]?s| is) (?:the |today['’]?s )?(?:date|day)(?: of (?:the week|today))?|(?:what|which) (?:date|day"
    r"|weekday)"
    r"(?: of the week)? (?:is (?:it|today)|do we have)|today['’]?s (?:date|day)|(?:the )?date|what is today"
    r"|wie sp(?:ä|ae)t (?:ist|haben wir)(?: es)?|wie ?viel uhr (?:ist|haben wir)(?: es)?|(?:die )?(?:aktuelle )?uhrzeit"
    r"|wie ist die (?:uhrzeit|zeit)|welche(?:r|s|n)? (?:tag|datum|wochentag) (?:ist(?: es)?|haben wir)"
    r"|der wievielte ist|quelle heure (?:est[- ]il|il est|est)|il est quelle heure|quelle est l['’]heure(?: actuelle)?"
    r"|l['’]heure|heure|quel jour (?:sommes[- ]nous|on est|est-ce|est-on)|quelle est la date"
    r"|(?:¿)?qu[ée] hora es|hora actual"
    r"|che or[ae] (?:è|sono))"
)
_NOW = (
    r"(?:\s*,?\s*(?:right now|now|today|currently|please|at the moment|gerade|jetzt|heute|bitte|maintenant|actuellement"
    r"|aujourd['’]hui|d['’]aujourd['’]hui|s['’]il (?:te|vous) pla[iî]t|ahora|ora))*"
)
_CLOCK = re.compile(
    rf"^{_ASKED}{_NOW}(?:\s*(?:,|\bin|\bat|\bfor|\bà|\bau|\baux|\ben|\bem|\ba|\bof|over in)\s+(?P<places>.+?))?{_NOW}"
    r"[\s?!.…]*$",
    re.IGNORECASE | re.DOTALL,
)
_AND = re.compile(
    r"\s*(?:,\s*(?:and|und|et)?|\b(?:and|und|et|as well as|or)\b|&|\+(?!\d))\s*(?:in\s+|à\s+)?", re.IGNORECASE
)
_PLACE = re.compile(
    r"^(?:the\s+)?(?:[^\W\d_][\w.'’/-]*(?:[ ,]+[\w.'’/-]+){0,4}|(?:utc|gmt)?\s*[+−-]\d{1,2}(?::?\d\d)?)$", re.I
)
_NO_PLACE = re.compile(
    r"\b(?:when|if|while|than|then|it|its|is|are|be|was|will|wenn|dann|quand|si|tomorrow|yesterday|words|seconds|minutes"
    r"|hours?|between|difference|to|me|you|my|your|format|\d{1,2}\s*(?:am|pm))\b|\d{2,}",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    r"^(?:(?:and|und|et|no|nein|non|nope|sorry|oh|also|now|wait|pardon|actually|what about|how about|i (?:meant|mean)"
    r"|ich meinte?|je voulais dire|(?:and|und|et)\s+(?:what (?:time is it|about)|wie spät ist es))[\s,.!:]+)+"
    r"(?:(?:in|at|for|à|en|nach)\s+)?(?P<places>.+?)(?:\s*,?\s*(?:please|bitte|sorry|instead|then))*[\s?!.…]*$",
    re.IGNORECASE,
)


def clock(situation: Situation) -> Proposal | None:
    if situation.attachments:
        return None
    asked = _CLOCK.match(corrected(situation.bare)) or (_FURTHER.match(situation.bare) if _before(situation) else None)
    if asked is None:
        return None
    places = [part for part in _AND.split(asked["places"] or "") if part]
    strange = next((place for place in places if not _PLACE.match(place) or _NO_PLACE.search(place)), None)
    if strange is not None:
        return refused(f"I tell what time it is now, in one city or several; “{strange}” I did not understand.")
    if "current_time" not in situation.tools:
        return missing_tool(("current_time",))
    plan = Plan()
    times = [plan.tool("current_time", {"timezone": place}) for place in places] or [plan.tool("current_time", {})]
    plan.write("answer", "State the time.", times)
    return plan.proposal("I'll look at the clock.", "Current time")


def _before(situation: Situation) -> bool:
    """Whether the previous task was to tell the time somewhere."""
    if not situation.continues:
        return False
    spec = cast("Mapping[str, Any]", situation.last.get("plan") or {})
    nodes = cast("list[Mapping[str, Any]]", spec.get("nodes") or [])
    tools = {node.get("name") for node in nodes if node.get("type") == "tool"}
    return tools == {"current_time"}
