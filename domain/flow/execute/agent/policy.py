"""What an agent may do next: pure, from what is stored of it, so that no kill and no other worker resets anything.

``standing`` is asked before a thought, ``judge`` of the calls in its reply, and ``settle`` (in ``ending``) whether that
ends the agent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import orjson

from domain.core.errors import LegworkError, Refused
from domain.core.text import storable, storable_json
from domain.flow.common.rounds import PAST, Round, heard_by
from domain.flow.execute.agent.ending import WRONG, is_asked_again
from domain.flow.execute.agent.limits import Left, Limit, allowances
from domain.flow.execute.agent.offered import LOOKS_AGAIN, ToolFacts, no_such, signature
from domain.flow.execute.agent.refusals import Declined
from domain.flow.execute.agent.repeats import (
    CHANGES,
    KEY,
    SOMETHING_ELSE,
    VOLATILE,
    circles,
    goes_on,
    key_of,
    told_before,
)
from domain.flow.execute.agent.shown import LOOK_AGAIN
from domain.llm.model import Reply, ToolCall
from domain.tools.registry import Effect

AT_ONCE = 8
"""Calls of one round."""

LONGEST_ARGUMENTS = 32_000
"""Bytes of the arguments of one round's calls, as JSON."""

SLIPS = 3
"""After so many rounds of nothing but calls that there are not the model has to answer."""

LAST = (
    "This is the last round, and no tools are left. Answer with what you have found; end with a line that begins with "
    "“Still open:” and says what is still open, or nothing."
)
LAST_FORMED = (
    "This is the last round, and no tools are left. Answer in the form that was asked for, with what you have found."
)
WITHHELD = "No tools are left. Answer with what you have found, and say what you could not find out."
EMPTY = "Your last answer was empty. Answer in words, or call a tool."
UNFORMED = (
    "Your last answer is not in the form that was asked for: {} Give it once more, as one JSON object of that form."
)

