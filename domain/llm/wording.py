"""How a prompt's variables are worded for a model: tersely, and with what came from outside fenced.

A fence says where foreign text begins and ends. Anything inside that looks like a fence is defused, so
that a page or a file cannot close it and speak with the voice of the instructions.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from domain.llm.catalogue import catalogue

LONGEST_INPUTS = 60_000
"""Characters that all inputs of one step may take together; a longer one is cut, and the cut is marked."""

LONGEST_OUTPUT_SUMMARY = 400
"""Characters of one finished node's output shown when a plan is repaired."""

LONGEST_DOING = 160
"""Characters of what a running task is about."""

_MOST_COLUMNS = 40
"""Names of a table's columns that are told with what was worked out of it."""

LONGEST_QUOTED = 24_000
"""Characters of everything a message refers to."""

LONGEST_INSTRUCTIONS = 8_000
"""Characters of a thread's own instructions: each of its calls carries them."""

_FENCE = re.compile(r"<(?=\s*/?\s*untrusted)", re.IGNORECASE)
_NO_NAME = re.compile(r'[<>"\s]+')
"""What a name in a fence's mark cannot hold: people choose their names."""

_KINDS = {
    "quote": "quoted",
    "reply": "the message that is answered",
    "forward": "forwarded",
    "shared": "shared message",
    "earlier": "earlier in this thread",
    "table": "table",
    "pasted": "beginning of a pasted text, kept as a file",
}


def worded(variables: Mapping[str, Any]) -> dict[str, str]:
    """Each variable as text: by its own rule where there is one, else as it is or as compact JSON."""
    return {name: _WORDED[name](value) if name in _WORDED else plain(value) for name, value in variables.items()}


def plain(value: Any) -> str:
    """Text as it is, nothing for None and empty collections, compact JSON for the rest."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def fenced(text: str, source: str) -> str:
    """Text from outside, marked as data."""
    return f'<untrusted source="{_NO_NAME.sub(" ", source)}">\n{_FENCE.sub("&lt;", text)}\n</untrusted>'


def referring(text: str, quoted: Sequence[Mapping[str, Any]], limit: int) -> str:
    """A turn's own words, and below them what they refer to: at most ``limit`` characters of that, fenced."""
    return "\n".join(part for part in (text, _pieces(quoted, limit)) if part)


def shortened(text: str, limit: int) -> str:
    """The first ``limit`` characters, with a mark where the rest was cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … [cut, {len(text) - limit:,} more characters]"


def _instructions(value: Any) -> str:
    return shortened(plain(value), LONGEST_INSTRUCTIONS)


def _files(value: Any) -> str:
    return ", ".join(_file(entry) for entry in cast("list[Any]", value or []))


def _file(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return plain(entry)
    described = cast("Mapping[str, Any]", entry)
    size = described.get("size")
    details = [str(described.get("mime_type") or ""), f"{size} bytes" if size is not None else ""]
    details = [detail for detail in details if detail]
    if described.get("made") is True:
        details.append("made by you")
    name = json.dumps(described.get("name", ""), ensure_ascii=False)
    return f"{name} ({', '.join(details)})" if details else name


def _errors(value: Any) -> str:
    return "".join(f"\n- {error}" for error in cast("list[Any]", value or []))


def _inputs(value: Any) -> str:
    inputs = cast("list[Any]", value or [])
    if not inputs:
        return ""
    room = LONGEST_INPUTS // len(inputs)
    return "\n".join(fenced(shortened(_input(entry), room), f"input {place}") for place, entry in enumerate(inputs, 1))


def _input(entry: Any) -> str:
    """A long text stands by itself after the other values: escaped inside JSON it would cost more and read worse."""
    if isinstance(entry, Mapping):
        described = cast("Mapping[str, Any]", entry)
        text = described.get("text")
        if isinstance(text, str) and "\n" in text:
            rest = {key: part for key, part in described.items() if key != "text"}
            return f"{plain(rest)}\n{text}"
    return plain(entry)


def _quoted(value: Any) -> str:
    pieces = _pieces(cast("list[Mapping[str, Any]]", value or []), LONGEST_QUOTED)
    return f"\n{pieces}" if pieces else ""


def _pieces(pieces: Sequence[Mapping[str, Any]], limit: int) -> str:
    """Each piece in a fence of its own, which names who said it where."""
    room = limit // len(pieces) if pieces else 0
    return "\n".join(fenced(shortened(_piece(piece), max(room, 80)), _source(piece)) for piece in pieces)


def _piece(piece: Mapping[str, Any]) -> str:
    files = ", ".join(json.dumps(name, ensure_ascii=False) for name in piece.get("files") or ())
    said = [part for part in (str(piece.get("text") or ""), f"(with {files})" if files else "") if part]
    return "\n".join(said) or "(its words were not passed on)"


def _source(piece: Mapping[str, Any]) -> str:
    kind = _KINDS.get(str(piece.get("kind")), "quoted")
    who, where = piece.get("who"), piece.get("where")
    return f"{kind}{f', by {who}' if who else ''}{f', in {where}' if where else ''}"


def _last(value: Any) -> str:
    if not value:
        return ""
    last = cast("Mapping[str, Any]", value)
    spec = cast("Mapping[str, Any]", last.get("plan") or {})
    nodes = cast("list[Mapping[str, Any]]", spec.get("nodes") or [])
    calls = [{"name": node.get("name"), "config": node.get("config")} for node in nodes if node.get("type") == "tool"]
    short = {
        "question": last.get("question"),
        "tools": calls,
        "query": last.get("query"),
        "columns": _names(last.get("columns"))[:_MOST_COLUMNS],
        "files": _names(last.get("files")),
    }
    return shortened(plain({key: part for key, part in short.items() if part}), 1_500)


def _names(files: Any) -> list[Any]:
    return [
        cast("Mapping[str, Any]", entry).get("name") if isinstance(entry, Mapping) else entry
        for entry in cast("list[Any]", files or [])
    ]


def _open(value: Any) -> str:
    return "".join(f"\n#{task['number']} “{task['title']}”: {_doing(task)}" for task in value or ())


def _doing(task: Mapping[str, Any]) -> str:
    return shortened(" ".join(plain(task.get("doing")).split()), LONGEST_DOING)


def _notes(value: Any) -> str:
    return "".join(f"\n- {shortened(plain(note.get('words')), LONGEST_OUTPUT_SUMMARY)}" for note in value or ())


def _done(value: Any) -> str:
    return "".join(f"\n{_outcome(entry, 'output')}" for entry in cast("list[Any]", value or []))


def _failed(value: Any) -> str:
    return _outcome(value, "error") if value else ""


def _outcome(entry: Any, part: str) -> str:
    node = cast("Mapping[str, Any]", entry)
    text = shortened(plain(node.get(part)), LONGEST_OUTPUT_SUMMARY)
    key = str(node.get("id"))
    return f"{key} {node.get('name')}:\n{fenced(text, key)}"


_WORDED = {
    "attachments": _files,
    "files": _files,
    "tools": catalogue,
    "agent_instructions": _instructions,
    "errors": _errors,
    "inputs": _inputs,
    "quoted": _quoted,
    "last": _last,
    "done": _done,
    "failed": _failed,
    "notes": _notes,
    "open": _open,
}
