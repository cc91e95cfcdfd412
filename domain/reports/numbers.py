"""The guard over worded insights: every number in a text must be one that a computed fact states."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

Kind = Literal["plain", "percent", "points"]

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATES = re.compile(
    r"\b\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)?\b"
    r"|\b\d{4}-?W\d{2}\b|\bQ[1-4]\s+\d{4}\b|\b\d{4}[- ]?Q[1-4]\b"
    r"|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b"
    rf"|\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?:\s*[–-]\s*\d{{1,2}}(?:st|nd|rd|th)?)?\s+(?:of\s+)?)?{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d),?)?\s+\d{{4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?![.,]?\d)"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[-−+](?=[€$£¥]?\s?\d))?[€$£¥]?\s?"
    r"(?P<digits>\d(?:[\d.,'’\u00a0\u202f]*\d)?)"
    r"(?P<after>\s?(?:%|per\s?cent\b|percent\b|pp\b|p\.p\.|(?:percentage\s|%-)?points?\b|(?:k|m|mn|bn|million|billion|thousand)\b)|"
    r"(?:st|nd|rd|th|x)\b)?",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\s*(?:[-*•–]\s+|\d{1,3}[.)]\s+|#+\s+)*")
_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"”’)*_]*(?=\s|$)|$)\s*")
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NEAR = 0.005  # how far a number that ends in zeros may be from the one it rounds, relative


@dataclass(frozen=True, slots=True)
class Checked:
    """``text`` without the sentences that hold unmatched numbers; the numbers found, as they were written."""

    text: str
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stated:
    value: float
    kind: Kind


def check(text: str, facts: Sequence[Mapping[str, Any]], computed: Sequence[str] = ()) -> Checked:
    """Compare each number of a text with those that facts state (as ``Fact.as_json()`` gives them).

    A number matches a fact's value or the count or ends of its rows, rounded as it is written, whatever its sign;
    ratios match as per cent. So do the numbers and dates in a fact's own sentence. Dates and years inside a stated
    period, numbers within names of columns and values, and the numbers of list items are no claims. ``computed`` are
    texts that were worked out with the facts, such as a table of them: a line of theirs is kept as it stands.
    """
    stands = {line.strip() for part in computed for line in part.split("\n")}
    stated = list(_stated(facts))
    years = _years(facts)
    names = _names(facts)
    dates = _dates(facts)
    matched: list[str] = []
    unmatched: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip() and line.strip() in stands:
            matched += _judge(line, stated, years, names, dates)[0]
            lines.append(line)
            continue
        marker = cast("re.Match[str]", _MARKER.match(line)).group()
        kept = ""
        for sentence in _sentences(line[len(marker) :]):
            found, missing = _judge(sentence, stated, years, names, dates)
            matched += found
            unmatched += missing
            if not missing:
                kept += sentence
        if kept.strip() or not line.strip():
            lines.append(marker + kept.rstrip())
    return Checked("\n".join(lines).strip("\n"), tuple(matched), tuple(unmatched))


def _sentences(line: str) -> Iterator[str]:
    for found in _SENTENCE.finditer(line):
        yield found.group()


def _judge(
    sentence: str,
    stated: Sequence[_Stated],
    years: tuple[int, int] | None,
    names: re.Pattern[str] | None,
    dates: frozenset[str],
) -> tuple[list[str], list[str]]:
    """The numbers of one sentence that are stated, and those that are not."""
    rest = names.sub(lambda found: " " * len(found.group()), sentence) if names else sentence
    missing = [
        found.group()
        for found in _DATES.finditer(rest)
        if not _within(found.group(), years) and found.group().casefold() not in dates
    ]
    rest = _DATES.sub(lambda found: " " * len(found.group()), rest)
    matched: list[str] = []
    for found in _NUMBER.finditer(rest):
        written = found.group().strip()
        if _is_year(found) and _within(written, years) and years is not None:
            continue
        (matched if _is_stated(found, stated) else missing).append(written)
    return matched, missing


# -- what facts state ----------------------------------------------------------------------------------


def _stated(facts: Sequence[Mapping[str, Any]]) -> Iterator[_Stated]:
    for fact in facts:
        value, unit = fact.get("value"), str(fact.get("unit") or "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield from _forms(float(value), unit)
        yield from (_Stated(float(number), "plain") for number in _row_numbers(fact.get("rows")))
        sentence = _DATES.sub(" ", str(fact.get("text") or ""))
        for found in _NUMBER.finditer(sentence):
            kind, scale = _kind(found)
            yield from (_Stated(number * scale, kind) for number, _ in _readings(found["digits"]))


def _forms(value: float, unit: str) -> Iterator[_Stated]:
    if unit.startswith("ratio"):
        yield from (_Stated(value * 100, "percent"), _Stated(value, "plain"))
    elif unit.startswith(("%", "percent")):
        yield from (_Stated(value, "percent"), _Stated(value / 100, "plain"))
    elif unit == "pp":
        yield _Stated(value, "points")
    else:
        yield _Stated(value, "plain")


def _row_numbers(rows: Any) -> set[int]:
    """The ends of each range of rows, and how many rows they are together."""
    if not isinstance(rows, list | tuple):
        return set()
    ends = [
        [int(part) for part in re.findall(r"\d+", str(entry))] for entry in cast("Sequence[Any]", rows)
    ]  # numbers, "5-9" and [5, 9] alike
    known = [numbers for numbers in ends if numbers]
    count = sum(numbers[-1] - numbers[0] + 1 for numbers in known)
    return {number for numbers in known for number in numbers} | ({count} if count else set())


def _years(facts: Sequence[Mapping[str, Any]]) -> tuple[int, int] | None:
    """The first and the last year of all stated periods."""
    found = [
        int(str(end)[:4])
        for fact in facts
        for key in ("period", "baseline")
        if isinstance(fact.get(key), Mapping)
        for end in cast("Mapping[str, Any]", fact[key]).values()
        if re.match(r"\d{4}", str(end))
    ]
    return (min(found), max(found)) if found else None


def _dates(facts: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The dates in the facts' own sentences."""
    return frozenset(
        found.group().casefold() for fact in facts for found in _DATES.finditer(str(fact.get("text") or ""))
    )


