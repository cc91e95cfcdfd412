"""Arithmetic: a message that is a sum and nothing else, in words or in signs, and what goes on from the sum before."""

import re
from collections.abc import Mapping
from typing import Any, cast

from domain.llm.offline.plans import Plan, Proposal, refused
from domain.llm.offline.situation import Situation
from domain.llm.offline.talk import missing_tool

_PREFIX = re.compile(
    r"^(?:(?:and\s+|so\s+)?(?:(?:can you\s+)?(?:tell me\s+)?(?:what(?:'s|’s| is| are|s)|how much (?:is|are|would be"
    r"|does))"
    r"|calculate|compute|calc|work out|evaluate|solve|add up|sum up"
    r"|tell me|was (?:ist|sind|macht|ergibt)|wie\s?viel (?:ist|sind|macht|ergibt)|berechne|rechne(?: aus)?"
    r"|combien (?:font|fait)|calcule[rz]?|cuánto es)\s*:?\s+|=\s*)",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(r"\b(?:what|how much)\s+(.+?)\s+(?:is|are|makes?|equals?)\s*\??$", re.IGNORECASE)
_WORDS = (
    (re.compile(r"(?<=[\d)])\s*(?:×|·|x|times|multiplied by|mal|fois)\s*(?=[\d(])", re.IGNORECASE), " * "),
    (re.compile(r"(?<=[\d)])\s*(?:÷|:(?=\s)|divided by|over|geteilt durch|durch|divisé par)\s*(?=[\d(])", re.I), " / "),
    (re.compile(r"\s+(?:plus|et)\s+(?=[\d(])", re.IGNORECASE), " + "),
    (re.compile(r"\s+(?:minus|moins)\s+|−", re.IGNORECASE), " - "),
    (re.compile(r"\s*\^\s*|\s+to the power of\s+|\s+hoch\s+", re.IGNORECASE), " ** "),
    (re.compile(r"\s+squared\b", re.IGNORECASE), " ** 2"),
    (re.compile(r"\s+cubed\b", re.IGNORECASE), " ** 3"),
    (re.compile(r"\s*(?:\bper ?cent\b|\bprozent\b|\bpour ?cent\b)", re.IGNORECASE), "%"),
    (re.compile(r"%\s*(?:von|de)\s+", re.IGNORECASE), "% of "),
    (re.compile(r"^([\d.,]+)\s*%\s+(?:off|discount on|less than)\s+([\d.,]+)$", re.IGNORECASE), r"\2 - \1%"),
    (re.compile(r"^add\s+([\d.,]+)\s*%\s+(?:\w+\s+)?(?:to|on)\s+([\d.,]+)$", re.IGNORECASE), r"\2 + \1%"),
    (re.compile(r"\s+(?:equals|makes|is|ergibt|fait)$", re.IGNORECASE), ""),
    (re.compile(r"\bhalf of\s+(?=[\d(])", re.IGNORECASE), "1/2 of "),
    (
        re.compile(r"^(?:the )?square root of\s+([\d.,]+)$|^(?:die )?wurzel (?:aus|von)\s+([\d.,]+)$", re.I),
        r"sqrt(\1\2)",
    ),
    (re.compile(r"\bthe (?=sum|mean|min|max|square)", re.IGNORECASE), ""),
)
_SMALL_NUMBERS = {
    word: number
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze",
    )
    for number, word in enumerate(words.split())
}
_SMALL = re.compile(rf"\b(?:{'|'.join(_SMALL_NUMBERS)})\b", re.IGNORECASE)
_FUNCTIONS = {
    "average": "mean", "mean": "mean", "sum": "sum", "total": "sum", "maximum": "max", "minimum": "min",
    "largest": "max", "smallest": "min", "durchschnitt": "mean", "summe": "sum", "moyenne": "mean",
}  # fmt: skip
_SEVERAL = re.compile(
    rf"^(?:the\s+|der\s+|die\s+|la\s+)?(?P<what>{'|'.join(_FUNCTIONS)})\s+(?:of|aus|von|de)\s+"
    r"(?P<numbers>[-\d.,]+(?:(?:,\s+|,?\s+(?:and|und|et)\s+|\s+)[-\d.,]+)+)$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r",?\s+(?:(?:and|und|et)\s+)?|,$")
_NAMES = r"sqrt|round|floor|ceil|min|max|abs|sum|mean|avg|average|log|ln|exp"
_ARITHMETIC = re.compile(
    rf"^(?:[\d.,\s+\-*/%()'π]|(?<=\d)e[+-]?(?=\d)|\bof\b|\b(?:pi|e)\b|\b(?:{_NAMES})(?=\s*\())+$", re.IGNORECASE
)
_OPERATION = re.compile(
    r"(?:[\d)%π]|\bpi|\be)\s*(?:\*\*|[-+*/]|%?\s*of\s)\s*[-+]?[\d(a-zπ]|[a-z]\s*\(|\d\s*%\s*of|\d\s*%\s*\d",
    re.IGNORECASE,
)
_ONLY_HYPHENS = re.compile(r"^[\d-]+$")
_DATE_OR_PHONE = re.compile(r"^\d{1,4}[./]\d{1,2}[./]\d{2,4}$|^\+?\d[\d\s/-]{7,}$|^0\d+[\s/-]\d+$")
_UNFINISHED = re.compile(r"(?:\*\*|[-+*/(,]|\bof)\s*$", re.IGNORECASE)
_BY_ZERO = re.compile(r"/\s*[-+]?0+(?:\.0+)?(?![\d.])")

_WRITTEN_NUMBER = re.compile(r"(?<![\d.,])\d[\d.,]*\d(?![\d.,])")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+),(\d+)")
_GROUPED_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_COMMA_TONGUE = re.compile(
    r"^(?:was|wie\s?viel|berechne|rechne|und|combien|calcule|cuánto|et)\b|\b(?:von|mal|geteilt|hoch|prozent|moins|fois"
    r"|divisé|wurzel)\b",
    re.IGNORECASE,
)

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
    r"^(?:(?:and|und|et|then|now)[\s,]+)*(?P<what>times|multiplied by|mal|fois|plus|minus|moins|divided by"
    r"|geteilt durch"
    rf"|[+*/×÷-])\s*(?P<number>{_NUMBER}?\d|\d)\s*(?P<percent>%?)$",
    re.IGNORECASE,
)
_OF_OTHER = re.compile(rf"{_AND}(?P<number>{_NUMBER}?\d|\d)$", re.IGNORECASE)
_SIGNS = {"times": "*", "multiplied by": "*", "mal": "*", "fois": "*", "×": "*", "plus": "+", "minus": "-",
          "moins": "-", "divided by": "/", "geteilt durch": "/", "÷": "/"}  # fmt: skip


