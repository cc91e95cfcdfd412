"""A node that calls a tool: approved first where it reaches outside, handed over where the tool has a queue of its own,
its intent stored, its call recorded."""

from datetime import timedelta
from time import perf_counter
from typing import Any

import orjson

from domain.conversations.said import ApprovalCard
from domain.core.errors import LegworkError, Refused
from domain.core.failpoints import reach
from domain.core.queue import served
from domain.flow.common.outcome import Asks, Done, Handed, Outcome, Sleeps
from domain.flow.common.presses import step_value
from domain.flow.execute.files import ThreadFiles
from domain.flow.execute.intent import intend
from domain.flow.execute.nodes.asking import asked_after, decision_buttons
from domain.flow.execute.nodes.running import Running
from domain.tools import service as tools
from domain.tools.records import Execution
from domain.tools.redaction import redacted
from domain.tools.registry import Arguments, Effect, Tool, ToolContext
from domain.tools.taint import source_of

APPROVAL_LASTS = timedelta(days=7)


async def run(running: Running) -> Outcome:
    tool = running.advance.kit.take(running.advance.legwork.tools, running.node.name)
    resolved = running.resolved()
    arguments = tools.read_arguments(tool, resolved)
    effect = tool.effect_of(arguments)
    running.advance.kit.allow(tool, effect)
    if effect is Effect.EXTERNAL:
        digest = tools.digest(tool, arguments, running.advance.task.id, running.advance.person.user_id)
        decision = running.advance.run.approvals.get((running.placed.id, digest))
        if decision == "rejected":  # another plan came back to it
            raise Refused("You said no to exactly this call.", remedy="Send the message again to be asked again.")
        if decision is None:
            if tool.check is not None:
                await tool.check(arguments)
            return _ask_first(running, tool, arguments, digest)
    if tool.queue != running.advance.held.job.queue:
        return Handed(served(tool.queue), resolved)
    if effect is Effect.EXTERNAL and not await intend(running, arguments.model_dump(mode="json", by_alias=True)):
        return Sleeps(running.now())
    return Done(await call(running, tool, arguments))


async def call(running: Running, tool: Tool, arguments: Arguments) -> dict[str, Any]:
    """One recorded attempt; the files it makes go into the node's trace."""
    advance = running.advance
    legwork = advance.legwork
    files = ThreadFiles(legwork.database, legwork.storage, advance.task.org_id, advance.task.thread_id)
    files.added = running.trace.artifacts
    context = ToolContext(
        task_id=advance.task.id,
        org_id=advance.task.org_id,
        user_id=advance.task.user_id,
        timezone=advance.person.timezone,
        clock=legwork.clock,
        files=files,
        compute=legwork.compute,
        idempotency_key=running.idempotency_key,
        progress=running.progress,
    )
    started_at, began = running.now(), perf_counter()
    output: dict[str, Any] | None = None
    problem: str | None = None
    try:
        output = await tools.call(tool, arguments, context)
        reach("tool.called")
        if (source := source_of(output)) is not None:
            running.trace.read.append(source)
        return output
    except LegworkError as error:
        problem = str(error)
        raise
    finally:
        running.trace.executions.append(
            Execution(
                tool=tool.name,
                input=redacted(arguments.model_dump(mode="json", by_alias=True)),
                output=_brief(output),
                error=redacted(problem) if problem else None,
                started_at=started_at,
                duration_ms=round((perf_counter() - began) * 1000),
            )
        )


def _brief(output: dict[str, Any] | None, limit: int = 4_000) -> dict[str, Any] | None:
    """What is kept of an output with the execution; the step keeps it whole."""
    if output is None:
        return None
    written = orjson.dumps(redacted(output), default=str)
    if len(written) <= limit:
        return orjson.loads(written)
    return {"cut": True, "bytes": len(written), "keys": sorted(output)}


def _ask_first(running: Running, tool: Tool, arguments: Arguments, digest: str) -> Outcome:
    given = arguments.model_dump(mode="json", by_alias=True, exclude_none=True)
    card = ApprovalCard(
        task_id=running.advance.task.id,
        title=tool.display_name,
        details=(
            *((name, _shown(value)) for name, value in redacted(given).items() if value not in ({}, [], "")),
            *asked_after(running.advance.task),
        ),
        buttons=decision_buttons(step_value(running.advance.task.id, running.placed.id)),
    )
    return Asks(card, given, digest)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
