"""What a call brought in that others wrote: outputs that are marked ``untrusted``, by where they come from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

KEPT = 10
"""So many sources of one task are kept by name."""
SHOWN = 3
LONGEST = 40
"""Characters of a source's name."""


def source_of(output: Mapping[str, Any]) -> str | None:
    """The host, the file or what else an untrusted output comes from; None for one that is Legwork's own."""
    if output.get("untrusted") is not True:
        return None
    if isinstance(output.get("url"), str):
        name = _host(output["url"])
    elif isinstance(output.get("file"), str):
        name = output["file"]
    else:
        name = "a web search" if "query" in output and "results" in output else ""
    line = " ".join(name.split())
    return (line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…") or "what others wrote"


def new(known: Sequence[str], read: Iterable[str]) -> list[str]:
    """The sources that are not known yet, each once, in the order in which they were read; ``KEPT`` with the others."""
    return [source for source in dict.fromkeys(read) if source not in known][: max(0, KEPT - len(known))]


def worded(sources: Sequence[str]) -> str:
    """As it stands on a card: “after reading example.org, leads.csv and others”."""
    if not sources:
        return "after reading what others wrote"
    names = [*sources[:SHOWN], *(["others"] if len(sources) > SHOWN else [])]
    return f"after reading {' and '.join((', '.join(names[:-1]), names[-1])) if len(names) > 1 else names[0]}"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
