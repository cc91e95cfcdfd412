"""One round's thought: the model looks at what came of the rounds before it, and asks for calls, or answers.

What it comes to is stored whole, so that another worker goes on from there with the same bytes.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.core.errors import Unavailable
from domain.core.failpoints import reach
from domain.core.text import storable, storable_json
from domain.flow.common.outcome import Done, Outcome, Sleeps
from domain.flow.common.parked import park
from domain.flow.common.rounds import ENDED
from domain.flow.execute.agent import calls, ending, hearing, policy, transcript
from domain.flow.execute.agent.begin import models_of
from domain.flow.execute.agent.offered import ToolFacts, tool_facts
from domain.flow.execute.agent.policy import Standing
from domain.flow.execute.agent.refusals import declined
from domain.flow.execute.agent.reserved import give_back, not_known_of, reserve, reserved
from domain.flow.execute.checked import checked, without_claims
from domain.flow.execute.nodes.model import ask
from domain.flow.execute.nodes.running import Running
from domain.llm.model import CUT, OFFLINE, Reply, Request, ToolSpec
from domain.llm.prices import greatest_price, total
from domain.tasks.notes import TaskNote
from domain.tools.registry import Effect, Tool

COST = "cost"
"""Of a thought's output: US dollars as text; None where the price is not known."""


async def run(running: Running) -> Outcome:
    given, rounds = _input(running), running.rounds
    heard, offered = await hearing.listen(running), _offered(running)
    greatest = _greatest_price(running, offered, heard) if given.get("budget") is not None else None
    standing = policy.standing(given, rounds, spent=_spent(running), greatest_price=greatest, heard=bool(heard))
    if standing.ends is not None:  # what the person has said meanwhile is for others to hear
        said = ending.stopped(given, rounds, standing.ends)
        return Done(await _held_to_facts(running, _output(standing, (), (), Decimal(0)) | said))
    request = _request(running, offered, standing, heard)
    if greatest is not None:
        await reserve(running, greatest)
    reach("think.thinking")
    try:
        reply = await ask(running, request)
    except Unavailable as error:  # the model is away: the task waits instead of failing
        give_back(running)
        return Sleeps(running.now() + await park(running.advance, error))
    running.trace.replies.append(reply)
    return Done(await _read(running, reply, offered, standing, heard))


def _input(running: Running) -> Mapping[str, Any]:
    assert running.agent is not None  # thoughts stand in rounds
    return running.agent.input or {}


def _offered(running: Running) -> dict[str, Tool]:
    """The tools this agent may ask for, by their names, as they are now."""
    advance, given = running.advance, _input(running)
    names: Sequence[str] | None = given.get("tools")
    return {
        tool.name: tool
        for tool in advance.legwork.tools
        if advance.kit.offers(tool) and (names is None or tool.name in names) and _may(tool, reads=given["reads"])
    }


def _may(tool: Tool, *, reads: bool) -> bool:
    return not reads or tool.effect is Effect.READ


def _greatest_price(running: Running, offered: Mapping[str, Tool], heard: Sequence[TaskNote]) -> Decimal | None:
    if running.advance.legwork.model.name == OFFLINE:
        return Decimal(0)
    request = _request(running, offered, Standing([], withheld=False, last=False, ends=None, ended=""), heard)
    prices = [greatest_price(request, model) for model in models_of(running, _input(running))]
    known = [price for price in prices if price is not None]
    return max(known) if len(known) == len(prices) else None


def _spent(running: Running) -> Decimal | None:
    """What the agent has cost so far; what was cut off before this thought came to anything at its greatest price."""
    costs = ((each.think.output or {}).get(COST, "0") for each in running.rounds)
    return total([reserved(running), *(Decimal(cost) if cost is not None else None for cost in costs)])


def _request(running: Running, offered: Mapping[str, Tool], standing: Standing, heard: Sequence[TaskNote]) -> Request:
    advance = running.advance
    return transcript.request(
        _input(running),
        running.rounds,
        task=advance.task,
        person=advance.person,
        instructions=advance.thread.instructions,
        tools=[ToolSpec(tool.name, tool.description, tool.schema()) for tool in offered.values()],
        heard=_as_heard(heard),
        orders=standing.orders,
        withheld=standing.withheld,
        model=advance.thread.model,
    )


async def _read(
    running: Running, reply: Reply, offered: Mapping[str, Tool], standing: Standing, heard: Sequence[TaskNote]
) -> dict[str, Any]:
    """What the thought puts out."""
    given, rounds, text = _input(running), running.rounds, storable(reply.text.strip())
    data = storable_json(reply.data) if reply.data is not None else None
    refused, since = declined(running.steps.values()), policy.said_last(given, rounds, heard=bool(heard))
    judged = policy.judge(reply, rounds, _facts(running, offered, standing), refused, since=since)
    said = ending.settle(
        given,
        rounds,
        judged,
        text=text,
        data=data,
        ended=standing.ended,
        withheld=standing.withheld,
        last=standing.last,
    )
    cost = total((reply.usage.cost, not_known_of(running)))
    output = _output(standing, judged, heard, cost) | {"text": text} | said
    if data is not None:
        output["data"] = data
    if ENDED in output:
        output = await _held_to_facts(running, output)
        if reply.cut:
            output |= {"text": f"{output['text']}\n\n{CUT}", "cut": True}
    return output


async def _held_to_facts(running: Running, output: dict[str, Any]) -> dict[str, Any]:
    """An end without numbers that were not computed, neither in its answer nor in what it leaves open."""
    results = await calls.results(running)
    if (still := output.get(ending.OPEN)) is not None:
        asked = ending.what_is_open(_input(running), output["calls"])
        output[ending.OPEN] = still if still == asked else without_claims(still, results) or asked
    if output["text"] == ending.NOTHING:
        return output
    return output | checked(output["text"], results)


def _facts(running: Running, offered: Mapping[str, Tool], standing: Standing) -> dict[str, ToolFacts]:
    if standing.withheld:
        return {}
    task, reads = running.advance.task, bool(_input(running)["reads"])
    return {
        name: tool_facts(tool, running.advance.kit, task_id=task.id, user_id=task.user_id, reads=reads)
        for name, tool in offered.items()
    }


def _as_heard(heard: Sequence[TaskNote]) -> list[dict[str, str]]:
    return [{"id": str(note.id), "words": note.words} for note in heard]


def _output(
    standing: Standing, judged: Sequence[Mapping[str, Any]], heard: Sequence[TaskNote], cost: Decimal | None
) -> dict[str, Any]:
    return {
        "text": "",
        "calls": list(judged),
        "heard": _as_heard(heard),
        "orders": standing.orders,
        "withheld": standing.withheld,
        COST: str(cost) if cost is not None else None,
    }
