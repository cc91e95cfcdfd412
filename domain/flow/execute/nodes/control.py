"""Nodes that steer the graph: a condition, a loop over items, a delay."""

from datetime import datetime, timedelta
from typing import Any, cast

from domain.core.errors import Invalid
from domain.flow.common.outcome import Done, Opened, Outcome, Sleeps
from domain.flow.execute.nodes.running import Running
from domain.tasks.states import StepStatus
from domain.workflows.references import holds_reference, resolve

ITEM_LIMIT = 200
LONGEST_DELAY = timedelta(days=366)


async def condition(running: Running) -> Outcome:
    """True unless the expression gives null, false, nothing or an empty value (JMESPath's own rule)."""
    written = str(running.node.config["if"])
    value = resolve(written if holds_reference(written) else "{{" + written + "}}", running.scope)
    return Done({"result": value not in (None, False, "", [], {}, "false"), "value": value})


async def foreach(running: Running) -> Outcome:
    items: Any = running.resolved("items")["items"]
    if not isinstance(items, list):
        raise Invalid(f"{running.node.label} should go through a list, and it was given {_kind(items)}.")
    given = cast("list[Any]", items)
    if len(given) > ITEM_LIMIT:
        raise Invalid(
            f"{running.node.label} has {len(given)} items; at most {ITEM_LIMIT} are gone through.",
            remedy="Narrow the list down.",
        )
    return Opened(given)


async def delay(running: Running) -> Outcome:
    if running.step.status is StepStatus.RUNNING and running.step.wake_at is not None:
        return Done({"waited_until": running.step.wake_at.isoformat()})
    config = running.resolved()
    now = running.now()
    until = _until(config["until"]) if "until" in config else now + timedelta(seconds=_seconds(config["seconds"]))
    if until.tzinfo is None:
        until = until.replace(tzinfo=running.advance.person.timezone)
    if until - now > LONGEST_DELAY:
        raise Invalid("A delay may last a year at most.")
    return Sleeps(until)


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise Invalid(f"A delay needs a number of seconds, and it was given {value!r}.") from None
    if not 0 <= seconds <= LONGEST_DELAY.total_seconds():
        raise Invalid("A delay lasts from 0 seconds to a year.")
    return seconds


def _until(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid(f"“{value}” is no moment; write it like 2026-03-09T08:00.") from None


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
