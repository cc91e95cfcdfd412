"""look_again: what a call of this agent has put out, from any place on, without making the call again."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from domain.core.errors import Invalid, NotFound
from domain.core.storage import Storage
from domain.flow.common.rounds import Round
from domain.flow.execute.agent.shown import LOOK_AGAIN, after, size_of
from domain.flow.execute.agent.stored import text_in
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.tools.registry import Arguments
from domain.tools.service import read_as

SLICE = 12_000
"""Bytes that are shown at once."""


class LookAgain(Arguments):
    call: str = Field(max_length=40, description="as it is named with its output: 3.c0")
    begin: int = Field(default=0, ge=0, alias="from", description="the byte to begin at")


def read_look_again(given: dict[str, Any]) -> LookAgain:
    """Its arguments. Raises Invalid, naming each wrong one."""
    return read_as(LookAgain, given, LOOK_AGAIN)


async def look_again(
    arguments: LookAgain, rounds: Sequence[Round], storage: Storage, room: int = SLICE
) -> dict[str, Any]:
    """``room`` bytes of an output: ``{"call", "from", "bytes", "text", "next"?}`` and how far it is to be trusted.

    Raises:
        NotFound: there is no such call.
        Invalid: it has put nothing out, or ends before that.
        Unavailable: the storage did not answer.
    """
    output = _output(arguments.call, rounds)
    text = await text_in(storage, output)
    size = size_of(text)
    if arguments.begin >= size:
        raise Invalid(f"Call {arguments.call} put out {size:,} bytes: nothing stands from {arguments.begin:,} on.")
    shown = after(text, arguments.begin, room)
    end = arguments.begin + size_of(shown)
    found: dict[str, Any] = {"call": arguments.call, "from": arguments.begin, "bytes": size, "text": shown}
    if end < size:
        found["next"] = end
    return found | {name: output[name] for name in ("untrusted", "source", "url", "file") if name in output}


def _output(call: str, rounds: Sequence[Round]) -> dict[str, Any]:
    named = call.strip().removeprefix("call ")
    for each in rounds:
        for entry, step in each.calls:
            if f"{each.index}.{entry['id']}" == named:
                return _put_out(call, entry.get("told"), step)
    calls = [f"{each.index}.{entry['id']}" for each in rounds for entry, step in each.calls if _has_output(step)]
    raise NotFound(f"There is no call {call}.", remedy=f"The last ones: {', '.join(calls[-3:])}." if calls else None)


def _put_out(call: str, told: str | None, step: Step | None) -> dict[str, Any]:
    if step is not None and step.output and _has_output(step):
        return step.output
    if told is not None:
        raise Invalid(f"Call {call} was not made: it has put nothing out.")
    raise Invalid(f"Call {call} has put nothing out: it did not succeed.")


def _has_output(step: Step | None) -> bool:
    return step is not None and step.status is StepStatus.SUCCEEDED and bool(step.output)
