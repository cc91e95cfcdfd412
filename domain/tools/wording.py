"""What a call of a tool is called where people read of it: “Read leads.csv”, not “read file”."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

LONGEST = 60
"""Characters of an argument that are shown."""


def worded(tool: str, arguments: Mapping[str, Any]) -> str | None:
    """A short sentence in the imperative; None for a tool that has none.

    An argument that is not known before the call (``{{ n1.output.url }}``), or is none of text, is left out of it.
    """
    words = _WORDS.get(tool)
    return words(arguments) if words is not None else None


def _shown(arguments: Mapping[str, Any], name: str) -> str:
    """The argument on one line, shortened; empty where it is not known yet."""
    value = arguments.get(name)
    if not isinstance(value, str) or "{{" in value:
        return ""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def _host(arguments: Mapping[str, Any]) -> str:
    """The host of the address: what stands before and behind it may hold secrets."""
    address = _shown(arguments, "url")
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _about(verb: str, name: str, otherwise: str) -> Callable[[Mapping[str, Any]], str]:
    def words(arguments: Mapping[str, Any]) -> str:
        shown = _shown(arguments, name)
        return f"{verb} {shown}" if shown else otherwise

    return words


def _fetch(arguments: Mapping[str, Any]) -> str:
    return f"Fetch {_host(arguments) or 'a page'}"


def _send(arguments: Mapping[str, Any]) -> str:
    method = _shown(arguments, "method").upper() or "GET"
    return f"Send {method} to {_host(arguments) or 'an address'}"


def _search(arguments: Mapping[str, Any]) -> str:
    query = _shown(arguments, "query")
    return f"Search the web for “{query}”" if query else "Search the web"


def _chart(arguments: Mapping[str, Any]) -> str:
    file = _shown(arguments, "file")
    return f"Draw a chart of {file}" if file else "Draw a chart"


def _export(arguments: Mapping[str, Any]) -> str:
    kind = _shown(arguments, "format")
    return f"Write the result as {kind.upper()}" if kind else "Write the result to a file"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "analyse_table": _about("Compute the facts of", "file", "Compute the facts of a table"),
    "calculate": _about("Calculate", "expression", "Calculate"),
    "current_time": _about("Look at the clock in", "timezone", "Look at the clock"),
    "draw_chart": _chart,
    "export_table": _export,
    "http_request": _send,
    "navigate_url": _fetch,
    "query_table": _about("Look up in", "file", "Look up in a table"),
    "read_file": _about("Read", "file", "Read a file"),
    "search_google": _search,
    "write_file": _about("Write", "name", "Write a file"),
}