def _names(facts: Sequence[Mapping[str, Any]]) -> re.Pattern[str] | None:
    """Names of metrics, columns and values that hold digits: what they say is no claim."""
    names: set[str] = set()
    for fact in facts:
        names.add(str(fact.get("metric") or ""))
        segment = fact.get("segment")
        if isinstance(segment, Mapping):
            pairs = cast("Mapping[str, Any]", segment)
            names |= {str(part) for part in [*pairs, *pairs.values()]}
    digits = sorted((name for name in names if re.search(r"\d", name)), key=len, reverse=True)
    if not digits:
        return None
    return re.compile(
        "|".join(rf"(?<!\w)(?<!\d[.,:]){re.escape(name)}(?!\w)(?![.,:]\d)" for name in digits), re.IGNORECASE
    )


# -- how numbers are written ---------------------------------------------------------------------------


def _within(date: str, years: tuple[int, int] | None) -> bool:
    """Whether the year a date names, if it names one, lies in the stated time."""
    named = re.search(r"\b(?:19|20)\d{2}(?=\b|W|Q)", date)
    return named is None or years is None or years[0] <= int(named.group()) <= years[1]


def _is_year(found: re.Match[str]) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d{2}", found["digits"])) and not found["after"] and not found["sign"]


def _kind(found: re.Match[str]) -> tuple[Kind, float]:
    """What stands behind a number, and what it is to be multiplied with."""
    after = (found["after"] or "").strip().casefold()
    if after in ("%", "percent") or re.fullmatch(r"per\s?cent", after):
        return "percent", 1.0
    if after.startswith(("pp", "p.p")) or "point" in after:
        return "points", 1.0
    return "plain", _SCALES.get(after, 1.0)


def _readings(digits: str) -> list[tuple[float, int]]:
    """The numbers that digits may mean, with the decimals written: ``1.204`` may be either of two."""
    bare = re.sub(r"['’\u00a0\u202f]", "", digits)
    out: list[tuple[float, int]] = []
    for mark, thousands in ((".", ","), (",", ".")):
        whole, _, after = bare.partition(mark) if mark in bare else (bare, "", "")
        groups = whole.split(thousands)
        grouped = all(len(group) == 3 for group in groups[1:]) and (len(groups) == 1 or 1 <= len(groups[0]) <= 3)
        if grouped and after.isdigit() | (not after) and all(group.isdigit() for group in groups):
            reading = (float(f"{''.join(groups)}.{after or 0}"), len(after))
            if reading not in out:
                out.append(reading)
    return out


def _is_stated(found: re.Match[str], stated: Sequence[_Stated]) -> bool:
    kind, scale = _kind(found)
    scales = {1.0, scale} if (found["after"] or "").strip() in ("k", "m") else {scale}  # a letter may be a unit
    return any(
        one.kind == kind and any(_rounds_to(abs(one.value), number, decimals, by) for by in scales)
        for number, decimals in _readings(found["digits"])
        for one in stated
    )


def _rounds_to(value: float, number: float, decimals: int, scale: float) -> bool:
    """Whether a value, rounded as a number is written, is that number."""
    if abs(value - number * scale) <= (0.5 * 10.0**-decimals + 1e-9) * scale:
        return True
    zeros = len(str(int(number))) - len(str(int(number)).rstrip("0")) if not decimals and number else 0
    return zeros > 0 and abs(value - number * scale) <= min(0.5 * 10.0**zeros * scale, _NEAR * value)
