"""Runs one node, whatever its type, and turns what goes wrong into an outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from random import random

from domain.core.errors import Ambiguous, LeaseLost, LegworkError, Unavailable
from domain.core.logging import logger
from domain.flow.common.outcome import Failed, Lost, Outcome
from domain.flow.execute.agent import begin, calls, think
from domain.flow.execute.nodes import asking, control, llm, tool
from domain.flow.execute.nodes.running import Running
from domain.workflows.spec import NodeType, Retry

log = logger(__name__)

UNSAID = Retry()
"""How often a step is tried whose plan does not say."""

_RUN: dict[NodeType, Callable[[Running], Awaitable[Outcome]]] = {
    NodeType.TOOL: tool.run,
    NodeType.LLM: llm.run,
    NodeType.CONDITION: control.condition,
    NodeType.FOREACH: control.foreach,
    NodeType.DELAY: control.delay,
    NodeType.ASK: asking.ask,
    NodeType.APPROVAL: asking.approval,
    NodeType.POST: asking.post,
    NodeType.AGENT: begin.run,
    NodeType.THINK: think.run,
}


async def run_node(running: Running) -> Outcome:
    """Run one node to one of its outcomes; what goes wrong becomes an outcome too.

    Raises only LeaseLost and CancelledError.
    """
    try:
        work, limit = _work(running), running.node.timeout_seconds
        return await (work if limit is None else _within(limit, running, work))
    except Unavailable as error:
        return _failed(running, error)
    except Ambiguous as error:
        return Lost(str(error))
    except (LeaseLost, asyncio.CancelledError):
        raise
    except LegworkError as error:
        return Failed(error.reason, error.sentence, error.remedy)
    except Exception:
        log.exception("a node failed unexpectedly", node=running.placed.id)
        sentence = f"{running.node.label} failed because of a fault in Legwork."
        if running.step.idempotency_key is not None:  # it is intended: whether it was done before, nobody knows
            return Lost(f"{sentence} What was asked may have happened or not.")
        return Failed("internal", sentence, "The log has the details.")


def _work(running: Running) -> Awaitable[Outcome]:
    if running.placed.spot.holds == "rounds":
        return begin.run(running)
    if running.node.type is NodeType.TOOL and (running.agent is not None or running.room is not None):
        return calls.run(running)
    return _RUN[running.node.type](running)


async def _within(limit: float, running: Running, work: Awaitable[Outcome]) -> Outcome:
    """What it comes to in so many seconds.

    Raises:
        Unavailable: it took longer, and was cut off.
        Ambiguous: the same, and nobody knows what became of a call that may change something outside.
    """
    clock = asyncio.timeout(limit)
    try:
        async with clock:
            return await work
    except TimeoutError:
        if not clock.expired():
            raise
    sentence = f"{running.node.label} took longer than {limit:g} second{'' if limit == 1 else 's'}."
    if running.step.idempotency_key is not None:
        raise Ambiguous(f"{sentence} What was asked may have happened or not.")
    raise Unavailable(sentence, remedy="Try again later, or ask for less at once.", code="timed_out")


def _failed(running: Running, error: Unavailable) -> Failed:
    retry, tried = running.node.retry or UNSAID, running.step.attempt_count
    wait = error.after or retry.wait(tried, random())  # noqa: S311 - spreads retries, guards nothing
    again = running.now() + wait if tried + 1 < retry.attempts else None
    return Failed(error.reason, error.sentence, error.remedy, again)
