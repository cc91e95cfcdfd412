"""Writing from a step's inputs, each by what it is: facts, search results, a text, or a small result."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from domain.llm.offline.extract import LABEL, plain_text, summary
from domain.llm.offline.facts import worded_facts
from domain.llm.offline.plans import SENTENCE, notes_of
from domain.llm.offline.queried import ROWS_ARE_TOLD, is_export, is_picture, is_result, worded_result

_QUOTED = re.compile(r"“([^”]+)”")
_SHORT_TEXT = 400
"""Characters up to which a text is given whole."""

_MOST_RESULTS = 8
_MOST_ROWS = 10
_LONGEST_VALUE = 300
_OF_A_SOURCE = ("url", "file", "title", "kind")


def answer(variables: Mapping[str, Any]) -> str:
    """The text of an llm node, from its ``question`` and ``inputs``; ``instruction`` may say what it begins with."""
    notes = notes_of(str(variables.get("instruction") or ""))
    question = str(variables.get("question") or "")
    for left_out in _QUOTED.findall(" ".join(notes)):  # what is named as not done is no part of what is answered
        question = question.replace(left_out, " ")
    return "\n\n".join([*dict.fromkeys(notes), _answer(question, variables)])


def _answer(question: str, variables: Mapping[str, Any]) -> str:
    inputs = [entry for entry in cast("list[Any]", variables.get("inputs") or []) if entry not in (None, "", [], {})]
    if not inputs:
        return "There is nothing to answer from: no earlier step gave a result."
    objects = [cast("Mapping[str, Any]", entry) for entry in inputs if isinstance(entry, Mapping)]
    rows = ROWS_ARE_TOLD not in str(variables.get("instruction") or "")
    results = [entry for entry in objects if is_result(entry)]
    beside = [entry for entry in objects if is_export(entry) or is_picture(entry)]
    parts = [
        worded_result(entry, beside, rows=rows, named=len(results) > 1)
        if entry in results
        else _worded(entry, question)
        for entry in inputs
        if entry not in beside
    ]
    if not results:
        parts += [str(entry["reason"]) for entry in beside if entry.get("reason")]
    # The label is said once, below everything it is true of.
    extracted = any(LABEL in part for part in parts)
    cleaned = [part.replace(LABEL, "").strip() for part in parts]
    return "\n\n".join([*(part for part in cleaned if part), *([LABEL] if extracted else [])])


def _worded(entry: Any, question: str) -> str:
    if isinstance(entry, str):
        return _text(entry, question)
    if isinstance(entry, Mapping):
        return _object(cast("Mapping[str, Any]", entry), question)
    if isinstance(entry, Sequence):
        return "\n\n".join(_worded(part, question) for part in cast("Sequence[Any]", entry))
    return str(entry)


def _object(output: Mapping[str, Any], question: str) -> str:
    if set(output) == {SENTENCE}:
        return str(output[SENTENCE])
    if isinstance(output.get("facts"), list):
        return worded_facts(output, question)
    if isinstance(output.get("results"), list):
        return _repeated(output, question) if "items" in output else _results(output)
    if "expression" in output and "value" in output:
        return _calculated(output)
    if isinstance(output.get("columns"), list) and isinstance(output.get("text"), str):
        return _table(output)
    if "status" in output and not {"json", "text"}.isdisjoint(output):
        return _answered(output)
    if "iso" in output and "timezone" in output:
        return f"{output['timezone']}: {output.get('text') or output['iso']}"
    if isinstance(output.get("text"), str):
        return f"{_source(output)}{_text(str(output['text']), question)}"
    if isinstance(output.get("file"), str) and "size" in output:
        return f"{output['file']} is written ({_size(output['size'])})."
    return _compact(output)


def _text(text: str, question: str) -> str:
    plain = plain_text(text)
    if len(plain) <= _SHORT_TEXT:
        return plain
    return f"{summary(text, question)}\n\n{LABEL}"


def _source(output: Mapping[str, Any]) -> str:
    """The heading of a text that comes from a page or a file."""
    name = str(output.get("title") or output.get("file") or output.get("url") or "")
    cut = " (only its beginning was read)" if output.get("truncated") is True else ""
    return f"{plain_text(name) or name}{cut}\n" if any(output.get(key) for key in _OF_A_SOURCE) and name else ""


def _repeated(output: Mapping[str, Any], question: str) -> str:
    """What a foreach node gave, item by item."""
    results = cast("list[Any]", output["results"])
    return "\n\n".join(_worded(entry, question) for entry in results if entry is not None)


def _table(output: Mapping[str, Any]) -> str:
    """The head of a table, as read_file gives it: Markdown, the header and a rule first."""
    lines = str(output["text"]).strip().splitlines()[: 2 + _MOST_ROWS]
    shown, rows = max(len(lines) - 2, 0), output.get("rows")
    of_all = f"{shown} of {rows:,} rows" if isinstance(rows, int) else f"{shown} rows"
    return "\n".join([*lines, "", f"{of_all} of {output.get('file') or 'the table'}."])


def _results(output: Mapping[str, Any]) -> str:
    results = [cast("Mapping[str, Any]", entry) for entry in output["results"] if isinstance(entry, Mapping)]
    query = str(output.get("query") or "")
    if not results:
        return f"The search for “{query}” found nothing."
    lines = [_result(place, result) for place, result in enumerate(results[:_MOST_RESULTS], 1)]
    return f"Found for “{query}”:\n" + "\n".join(lines)


def _result(place: int, result: Mapping[str, Any]) -> str:
    title = plain_text(str(result.get("title") or "")) or "(untitled)"
    snippet = plain_text(" ".join(str(result.get("snippet") or "").split()))
    about = f" - {snippet}" if snippet else ""
    return f"{place}. {title}{about}\n   {result.get('url') or ''}".rstrip()


def _calculated(output: Mapping[str, Any]) -> str:
    text = str(output.get("text") or output["value"])
    expression = str(output["expression"])
    return text if "=" in text else f"{expression} = {text}"


def _answered(output: Mapping[str, Any]) -> str:
    body = output.get("json", output.get("text"))
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
    return f"The address answered with status {output['status']}: {_cut(plain_text(text))}"


def _compact(output: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{key}: {_cut(_value(value))}" for key, value in output.items() if value not in (None, "", [], {})
    )


def _value(value: Any) -> str:
    return plain_text(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE].rstrip()} …"


def _size(size: Any) -> str:
    if not isinstance(size, int):
        return str(size)
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1000:,.0f} kB"
