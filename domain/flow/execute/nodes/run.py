"""Runs one node, whatever its type, and turns what goes wrong into an outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import random

from domain.core.errors import Ambiguous, LeaseLost, LegworkError, Unavailable
from domain.core.logging import logger
from domain.flow.common.outcome import Failed, Lost, Outcome
from domain.flow.execute.nodes import asking, control, llm, tool
from domain.flow.execute.nodes.running import Running
from domain.workflows.spec import NodeType

log = logger(__name__)

ATTEMPTS = 4
"""How often a step is tried when it fails for a passing reason."""

_RUN: dict[NodeType, Callable[[Running], Awaitable[Outcome]]] = {
    NodeType.TOOL: tool.run,
    NodeType.LLM: llm.run,
    NodeType.CONDITION: control.condition,
    NodeType.FOREACH: control.foreach,
    NodeType.DELAY: control.delay,
    NodeType.ASK: asking.ask,
    NodeType.APPROVAL: asking.approval,
    NodeType.POST: asking.post,
}


async def run_node(running: Running) -> Outcome:
    """Run one node to one of its outcomes; what goes wrong becomes an outcome too.

    Raises only LeaseLost and CancelledError.
    """
    try:
        return await _RUN[running.node.type](running)
    except Unavailable as error:
        return _failed(running, error, error.after or _backoff(running.step.attempt_count))
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


def _failed(running: Running, error: LegworkError, delay: timedelta) -> Failed:
    again = running.now() + delay if running.step.attempt_count + 1 < ATTEMPTS else None
    return Failed(error.reason, error.sentence, error.remedy, again)


def _backoff(attempts: int) -> timedelta:
    """One second, doubled with each attempt, plus up to half again by chance."""
    return timedelta(seconds=2**attempts * (1 + random() / 2))  # noqa: S311 - spreads retries, guards nothing
