"""No number that was not computed: what the model wrote is held against the facts it had before it."""

from collections.abc import Sequence
from typing import Any, cast

from domain.reports.numbers import Checked, check

MOST_FACTS_TOLD = 5
"""Facts that stand in for an answer none of whose numbers was computed."""


def checked(text: str, values: Sequence[Any]) -> dict[str, Any]:
    """What is to be put out instead of the ``text`` that was written from the ``values``, outputs of steps; nothing
    where none of these holds facts.

    The text without sentences whose numbers no fact, nor a note on how the table was read, states; the facts' own
    words where nothing is left. Lines of computed tables are kept as they stand.
    """
    facts = [fact for value in values for fact in _facts(value)]
    if not facts:
        return {}
    found = _check(text, facts, values)
    return {
        "text": found.text or "\n".join(f"- {fact['text']}" for fact in facts[:MOST_FACTS_TOLD]),
        "numbers": len(found.matched),
        "facts": len(facts),
        "removed": list(found.unmatched),
    }


def without_claims(text: str, values: Sequence[Any]) -> str:
    """The text without such sentences, which may be nothing; as it is where none of the values holds facts."""
    facts = [fact for value in values for fact in _facts(value)]
    return _check(text, facts, values).text if facts else text


def _check(text: str, facts: Sequence[dict[str, Any]], values: Sequence[Any]) -> Checked:
    notes = [note for value in values for note in _notes(value)]
    tables = [table for value in values for table in _tables(value)]
    return check(text, [*facts, *({"text": note} for note in notes)], tables)


def _facts(value: Any) -> list[dict[str, Any]]:
    found: Any = cast("dict[str, Any]", value).get("facts") if isinstance(value, dict) else None
    return cast("list[dict[str, Any]]", found) if isinstance(found, list) else []


def _notes(value: Any) -> list[str]:
    """What an output says of itself: notes, how many rows it has, which of the person's words it left out, and why it
    is not there."""
    if not isinstance(value, dict):
        return []
    output = cast("dict[str, Any]", value)
    lists = [cast("list[Any]", output[name]) for name in ("notes", "left") if isinstance(output.get(name), list)]
    reason = [str(output["reason"])] if output.get("reason") else []
    counts = [output[name] for name in ("count", "matched", "rows") if isinstance(output.get(name), int)]
    return [*(str(note) for notes in lists for note in notes), *reason, *(f"{count:,} rows" for count in counts)]


def _tables(value: Any) -> list[str]:
    """The sentence and the rows of a result, as the tool words them."""
    if not isinstance(value, dict) or "sentence" not in value:
        return []
    output = cast("dict[str, Any]", value)
    return [output[name] for name in ("sentence", "text") if isinstance(output.get(name), str)]
