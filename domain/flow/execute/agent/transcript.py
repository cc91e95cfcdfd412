"""What an agent's model is sent: a pure function of what is stored, so that any worker sends the same bytes.

What came of the last rounds is shown at length, what came before in a few hundred bytes. Where the one begins moves by
four rounds at a time: all that stands before what changed is the prefix of the request before, which providers keep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from domain.conversations.schemas import Person
from domain.flow.common.rounds import Round
from domain.flow.execute.agent.shown import (
    HEAD,
    LOOK_AGAIN,
    TAIL,
    canonical,
    first,
    shortened_arguments,
    shown,
    size_of,
)
from domain.llm.model import Request, ToolCall, ToolSpec, Turn
from domain.llm.prompts import AGENT
from domain.llm.wording import fenced, shortened
from domain.tasks.schemas import Step, Task
from domain.tasks.states import StepStatus

BLOCK = 4
"""So many rounds become older ones at a time, and as many at least are fresh."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes in which a round is shown: an output, the arguments of a call, and what the model said beside its calls or
    answered. More than four calls share what four have."""

    output: int
    arguments: int
    words: int

    def of(self, size: int, calls: int) -> int:
        """What each of so many calls has of it."""
        return min(size, 4 * size // calls)


FRESH, OLDER = Room(HEAD + TAIL, 4_000, 12_000), Room(600, 600, 2_000)
LAST, BEFORE = Room(3_000, 1_000, 2_000), Room(300, 200, 400)
"""Where a model's window does not hold all that: the last round, and those before it."""

HEARD = 24_000
"""Characters of all that a person wrote before one round."""
LEAST_HEARD = 200
TOLD, WHY = 2_000, 600
"""Characters of what the program answered a call with; of why a call failed."""

PROGRAM = "[Legwork]"
"""Stands before what the program says to the model."""
GO_ON = f"{PROGRAM} Go on."

REFUSED = "The person said no to this call. It was not made; do not make it again in any form."
LONGEST_NO = 4_000
"""Characters of what a person wrote with a no."""
UNKNOWN = "It is not known whether this call took effect. Do not make it again; say that it is not known."
STOPPED = "The call was stopped before it ended. What it changed, if anything, is not known."
NOT_MADE = "Not made."
NOT_BACK = "The call has not come back."

LOOKS_AGAIN = ToolSpec(
    LOOK_AGAIN,
    "Show more of what an earlier call of yours put out, without making it again.",
    {
        "type": "object",
        "properties": {
            "call": {"type": "string", "description": "as it is named with its output: 3.c0"},
            "from": {"type": "integer", "minimum": 0, "description": "the byte to begin at"},
        },
        "required": ["call"],
        "additionalProperties": False,
    },
)
"""Offered from the first round on: tools stand before everything else, and one more would spoil what is kept of it."""


def request(
    agent: Mapping[str, Any],
    rounds: Sequence[Round],
    *,
    task: Task,
    person: Person,
    instructions: str | None,
    tools: Sequence[ToolSpec],
    heard: Sequence[Mapping[str, Any]] = (),
    orders: Sequence[str] = (),
    withheld: bool = False,
    model: str | None = None,
) -> Request:
    """What the next thought asks its model.

    ``agent``: the agent's input; ``rounds``: all before this thought; ``heard`` and ``orders``: what is said before it,
    as its output will hold them; ``tools``: all it ever may call, also where they are ``withheld`` now; ``model``:
    where the agent's input names none.
    """
    schema = canonical(agent["schema"]) if agent.get("schema") else None
    begun = datetime.fromisoformat(agent["begun_at"]).astimezone(person.timezone)
    return Request(
        prompt=AGENT,
        variables={
            "question": task.description,
            "quoted": task.quoted,
            "goal": agent["goal"],
            "inputs": canonical(agent.get("inputs") or []),
            "schema": schema,
            "now": begun.isoformat(timespec="seconds"),
            "timezone": person.timezone_name,
            "agent_instructions": instructions,
        },
        output_schema=schema,
        tools=[*tools, LOOKS_AGAIN] if tools or rounds else [],
        withheld=withheld,
        once=agent.get("budget") is not None,
        model=agent.get("model") or model,
        exchange=exchange(rounds, heard=heard, orders=orders),
        short_exchange=partial(exchange, rounds, heard=heard, orders=orders, short=True) if rounds else None,
    )