_SLIPS = frozenset({"unknown_tool", "bad_arguments", "too_long", "withheld"})
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agent stands before a thought."""

    orders: list[str]
    """What the model is told, in this order."""
    withheld: bool
    """No tools are offered: it has to answer."""
    last: bool
    """There will be no other round."""
    ends: Limit | None
    """It ends by this without the model being asked at all (see ``ending.stopped``)."""
    ended: str
    """What an answer counts as that is given now: ``answered``, ``looped``, ``rounds``, ``budget``, ``minutes``."""


def standing(
    agent_input: Mapping[str, Any],
    rounds: Sequence[Round],
    *,
    spent: Decimal | None,
    greatest_price: Decimal | None,
    heard: bool = False,
) -> Standing:
    """``rounds``: all before this thought. ``spent``: what they cost; ``greatest_price``: what this thought may cost at
    most; both in US dollars, None where that is not known, which matters where there is a budget. ``heard``: this
    thought hears what the person has said meanwhile."""
    left = allowances(agent_input, rounds, spent=spent, greatest_price=greatest_price)
    ends: Limit | None = next((each.of for each in left if not each.enough), None)
    if ends is not None:
        return Standing([], withheld=True, last=True, ends=ends, ended=ends)
    orders, stuck = _of_last(agent_input, rounds, heard=heard)
    last = next((each.of for each in left if each.last), None)
    if last is not None:
        told = LAST_FORMED if agent_input.get("schema") else LAST
        return Standing([*orders, told], withheld=True, last=True, ends=None, ended=last)
    orders += _how_much(left)
    if stuck:
        return Standing([*orders, WITHHELD], withheld=True, last=False, ends=None, ended="looped")
    return Standing(orders, withheld=False, last=False, ends=None, ended="answered")


def _how_much(left: Sequence[Left]) -> list[str]:
    told = [each.told for each in left if each.half]
    return [" ".join(told)] if told else []


def _of_last(agent_input: Mapping[str, Any], rounds: Sequence[Round], *, heard: bool) -> tuple[list[str], bool]:
    """What the model is told of its last rounds, and whether it has to answer because of them."""
    output = (rounds[-1].think.output or {}) if rounds[int(agent_input.get(PAST) or 0) :] else {}
    if output and is_asked_again(output):
        told = UNFORMED.format(output[WRONG]) if WRONG in output else EMPTY
        return [told], output.get("withheld") is True and not heard
    since = rounds[said_last(agent_input, rounds, heard=heard) :]
    if not since:
        return [], False
    if goes_on(since) or _slipped(since):
        return [], True
    return ([SOMETHING_ELSE] if circles(since) else []), False


def said_last(agent_input: Mapping[str, Any], rounds: Sequence[Round], *, heard: bool = False) -> int:
    """The round before which the person has said something, or let the agent go on, for the last time: what was asked
    for before that may be asked for again, since it may be another thing now, and no circle begins before it."""
    if heard:
        return len(rounds)
    last = max((place for place, each in enumerate(rounds) if heard_by(each.think)), default=0)
    return max(last, int(agent_input.get(PAST) or 0))


def _slipped(rounds: Sequence[Round]) -> bool:
    last = rounds[-SLIPS:]
    return len(last) == SLIPS and all(
        each.calls and all(entry.get("why") in _SLIPS for entry, _ in each.calls) for each in last
    )


def judge(
    reply: Reply,
    rounds: Sequence[Round],
    offered: Mapping[str, ToolFacts],
    declined: Declined,
    *,
    since: int = 0,
) -> list[dict[str, Any]]:
    """What becomes of each call of a reply: the ``calls`` of the thought's output. ``offered``: the tools by their
    names; none where they were withheld. ``since``: the round from which on what was read still holds (``said_last``).
    """
    judged: list[dict[str, Any]] = []
    room = LONGEST_ARGUMENTS
    for number, call in enumerate(reply.calls):
        entry: dict[str, Any] = {"id": f"c{number}", "name": storable(call.name)[:_LONGEST_NAME], "external": False}
        arguments = _kept(call)
        size = 0 if arguments is None else len(orjson.dumps(arguments))
        fits = arguments is not None and size <= room
        entry["arguments"] = arguments if fits else {}
        if not offered:
            entry |= _told("withheld", "No tools are left: answer with what you have found.")
        elif number >= AT_ONCE:
            entry |= _told("too_many", f"Not made: at most {AT_ONCE} calls are made in one round. Ask for it again.")
        elif not fits:
            entry |= _too_long(call, arguments)
        else:
            entry |= _weigh(call.name, arguments or {}, rounds, offered, declined, judged, since)
        room -= size if fits else 0
        judged.append(entry)
    return judged


def _weigh(
    name: str,
    arguments: dict[str, Any],
    rounds: Sequence[Round],
    offered: Mapping[str, ToolFacts],
    declined: Declined,
    judged: Sequence[Mapping[str, Any]],
    since: int,
) -> dict[str, Any]:
    """What is to be known of a call, and what it is answered with where it is not made."""
    facts = LOOKS_AGAIN if name == LOOK_AGAIN else offered.get(name)
    if facts is None:
        return _told("unknown_tool", no_such(storable(name)[:_LONGEST_NAME], offered))
    try:
        read = facts.read_arguments(arguments)
        effect = facts.effect_of(read)
    except Refused as error:
        return {KEY: key_of(name, arguments)} | _told("refused", str(error))
    except LegworkError as error:
        return _told("bad_arguments", f"{error} It is called like this: {signature(facts)}.")
    key = key_of(name, read.model_dump(mode="json", by_alias=True))
    entry: dict[str, Any] = {KEY: key}
    if facts.volatile and effect is Effect.READ:
        entry[VOLATILE] = True
    if effect is not Effect.READ:
        entry[CHANGES] = True
    same = next((each["id"] for each in judged if each.get(KEY) == key and "told" not in each), None)
    if same is not None:
        return entry | _told("repeat", f"The same call as {same} of this round: as {same} says.")
    if effect is Effect.EXTERNAL:
        entry["external"] = True
        no = declined.told(name, facts.digest(read))
        if no is not None:
            return entry | _told(*no)
    before = None if VOLATILE in entry else told_before(key, rounds, changes=CHANGES in entry, since=since)
    return entry if before is None else entry | _told("repeat", before)


def _kept(call: ToolCall) -> dict[str, Any] | None:
    """The arguments as they can be stored; None where they cannot."""
    try:
        kept: object = orjson.loads(orjson.dumps(storable_json(call.arguments)))
        return cast("dict[str, Any]", kept) if isinstance(kept, dict) else None
    except (TypeError, ValueError, RecursionError):
        return None


def _too_long(call: ToolCall, arguments: dict[str, Any] | None) -> dict[str, Any]:
    if arguments is None:
        return _told("bad_arguments", f"The arguments of {storable(call.name)[:_LONGEST_NAME]} cannot be read as JSON.")
    return _told(
        "too_long",
        f"Not made: the arguments of one round's calls may have {LONGEST_ARGUMENTS // 1000} kB together. "
        "Make them shorter, or write a file in parts.",
    )


def _told(why: str, sentence: str) -> dict[str, Any]:
    return {"told": sentence, "why": why}
