"""What is special of an agent's calls: else they are steps that call a tool, like any other."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.core.errors import Refused
from domain.flow.common.outcome import Done, Outcome, Sleeps
from domain.flow.execute.agent.look_again import SLICE, look_again, read_look_again
from domain.flow.execute.agent.refusals import declined
from domain.flow.execute.agent.repeats import KEY, VOLATILE, polled_before
from domain.flow.execute.agent.shown import LOOK_AGAIN
from domain.flow.execute.agent.stored import facts_of, kept, share_in
from domain.flow.execute.nodes import tool as tool_node
from domain.flow.execute.nodes.running import Running
from domain.tasks import control
from domain.tools import service as tools
from domain.tools.registry import Effect

LONGEST_WAIT = 60
"""Seconds between two equal calls of a tool that is polled; the first wait is of two, each other of twice as many."""


async def run(running: Running) -> Outcome:
    """A call to one of its outcomes. One that was handed over comes by here for what it puts out alone."""
    if running.agent is not None:
        running.room = share_in(running.rounds[-1])
        if running.node.name == LOOK_AGAIN:
            return Done(await _look(running, running.room))
        if running.step.wake_at is None and (until := _may_ask(running)) is not None:
            return Sleeps(until)
        await _look_for_a_no(running)
    outcome = await tool_node.run(running)
    if not isinstance(outcome, Done) or running.room is None:
        return outcome
    legwork, task = running.advance.legwork, running.advance.task
    reads = legwork.tools.get(running.node.name).effect is Effect.READ and running.step.idempotency_key is None
    output = await kept(legwork.storage, task.org_id, outcome.output, running.room, again=reads)
    return Done(output, outcome.said)


async def results(running: Running) -> list[Any]:
    """All that an agent has to go by: what it was given, and what its calls have put out, with all facts."""
    assert running.agent is not None  # thoughts and calls have one
    given: list[Any] = (running.agent.input or {}).get("inputs") or []
    return [*given, *await facts_of(running.rounds, running.advance.legwork.storage)]


def _entry(running: Running) -> Mapping[str, Any]:
    """What is known of the call since it was asked for."""
    return next(entry for entry, step in running.rounds[-1].calls if step is running.step)


def _may_ask(running: Running) -> datetime | None:
    """When a tool that is polled may be asked the same once more; None: at once."""
    entry = _entry(running)
    before = polled_before(entry[KEY], running.rounds[:-1]) if entry.get(VOLATILE) else []
    if not before or before[-1].finished_at is None:
        return None
    until = before[-1].finished_at + timedelta(seconds=min(2 ** len(before), LONGEST_WAIT))
    return until if until > running.now() else None


async def _look_for_a_no(running: Running) -> None:
    """Raises Refused where a person is not to be asked about the call: they have said no meanwhile, here or to another
    agent of the task.
    """
    advance = running.advance
    tool = advance.kit.take(advance.legwork.tools, running.node.name)
    arguments = tools.read_arguments(tool, running.resolved())
    if tool.effect_of(arguments) is not Effect.EXTERNAL:
        return
    digest = tools.digest(tool, arguments, advance.task.id, advance.person.user_id)
    if advance.run.approvals.get((running.placed.id, digest)) is not None:
        return  # it was asked about, and decided
    async with advance.legwork.database.system("one statement, of one task", single=True) as session:
        rejected = await control.rejected(session, advance.task.id)
    no = declined(rejected).told(tool.name, digest)
    if no is not None:
        why, sentence = no
        raise Refused(sentence, code=why)


async def _look(running: Running, room: int) -> dict[str, Any]:
    arguments = read_look_again(running.resolved())
    storage = running.advance.legwork.storage
    return await look_again(arguments, running.rounds[:-1], storage, min(SLICE, room * 3 // 4))