def expression_in(text: str) -> str | None:
    """The arithmetic a message consists of, or None."""
    cleaned = text.strip().rstrip("?!=. \t")
    asked = _PREFIX.sub("", cleaned, count=1)
    embedded = _EMBEDDED.search(cleaned)
    for candidate in (asked, embedded.group(1) if embedded else ""):
        expression = _in_symbols(with_points(candidate, comma=bool(_COMMA_TONGUE.search(cleaned))))
        if _ARITHMETIC.match(expression) and _OPERATION.search(expression):
            # 2026-11-20, 24/12/2026 and 030-123456 are no sums unless somebody asks what they are.
            if candidate == cleaned and (_ONLY_HYPHENS.match(expression) or _DATE_OR_PHONE.match(expression)):
                return None
            return expression
    return None


def with_points(text: str, *, comma: bool = False) -> str:
    """Decimals with a point. A comma before other than three digits is one for decimals; so is any, and a point groups
    thousands, where the language writes them so (``comma``)."""
    if "(" in text and re.search(rf"\b(?:{_NAMES})\s*\(", text, re.IGNORECASE):
        return text  # between brackets commas divide
    return _WRITTEN_NUMBER.sub(lambda match: _pointed(match[0], comma=comma), text)


def _pointed(number: str, *, comma: bool) -> str:
    decimal = _DECIMAL_COMMA.fullmatch(number)
    if decimal is not None and (comma or not _GROUPED.fullmatch(number)):
        return f"{decimal[1].replace('.', '')}.{decimal[2]}"
    return number.replace(".", "") if comma and _GROUPED_POINTS.fullmatch(number) else number


def _in_symbols(text: str) -> str:
    text = _of_several(_SMALL.sub(lambda match: str(_SMALL_NUMBERS[match[0].lower()]), text))
    for words, symbol in _WORDS:
        text = words.sub(symbol, text)
    return " ".join(text.split())


def _of_several(text: str) -> str:
    """“the average of 3, 4 and 8” as the calculator writes it."""
    match = _SEVERAL.match(text)
    if match is None:
        return text
    numbers = [number.replace(",", "") for number in _BETWEEN.split(match["numbers"]) if number]
    return f"{_FUNCTIONS[match['what'].lower()]}({', '.join(numbers)})"


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
    if _BY_ZERO.search(expression):
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
    asked = _in_symbols(_PREFIX.sub("", text, count=1))
    sound = bool(_ARITHMETIC.match(asked)) and bool(re.search(r"\d\s*(?:\*\*|[+*/-])", asked))
    if sound and _is_unfinished(asked):
        return refused(f"The sum “{asked}” is not finished: something is missing in it.")
    return None


def _is_unfinished(expression: str) -> bool:
    return bool(_UNFINISHED.search(expression)) or expression.count("(") != expression.count(")")


def _each(text: str) -> tuple[str, str] | None:
    """“12 apples at 3.50 each, how much?”"""
    match = _EACH.match(_PREFIX.sub("", text, count=1)) or _EACH.match(text)
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
    asked = _PREFIX.sub("", text, count=1)
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
