"""How an agent comes to its end: an answer that is one, or what there is where a limit was reached."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import orjson

from domain.core.errors import Unusable
from domain.flow.common.rounds import ENDED, PAST, Round
from domain.tools.wording import worded

OPEN, WRONG = "open", "wrong"
"""Of a thought's output: what its answer leaves open, and what is wrong with its form."""

UNFORMED = "(This is not in the form that was asked for.)"
"""Below an answer that does not meet the schema."""

NOTHING = "I have no answer yet."

ASKED_OPEN = ("still open:", "open:", "noch offen:", "offen:", "encore ouvert:", "reste ouvert:")
"""How the line begins in which the model says what is left to do."""
_NONE = frozenset({"", "nothing", "none", "nothing is open", "nichts", "nichts mehr", "rien", "-", "–", "n/a"})
_LONGEST_GOAL = 200
_MOST_OPEN = 5
_LIMITS = frozenset({"rounds", "budget", "minutes"})


def is_asked_again(output: Mapping[str, Any]) -> bool:
    """Whether a thought came to nothing that ends its agent, and asked for no call: the model is asked once more."""
    return not output.get("calls") and ENDED not in output


def settle(
    agent_input: Mapping[str, Any],
    rounds: Sequence[Round],
    calls: Sequence[Mapping[str, Any]],
    *,
    text: str,
    data: Mapping[str, Any] | None,
    ended: str,
    withheld: bool,
    last: bool,
) -> dict[str, Any]:
    """What a reply with these words and ``calls`` (``judge`` gives them) makes of its agent: what is put beside them in
    the thought's output.

    Without ``ended`` the agent goes on, with the calls or by being asked once more. ``ended``: what an answer counts as
    now; ``withheld`` and ``last`` as in its ``Standing``.

    Raises:
        Unusable: the answer is empty, for the second time.
    """
    if calls and not withheld:
        return {}
    before = rounds[-1].think.output or {} if rounds[int(agent_input.get(PAST) or 0) :] else {}
    again = bool(before) and is_asked_again(before)
    if not text and data is None:
        if calls or last:
            return stopped(agent_input, rounds, ended, calls)
        if again and not before.get("text"):
            raise Unusable("The model's answer was empty twice.", remedy="Try again, or choose another model.")
        return {}
    wrong = misses(agent_input.get("schema"), data)
    if wrong is not None and not calls and not last and WRONG not in before:
        return {WRONG: wrong}
    words, still = _apart(text) if ended in _LIMITS else (text, None)
    if wrong is not None:
        words = f"{words}\n\n{UNFORMED}".strip()
    end: dict[str, Any] = {"text": words or NOTHING, ENDED: ended}
    if ended in _LIMITS:
        if still is not None and still.lower().rstrip(".!") in _NONE:
            return end | {ENDED: "answered"}
        end[OPEN] = still or what_is_open(agent_input, calls)
    return end | ({WRONG: wrong} if wrong is not None else {})


def stopped(
    agent_input: Mapping[str, Any], rounds: Sequence[Round], ended: str, calls: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The same where the program ends it: with what was said last. ``calls``: what the model asked for in vain."""
    said = (str((each.think.output or {}).get("text") or "") for each in reversed(rounds))
    end: dict[str, Any] = {"text": next((text for text in said if text), NOTHING), ENDED: ended}
    return end | ({OPEN: what_is_open(agent_input, calls)} if ended in _LIMITS else {})


def what_is_open(agent_input: Mapping[str, Any], calls: Sequence[Mapping[str, Any]]) -> str:
    """What the model was about to do, or what it was to find out."""
    wanted = dict.fromkeys(
        worded(call["name"], call["arguments"]) or call["name"].replace("_", " ") for call in calls[:_MOST_OPEN]
    )
    if wanted:
        return "; ".join(wanted)
    goal = " ".join(str(agent_input.get("goal") or "").split())
    return goal if len(goal) <= _LONGEST_GOAL else f"{goal[: _LONGEST_GOAL - 1].rstrip()}…"


def misses(schema: Mapping[str, Any] | None, data: Mapping[str, Any] | None) -> str | None:
    """What of an answer's data is not as the schema has it; None where it is, or nothing was asked for."""
    if not schema:
        return None
    if data is None:
        return "It is no JSON object."
    validator = _validator(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS))
    errors = sorted(validator.iter_errors(data), key=_place) if validator is not None else []
    told = [f"{'.'.join(_place(error)) or 'the object'}: {error.message[:200]}" for error in errors[:3]]
    return "; ".join(told) or None


def _place(error: Any) -> list[str]:
    return [str(part) for part in error.absolute_path]


@lru_cache(maxsize=64)
def _validator(schema: bytes) -> Any:
    from jsonschema import Draft202012Validator, SchemaError  # a heavy import, needed with the first answer of a form

    plain = _plain(orjson.loads(schema))
    try:
        Draft202012Validator.check_schema(plain)
    except SchemaError:
        return None  # an llm node's, which nobody has looked at: any object will do
    return Draft202012Validator(plain)


_LEFT_OUT = frozenset({"$ref", "$dynamicRef", "pattern", "patternProperties"})
"""Of a stranger's schema: what may lead to other places, or take for ever to be matched."""


def _fields(properties: Any) -> Any:
    """By their names, which may be any word of a schema, too."""
    if not isinstance(properties, dict):
        return properties
    return {name: _plain(part) for name, part in cast("dict[str, Any]", properties).items()}


def _plain(schema: Any) -> Any:
    if isinstance(schema, dict):
        named = cast("dict[str, Any]", schema)
        return {
            key: _fields(value) if key == "properties" else _plain(value)
            for key, value in named.items()
            if key not in _LEFT_OUT
        }
    return [_plain(part) for part in cast("list[Any]", schema)] if isinstance(schema, list) else schema


def _apart(text: str) -> tuple[str, str | None]:
    """An answer without its last line, where that says what is open; and what it says."""
    head, _, tail = text.rstrip().rpartition("\n")
    line = tail.strip().strip("*_ ").replace(" :", ":", 1)
    begins = next((begins for begins in ASKED_OPEN if line.lower().startswith(begins)), None)
    return (text, None) if begins is None else (head.rstrip(), line[len(begins) :].strip("*_ "))
