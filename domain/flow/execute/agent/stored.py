"""What an agent's calls put out where it is too much for a step: kept in storage, with its head and tail in the step.

All steps of a task are read whenever it is taken on, so that an agent of fifty rounds must not have put out megabytes.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import orjson

from domain.core.errors import Invalid, Unavailable
from domain.core.storage import Storage
from domain.flow.common.rounds import Round
from domain.flow.execute.agent.shown import HEAD, TAIL, first, last, size_of, text_of
from domain.tasks.states import StepStatus

ROUND, CALL = 64_000, 16_000
"""Bytes of JSON that one round, and what one of its calls puts out, may have in their steps."""
LEAST = 1_000
"""The same that is left for what a call puts out, whatever it was called with."""

STORED, FACTS_IN = "stored", "facts_in"
"""Of what is left of an output: where it lies (None: it could not be kept), and whether it holds facts."""


def share_in(thought: Round) -> int:
    """Bytes of JSON that the output of one of a round's calls may have. What they are called with may stand in two
    steps: in the thought's, and in that of a call whose intent is stored.
    """
    asked = [entry["arguments"] for entry, step in thought.calls if step is not None]
    return share_of(len(asked), besides=2 * len(orjson.dumps(asked)))


def share_of(calls: int, *, besides: int = 0) -> int:
    """The same of one of so many calls, where so much is taken already."""
    return min(CALL, max((ROUND - besides) // max(calls, 1), LEAST))


async def kept(storage: Storage, org_id: UUID, output: dict[str, Any], share: int, *, again: bool) -> dict[str, Any]:
    """What the step puts out: the output, or, where it is above its ``share``, what is left of it beside the storage.

    Raises:
        Unavailable: it could not be stored, and the call may be made ``again``; otherwise its head and tail are all
            that is left.
    """
    if len(orjson.dumps(output, default=str)) <= share:
        return output
    try:
        key = (await storage.add(f"outputs/{org_id}", "output.txt", text_of(output).encode())).key
    except (Unavailable, Invalid):
        if again:
            raise
        key = None
    return _left(output, key, share)


def _left(output: Mapping[str, Any], key: str | None, share: int) -> dict[str, Any]:
    text = text_of(output)
    found = {name: output[name] for name in ("untrusted", "source") if name in output}
    found |= {STORED: key, FACTS_IN: bool(output.get("facts")), "bytes": size_of(text)}
    head, tail = min(HEAD, share // 2), min(TAIL, share // 4)
    while True:
        left = found | {"head": first(text, head), "tail": last(text, tail)}
        if head < 100 or len(orjson.dumps(left)) <= share:
            return left
        head, tail = head * 3 // 4, tail * 3 // 4  # what is written with marks before it takes more room


def is_left(output: Mapping[str, Any]) -> bool:
    """Whether it is what is left of an output that lies in storage."""
    return STORED in output and FACTS_IN in output


async def text_in(storage: Storage, output: Mapping[str, Any]) -> str:
    """An output as the model reads it, whole. Raises Invalid where it was not kept, NotFound, Unavailable."""
    if not is_left(output):
        return text_of(output)
    if output[STORED] is None:
        raise Invalid("That output could not be kept whole.", remedy="Its beginning and its end are all there is.")
    return (await storage.read(output[STORED])).decode()


async def facts_of(rounds: Sequence[Round], storage: Storage) -> list[dict[str, Any]]:
    """What the calls of these rounds put out: whole where numbers are computed in it, as it stands in its step else.
    Raises NotFound, Unavailable."""
    outputs = [
        step.output
        for each in rounds
        for _, step in each.calls
        if step is not None and step.status is StepStatus.SUCCEEDED and step.output
    ]
    return await asyncio.gather(*(_whole(storage, output) for output in outputs))


async def _whole(storage: Storage, output: dict[str, Any]) -> dict[str, Any]:
    if not is_left(output) or not output[FACTS_IN] or output[STORED] is None:
        return output
    return _read(await text_in(storage, output))


def _read(text: str) -> dict[str, Any]:
    """An output from its text: JSON, behind which a text of several lines may stand by itself."""
    head, newline, tail = text.partition("\n")
    output = cast("dict[str, Any]", json.loads(head))
    return output | {"text": tail} if newline else output
