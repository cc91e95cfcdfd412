"""Arithmetic: a message that is a sum and nothing else, in words or in signs, and what goes on from the sum before."""

import re
from collections.abc import Mapping
from typing import Any, cast

from domain.llm.offline.expressions import (
    ARITHMETIC,
    BY_ZERO,
    PREFIX,
    UNFINISHED,
    expression_in,
    in_symbols,
    with_points,
)
from domain.llm.offline.plans import Plan, Proposal, refused
from domain.llm.offline.situation import Situation
from domain.llm.offline.talk import missing_tool

_NUMBER = r"\d[\d.,' ]*"
_EACH = re.compile(
    rf"^(?:(?:what(?:['’]s| is| are| do| would)|how much (?:is|are|do|for|would))\s+)?(?P<count>{_NUMBER})\s*"
    rf"(?P<things>[^\W\d_]+(?:\s+[^\W\d_]+)?)\s+(?:at|à|for|costing|@|zu|je|mal|times)\s+(?P<sign>[$€£])?\s*"
    rf"(?P<price>{_NUMBER}?\d|\d)\s*(?P<money>[$€£]|usd|eur|gbp|chf|euros?|dollars?|pounds?)?\s*"
    rf"(?:each|apiece|per (?:piece|unit|item|one)|a piece|das stück|pro stück|chacune?|pièce)"
    rf"(?:[\s,;:.-]*(?:(?:cost|come to)|how much(?: is (?:that|it)| in total| altogether| do they cost)?"
    rf"|what(?:['’]s| is) (?:the )?total|total|in total|altogether|wie viel(?: ist das| kostet das)?|combien))?$",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    rf"^(?:split|divide|share|teile|partage[rz]?)\s+(?P<sign>[$€£])?\s*(?P<sum>{_NUMBER}?\d|\d)\s*"
    rf"(?P<money>[$€£]|usd|eur|gbp|chf|euros?|dollars?|pounds?)?\s*(?:equally\s+|evenly\s+|fairly\s+)?"
    rf"(?:between|among(?:st)?|by|into|in|with|across|zwischen|unter|durch|auf|entre|en)\s+(?P<count>\d+|two|three|four|five"
    rf"|six|seven|eight|nine|ten)\s*(?P<who>people|persons?|friends|of us|ways|parts|guests|colleagues|personen|leute"
    rf"|personnes|amis)?(?:\s+(?:equally|evenly))?$",
    re.IGNORECASE,
)
_COUNTS = {
    word: place
    for place, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2)
}
_MONEY_SUM = re.compile(
    r"(?P<sign>[$€£])\s*(?=\d)|(?<=\d)\s*(?P<word>usd|eur|gbp|chf|sek|nok|dkk|pln|cad|aud|[$€£]|euros?|dollars?)(?!\w)",
    re.IGNORECASE,
)
_TAX = re.compile(
    r"(?<=%)\s*(?:vat|tax|sales tax|tip|gst|mwst\.?|ust\.?|tva|tips?|service|steuer|trinkgeld)\b", re.IGNORECASE
)
_CODES = {
    "$": "USD", "€": "EUR", "£": "GBP", "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD",
    "pound": "GBP", "pounds": "GBP",
}  # fmt: skip

_AND = (
    r"^(?:(?:and|und|et|then|now|so|what about|how about|no|nein|non)[\s,]+)+"
    r"(?:(?:i (?:meant|mean)|what is|what['’]s|rather|with|mit|for|of)\s+)*"
)
_OTHER_SHARE = re.compile(
    rf"{_AND}(?P<share>{_NUMBER}?\d|\d)\s*(?:%|per ?cent|prozent)(?P<of>\s+(?:of|von|de)\s+.+)?$", re.I
)
_SHARE = re.compile(r"(?P<share>\d[\d.,]*)\s*%(?=\s*of\b|\s*$)", re.IGNORECASE)
_GO_ON = re.compile(
    r"^(?:(?:and|und|et|then|now)[\s,]+)*(?P<what>times|multiplied by|multiply (?:it|that) by|mal|fois|plus|add"
    r"|minus|subtract|moins"
    r"|divided by|divide (?:it|that) by"
    r"|geteilt durch"
    rf"|[+*/×÷-])\s*(?P<number>{_NUMBER}?\d|\d)\s*(?P<percent>%?)$",
    re.IGNORECASE,
)
_IN_WORDS = (
    (re.compile(r"^(?:and\s+|now\s+)?(?:double|twice)(?:\s+(?:it|that|of that))?$", re.IGNORECASE), "* 2"),
    (re.compile(r"^(?:and\s+|now\s+)?(?:halve|half)(?:\s+(?:it|that|of (?:it|that)))?$", re.IGNORECASE), "/ 2"),
    (re.compile(r"^(?:and\s+|now\s+)?(?:square)(?:\s+(?:it|that))?$", re.IGNORECASE), "** 2"),
)
_OF_OTHER = re.compile(rf"{_AND}(?P<number>{_NUMBER}?\d|\d)$", re.IGNORECASE)
_SIGNS = {
    "multiply it by": "*", "multiply that by": "*", "times": "*", "multiplied by": "*", "mal": "*", "fois": "*",
    "×": "*", "plus": "+", "add": "+", "minus": "-", "subtract": "-", "moins": "-", "divide it by": "/",
    "divide that by": "/",
    "divided by": "/", "geteilt durch": "/", "÷": "/",
}  # fmt: skip


