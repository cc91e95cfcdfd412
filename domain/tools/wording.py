"""What a call of a tool is called where people read of it: “Read leads.csv”, not “read file”; and what is said of
several: “read leads.csv and two pages”.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from domain.tools.redaction import redacted

LONGEST = 60
"""Characters of an argument that are shown."""

Call = tuple[str, Mapping[str, Any]]
"""A tool's name, and the arguments it is called with."""


def worded(tool: str, arguments: Mapping[str, Any]) -> str | None:
    """A short sentence in the imperative; None for a tool that has none.

    An argument that is not known before the call (``{{ n1.output.url }}``), or is none of text, is left out of it.
    """
    words = _WORDS.get(tool)
    return f"{words.verb} {words.one(arguments)}" if words is not None else None


def doing(tool: str, arguments: Mapping[str, Any]) -> str:
    """What is going on while it is called: “reading leads.csv”."""
    words = _WORDS.get(tool)
    return f"{words.doing} {words.one(arguments)}" if words is not None else f"using {_named(tool)}"


def did(calls: Iterable[Call]) -> list[str]:
    """What the calls did, in the order in which each kind of thing was done first: “read leads.csv and two pages”. One
    of a kind is named, of several it is said how many; the same done again is no other.
    """
    kinds: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for tool, arguments in calls:
        words = _WORDS.get(tool)
        same = kinds.setdefault("used" if words is None else words.did, {}).setdefault(tool, [])
        if words is None or not any(words.is_same(arguments, other) for other in same):
            same.append(arguments)
    return [f"{verb} {and_(_things(tool, same) for tool, same in of.items())}" for verb, of in kinds.items()]


def and_(parts: Iterable[str]) -> str:
    """“a, b and c”."""
    *others, last = [*parts]
    return f"{', '.join(others)} and {last}" if others else last


def number(count: int) -> str:
    """In letters, as far as one writes them so."""
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _things(tool: str, calls: Sequence[Mapping[str, Any]]) -> str:
    count, words = len(calls), _WORDS.get(tool)
    if words is None:
        return f"{_named(tool)} {_times(count)}" if count > 1 else _named(tool)
    return words.one(calls[0]) if count == 1 else words.several.format(number=number(count), times=_times(count))


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{number(count)} times"


def _named(tool: str) -> str:
    """Of a tool that has no words: its name, which a model may have made up."""
    return _shown({"name": tool.replace("_", " ")}, "name") or "a tool"


def _shown(arguments: Mapping[str, Any], name: str) -> str:
    """The argument on one line, shortened, without secrets; empty where it is not known yet."""
    value = arguments.get(name)
    if not isinstance(value, str) or "{{" in value:
        return ""
    line = " ".join(str(redacted(value)).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def _host(arguments: Mapping[str, Any]) -> str:
    """The host of the address: what stands before and behind it may hold secrets."""
    address = _shown(arguments, "url")
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class _Words:
    """The verb in the imperative, while it is done and when it was; what it is done with, for one call and for several.
    ``named``: the argument that says with what, where other arguments make it no other thing."""

    verb: str
    doing: str
    did: str
    one: Callable[[Mapping[str, Any]], str]
    several: str
    named: str | None = None

    def is_same(self, call: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        return call == other if self.named is None else call.get(self.named) == other.get(self.named)


def _of(name: str, otherwise: str, before: str = "") -> Callable[[Mapping[str, Any]], str]:
    def words(arguments: Mapping[str, Any]) -> str:
        return f"{before}{_shown(arguments, name) or otherwise}"

    return words


def _sent(arguments: Mapping[str, Any]) -> str:
    method = _shown(arguments, "method").upper() or "GET"
    return f"{method} to {_host(arguments) or 'an address'}"


def _searched(arguments: Mapping[str, Any]) -> str:
    query = _shown(arguments, "query")
    return f"the web for “{query}”" if query else "the web"


def _clock(arguments: Mapping[str, Any]) -> str:
    zone = _shown(arguments, "timezone")
    return f"at the clock in {zone}" if zone else "at the clock"


def _exported(arguments: Mapping[str, Any]) -> str:
    kind = _shown(arguments, "format")
    return f"the result as {kind.upper()}" if kind else "the result to a file"


def _drawn(arguments: Mapping[str, Any]) -> str:
    file = _shown(arguments, "file")
    return f"a chart of {file}" if file else "a chart"


_WORDS: Mapping[str, _Words] = {
    "analyse_table": _Words(
        "Compute",
        "computing",
        "computed",
        _of("file", "a table", "the facts of "),
        "the facts of {number} tables",
        named="file",
    ),
    "calculate": _Words("Calculate", "calculating", "calculated", _of("expression", "a sum"), "{number} sums"),
    "current_time": _Words("Look", "looking", "looked", _clock, "at the clock {times}"),
    "draw_chart": _Words("Draw", "drawing", "drew", _drawn, "{number} charts"),
    "export_table": _Words("Write", "writing", "wrote", _exported, "the result {times}"),
    "http_request": _Words("Send", "sending", "sent", _sent, "{number} requests"),
    "look_again": _Words("Look", "looking", "looked", lambda _: "again at a result", "again at {number} results"),
    "navigate_url": _Words("Fetch", "reading", "read", lambda call: _host(call) or "a page", "{number} pages"),
    "query_table": _Words(
        "Look", "looking", "looked", _of("file", "a table", "up in "), "up in {number} tables", "file"
    ),
    "read_file": _Words("Read", "reading", "read", _of("file", "a file"), "{number} files", "file"),
    "search_google": _Words("Search", "searching", "searched", _searched, "the web {times}"),
    "write_file": _Words("Write", "writing", "wrote", _of("name", "a file"), "{number} files"),
}