def exchange(
    rounds: Sequence[Round],
    *,
    heard: Sequence[Mapping[str, Any]] = (),
    orders: Sequence[str] = (),
    short: bool = False,
) -> list[Turn]:
    """All that was said and done in the rounds, and what is said before the next one. ``short``: for a small window."""
    border = len(rounds) - 1 if short else first_fresh(len(rounds))
    before, since = (BEFORE, LAST) if short else (OLDER, FRESH)
    turns: list[Turn] = []
    for place, each in enumerate(rounds):
        output = each.think.output or {}
        turns += _said(output.get("heard") or (), output.get("orders") or (), answered=_answered(turns))
        turns += _worded(each, since if place >= border else before)
    return [*turns, *_said(heard, orders, answered=_answered(turns))]


def first_fresh(count: int) -> int:
    """Of so many rounds the first that is shown at length: each multiple of four in its turn."""
    return max(count - BLOCK, 0) // BLOCK * BLOCK


def _answered(turns: Sequence[Turn]) -> bool:
    """Whether the model had the last word: then somebody has to say something before it goes on."""
    return bool(turns) and turns[-1].role == "assistant"


def _said(heard: Sequence[Mapping[str, Any]], orders: Sequence[str], *, answered: bool) -> list[Turn]:
    room = max(HEARD // max(len(heard), 1), LEAST_HEARD)
    words = [shortened(str(note.get("words") or ""), room) for note in heard]
    told = [f"{PROGRAM} {order}" for order in orders]
    said = "\n\n".join(text for text in (*words, *told) if text.strip())
    if not said:
        return [Turn("user", GO_ON)] if answered else []
    return [Turn("user", said)]


def _worded(each: Round, room: Room) -> Sequence[Turn]:
    turns = each.worded.get(room)
    if turns is None:
        turns = _round(each, room)
        if each.is_over:
            each.worded.clear()
            each.worded[room] = turns
    return turns


def _round(each: Round, room: Room) -> list[Turn]:
    text = _beginning(str((each.think.output or {}).get("text") or ""), room.words)
    if not each.calls:
        return [Turn("assistant", text)] if text.strip() else []
    output, arguments = (room.of(size, len(each.calls)) for size in (room.output, room.arguments))
    made: list[ToolCall] = []
    answers: list[Turn] = []
    for place, (entry, step) in enumerate(each.calls):
        call_id = f"r{each.index:03d}c{place:04d}"  # nine letters and digits, as the strictest servers want them
        name = str(entry.get("name") or "")
        made.append(ToolCall(call_id, name, shortened_arguments(entry.get("arguments") or {}, arguments)))
        answers.append(Turn("tool", _answer(entry, step, f"{each.index}.{entry['id']}", output), call_id=call_id))
    return [Turn("assistant", text, calls=tuple(made)), *answers]


def _answer(entry: Mapping[str, Any], step: Step | None, call: str, room: int) -> str:
    """What a call is answered with. ``room``: bytes of its output."""
    if "told" in entry:
        return shortened(str(entry["told"]), TOLD) or NOT_MADE
    if step is None:
        return NOT_BACK
    output = step.output or {}
    match step.status:
        case StepStatus.SUCCEEDED:
            return shown(output, call, step.name, room)
        case StepStatus.SKIPPED if output.get("rejected") is True:
            words = shortened(str(output.get("words") or ""), LONGEST_NO)
            return f"{REFUSED} They wrote: “{words}”" if words else REFUSED
        case StepStatus.SKIPPED:
            return f"Not made: {shortened(str(output.get('not_made') or 'it was not needed any more.'), WHY)}"
        case StepStatus.FAILED:
            return _failed(step, call)
        case StepStatus.UNKNOWN:
            return UNKNOWN
        case StepStatus.CANCELLED:
            return STOPPED
        case _:
            return NOT_BACK


def _failed(step: Step, call: str) -> str:
    """Why a call failed: a server's own words may stand in that."""
    error = step.error or {}
    why = " ".join(str(error[part]) for part in ("sentence", "remedy") if error.get(part)) or "It is not known why."
    return f"Failed ({error.get('code') or 'error'}):\n{fenced(shortened(why, WHY), f'{call} {step.name}')}"


def _beginning(text: str, size: int) -> str:
    return text if size_of(text) <= size else f"{first(text, size)}… [cut]"
