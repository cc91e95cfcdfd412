"""Arithmetic that a message is written in, in words or in signs, as the calculator reads it."""

import re

PREFIX = re.compile(
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
ARITHMETIC = re.compile(
    rf"^(?:[\d.,\s+\-*/%()'π]|(?<=\d)e[+-]?(?=\d)|\bof\b|\b(?:pi|e)\b|\b(?:{_NAMES})(?=\s*\())+$", re.IGNORECASE
)
_OPERATION = re.compile(
    r"(?:[\d)%π]|\bpi|\be)\s*(?:\*\*|[-+*/]|%?\s*of\s)\s*[-+]?[\d(a-zπ]|[a-z]\s*\(|\d\s*%\s*of|\d\s*%\s*\d",
    re.IGNORECASE,
)
_ONLY_HYPHENS = re.compile(r"^[\d-]+$")
_DATE_OR_PHONE = re.compile(r"^\d{1,4}[./]\d{1,2}[./]\d{2,4}$|^\+?\d[\d\s/-]{7,}$|^0\d+[\s/-]\d+$")
UNFINISHED = re.compile(r"(?:\*\*|[-+*/(,]|\bof)\s*$", re.IGNORECASE)
BY_ZERO = re.compile(r"/\s*[-+]?0+(?:\.0+)?(?![\d.])")

_WRITTEN_NUMBER = re.compile(r"(?<![\d.,])\d[\d.,]*\d(?![\d.,])")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+),(\d+)")
_GROUPED_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_COMMA_TONGUE = re.compile(
    r"^(?:was|wie\s?viel|berechne|rechne|und|combien|calcule|cuánto|et)\b|\b(?:von|mal|geteilt|hoch|prozent|moins|fois"
    r"|divisé|wurzel)\b",
    re.IGNORECASE,
)


def expression_in(text: str) -> str | None:
    """The arithmetic a message consists of, or None."""
    cleaned = text.strip().rstrip("?!=. \t")
    asked = PREFIX.sub("", cleaned, count=1)
    embedded = _EMBEDDED.search(cleaned)
    for candidate in (asked, embedded.group(1) if embedded else ""):
        expression = in_symbols(with_points(candidate, comma=bool(_COMMA_TONGUE.search(cleaned))))
        if ARITHMETIC.match(expression) and _OPERATION.search(expression):
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


def in_symbols(text: str) -> str:
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
