"""What came out of a question to a table, in words: the sentence that answers, the rows, and the notes on them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from domain.llm.offline.plans import listed

ROWS_ARE_TOLD = "The rows were told before."
"""In an instruction: nothing but the picture of a result was asked for."""

_MOST_ROWS = 30
"""Rows of a result that are shown in a chat."""

_MOST_NOTES = 4

_SHOWN_HERE = re.compile(r"The first [\d,]+ of [\d,]+ are shown here\.")
"""What a result says of its own form, of which a chat shows less still."""


def is_result(output: Mapping[str, Any]) -> bool:
    """Whether it is what query_table gives."""
    return isinstance(output.get("sentence"), str) and isinstance(output.get("rows"), list) and "query" in output


def is_export(output: Mapping[str, Any]) -> bool:
    """Whether it is what export_table gives."""
    return isinstance(output.get("file"), str) and isinstance(output.get("rows"), int) and "mime_type" in output


def is_picture(output: Mapping[str, Any]) -> bool:
    """Whether it is what draw_chart gives: a chart, or the reason why there is none."""
    return "file" in output and (isinstance(output.get("chart"), Mapping) or "reason" in output)


def _of_rows(picture: Mapping[str, Any]) -> bool:
    """Whether a picture shows the rows themselves, which nobody reads one by one then."""
    chart = picture.get("chart")
    return isinstance(chart, Mapping) and cast("Mapping[str, Any]", chart).get("kind") in ("histogram", "scatter")


def worded_result(
    output: Mapping[str, Any], beside: Sequence[Mapping[str, Any]] = (), *, rows: bool = True, named: bool = False
) -> str:
    """One sentence first, then the table where it has more than one row, then the notes. ``beside``: the files that
    hold it, in which the rows stand then, and the pictures of it, as their tools give them. ``rows``: they were not
    told already. ``named``: there are others, of other files."""
    written = [_written(one) for one in beside if is_export(one)]
    reasons = [str(one["reason"]) for one in beside if one.get("reason")]
    noted = [output, *(one for one in beside if is_picture(one))]
    table = written or (_table(output) if rows and not any(map(_of_rows, beside)) else [])
    file = f"**{output.get('file')}**" if named else ""
    parts = [file, str(output["sentence"]).strip(), _left(output), *table, *reasons, _notes(noted)]
    return "\n\n".join(part for part in parts if part)


def _left(output: Mapping[str, Any]) -> str:
    """What of the question had no part in this."""
    words = [f"“{part}”" for part in cast("list[object]", output.get("left") or [])]
    return f"I did not understand {listed(words)} and left it out." if words else ""


def _table(output: Mapping[str, Any]) -> list[str]:
    """The table in Markdown, header and rule first."""
    lines = str(output.get("text") or "").strip().splitlines()
    rows, count = len(lines) - 2, output.get("count")
    if rows < (1 if _lists(output) else 2):
        return []
    shown = min(rows, _MOST_ROWS)
    whole = _asked_for(output, count) if isinstance(count, int) else rows
    more = [f"{shown:,} of {whole:,} rows; “export this as Excel” gives all of them."] if shown < whole else []
    return ["\n".join(lines[: 2 + shown]), *more]


def _asked_for(output: Mapping[str, Any], count: int) -> int:
    """How many rows the result has, of which the shown ones are the first."""
    limit = cast("Mapping[str, Any]", output.get("query") or {}).get("limit")
    return min(count, limit) if isinstance(limit, int) else count


def _lists(output: Mapping[str, Any]) -> bool:
    """Whether it is rows of the table itself, which no sentence says."""
    query = cast("Mapping[str, Any]", output.get("query") or {})
    return not (query.get("select") or query.get("by"))


def _written(file: Mapping[str, Any]) -> str:
    rows = file.get("rows")
    holds = f", with {rows:,} {'row' if rows == 1 else 'rows'}" if isinstance(rows, int) else ""
    note = str(file.get("note") or "")
    return " ".join(filter(None, (f"{file['file']} is written{holds}.", note)))


def _notes(outputs: Sequence[Mapping[str, Any]]) -> str:
    given = [str(note) for output in outputs for note in cast("list[object]", output.get("notes") or [])]
    notes = [note for note in dict.fromkeys(given) if not _SHOWN_HERE.fullmatch(note)][:_MOST_NOTES]
    return notes[0] if len(notes) == 1 else "\n".join(f"- {note}" for note in notes)