def calculation(situation: Situation) -> Proposal | None:
    if situation.attachments:
        return None
    text = situation.bare.strip().rstrip("?!=. \t")
    made = _each(text) or _split(text) or _with_money(text) or _further(situation, text)
    if made is not None:
        return _worked_out(situation, *made)
    expression = expression_in(situation.bare)
    if expression is None:
        return _unfinished(text)
    return _worked_out(situation, expression)


def _worked_out(situation: Situation, expression: str, sentence: str = "") -> Proposal:
    """``sentence`` has ``{}`` where the result belongs."""
    if BY_ZERO.search(expression):
        return refused(f"{expression} has no result: nothing can be divided by zero.")
    if _is_unfinished(expression):
        return refused(f"The sum “{expression}” is not finished: something is missing in it.")
    if "calculate" not in situation.tools:
        return missing_tool(("calculate",))
    plan = Plan()
    result = plan.tool("calculate", {"expression": expression})
    if sentence:
        plan.tell(sentence.replace("{}", f"{{{{ {result}.output.text }}}}"), [result])
    else:
        plan.write("answer", "State the result.", [result])
    return plan.proposal(f"I'll calculate {expression}.", "Calculation")


def _unfinished(text: str) -> Proposal | None:
    asked = in_symbols(PREFIX.sub("", text, count=1))
    sound = bool(ARITHMETIC.match(asked)) and bool(re.search(r"\d\s*(?:\*\*|[+*/-])", asked))
    if sound and _is_unfinished(asked):
        return refused(f"The sum “{asked}” is not finished: something is missing in it.")
    return None


def _is_unfinished(expression: str) -> bool:
    return bool(UNFINISHED.search(expression)) or expression.count("(") != expression.count(")")


def _each(text: str) -> tuple[str, str] | None:
    """“12 apples at 3.50 each, how much?”"""
    match = _EACH.match(PREFIX.sub("", text, count=1)) or _EACH.match(text)
    if match is None:
        return None
    count, price = _plain(match["count"]), _plain(match["price"])
    money = _code(match["sign"] or match["money"])
    things = match["things"]
    return f"{count} * {price}", f"{count} {things} at {price} each: {{}}{money}."


def _split(text: str) -> tuple[str, str] | None:
    """“split 84.60 between 4 people”"""
    match = _SPLIT.match(text)
    if match is None:
        return None
    whole, count = _plain(match["sum"]), str(_COUNTS.get(match["count"].lower(), match["count"]))
    return f"{whole} / {count}", f"{whole} / {count} = {{}}{_code(match['sign'] or match['money'])} each."


def _with_money(text: str) -> tuple[str, str] | None:
    """“100 usd + 19% vat”: one currency all through is taken along; two are no sum."""
    asked = PREFIX.sub("", text, count=1)
    codes = {_code(match["sign"] or match["word"]) for match in _MONEY_SUM.finditer(asked)}
    bare = _TAX.sub("", _MONEY_SUM.sub("", asked))
    if bare == asked or len(codes) > 1:
        return None
    expression = expression_in(re.sub(r"\b(?:inkl|incl(?:uding)?|with|mit|avec)\.?\s+(?=\d+\s*%)", "+ ", bare))
    if expression is None:
        return None
    return expression, f"{expression} = {{}}{codes.pop() if codes else ''}"


def _code(written: str | None) -> str:
    if not written:
        return ""
    return f" {_CODES.get(written.lower(), written.upper())}"


def _plain(number: str) -> str:
    """A number as the calculator reads it."""
    return with_points(number.strip().replace(" ", "").replace("'", ""))


def _further(situation: Situation, text: str) -> tuple[str, str] | None:
    """“and 20%?”, “times 3”, “no, 16%” after a sum."""
    before = _last_sum(situation)
    if before is None:
        return None
    share = _OTHER_SHARE.match(text)
    if share is not None and not share["of"] and _SHARE.search(before):
        number = _plain(share["share"])
        return _SHARE.sub(lambda _: f"{number}%", before, count=1), ""
    whole_thing = next((words for pattern, words in _IN_WORDS if pattern.match(text)), None)
    if whole_thing is not None:
        return f"({before}) {whole_thing}", ""
    further = _GO_ON.match(text)
    if further is not None:
        sign = _SIGNS.get(further["what"].lower(), further["what"])
        return f"({before}) {sign} {_plain(further['number'])}{further['percent']}", ""
    other = _OF_OTHER.match(text)
    whole = re.search(r"(?<=of )\d[\d.,']*$", before)
    if other is not None and whole is not None:
        return f"{before[: whole.start()]}{_plain(other['number'])}", ""
    return None


def _last_sum(situation: Situation) -> str | None:
    if not situation.continues:
        return None
    spec = cast("Mapping[str, Any]", situation.last.get("plan") or {})
    nodes = cast("list[Mapping[str, Any]]", spec.get("nodes") or [])
    sums = [node for node in nodes if node.get("name") == "calculate"]
    return (
        str(cast("Mapping[str, Any]", sums[0].get("config") or {}).get("expression") or "") if len(sums) == 1 else None
    )
