"""Any plan, and anything that may happen to its steps: for what a board is held against."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from domain.conversations.said import Question
from domain.core.errors import Unusable
from domain.core.queue import Queue
from domain.flow.common.outcome import Asks, Began, Done, Failed, Handed, Lost, Opened, Outcome, Sleeps, apply
from domain.reports.querying.result import UNANSWERABLE
from domain.tasks.repository import state_of
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.workflows.spec import Spec, read_spec
from tests.factories.specs import Node, node, tool

NOW = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
TASK = UUID(int=1)
KINDS = (
    "note",
    "note",
    "note",
    "send",
    "send",
    "ask",
    "approval",
    "condition",
    "condition",
    "delay",
    "llm",
    *["agent"] * 3,
    *["foreach"] * 4,
)
GIVEN = {"input": {"message": "hi"}, "context": {"person": "Mara"}}


def any_spec(random: Random, *, levels: int = 3) -> Spec:
    """A plan of a few nodes, each kind among them, with loops inside loops."""
    return read_spec(_graph(random, random.randint(1, 6), levels, ()))


def _graph(random: Random, count: int, levels: int, around: tuple[str, ...]) -> dict[str, Any]:
    names = [f"n{number}" for number in range(1, count + 1)]
    edges: list[list[Any]] = []
    nodes: list[Node] = []
    for number, name in enumerate(names):
        before = random.sample(range(number), min(number, random.choice((0, 1, 1, 2, 3))))
        nodes.append(_node(random, name, levels, (*around, *(names[place] for place in before))))
        for place in before:
            asks = nodes[place]["type"] == "condition"
            outcome: list[Any] = [random.choice((True, False))] if asks and random.random() < 0.7 else []
            outcome = ["error"] if random.random() < 0.2 else outcome
            edges.append([names[place], name, *outcome])
    random.shuffle(edges)
    return {"nodes": nodes, "edges": edges}


def _node(random: Random, name: str, levels: int, seen: tuple[str, ...]) -> Node:
    words = " ".join(f"{{{{ {other}.output.text }}}}" for other in random.sample(seen, min(len(seen), 2)))
    text = f"{name} {words} {random.choice(('', '{{ input.message }}', '{{ item }}', '{{ outer.item }}', '{{ @ }}'))}"
    match random.choice(KINDS[: None if levels > 0 else -4]):
        case "condition":
            return node(name, "condition", **{"if": random.choice(("`true`", "n1.output.result", "item"))})
        case "delay":
            return node(name, "delay", seconds=3_600)
        case "ask":
            return node(name, "ask", question=text)
        case "approval":
            return node(name, "approval", text=text)
        case "llm":
            return node(name, "llm", prompt=text)
        case "agent":
            return node(name, "agent", goal=text)
        case "foreach":
            body = _graph(random, random.randint(1, 3), levels - 1, seen)
            return node(name, "foreach", items="{{ input.list }}", do=body)
        case kind:
            return tool(name, kind, text=text)


def any_outcome(random: Random, step: Step, now: datetime) -> Outcome:
    """What a node of that kind may come to."""
    waits = Sleeps(now + timedelta(minutes=random.randint(0, 120)))
    failed = random.choice(
        (
            Failed("invalid", "It cannot be done.", "Do something else."),
            Failed("unavailable", "It is away.", again=now + timedelta(minutes=random.randint(1, 90))),
            Failed(UNANSWERABLE, "The table does not say."),
            Failed(Unusable.code, "Nothing can be made of it."),
        )
    )
    lost = Lost("The connection broke.")
    asks = Asks(Question(task_id=TASK, text="Which?"), {"question": "Which?"})
    done = Done({"text": f"{step.node_id} is done"})
    match step.name if step.type == "tool" else step.type:
        case "agent":
            given = step.input if step.input is not None and "past" in step.input else {"goal": "why", "past": 0}
            return random.choice((Began(given), Began(given), Began(given), Began(given), failed))
        case "think":
            thought = Done(any_thought(random))
            return random.choice((thought, thought, thought, thought, thought, thought, failed, waits))
        case "condition":
            return random.choice((Done({"result": random.random() < 0.5}), Done({"result": True}), failed))
        case "foreach":
            items = [f"item {number}" for number in range(random.randint(0, 3))]
            return random.choice((Opened(items), Opened(items), Opened(items), failed))
        case "delay":
            return waits if step.wake_at is None else done
        case "ask" | "approval":
            return random.choice((asks, asks, asks, failed))
        case "send":
            handed = Handed(Queue.MEDIA, {"to": "ben"})
            return random.choice((done, asks, lost, failed, handed, handed, handed))
        case _:
            return random.choice((done, done, done, done, failed, waits, lost))


def any_thought(random: Random) -> dict[str, Any]:
    """What a thought may put out: calls, some of which are told without being made; an answer; or nothing."""
    thought: dict[str, Any] = {"text": random.choice(("", "I see.")), "calls": [], "heard": [], "orders": []}
    act = random.random()
    if act < 0.3:
        return thought | {"text": "Because.", "ended": random.choice(("answered", "answered", "rounds", "looped"))}
    if act < 0.4:
        return thought
    return thought | {"calls": [_call(random, number) for number in range(random.randint(1, 4))]}


def _call(random: Random, number: int) -> dict[str, Any]:
    external = random.random() < 0.5
    call = {
        "id": f"c{number}",
        "name": "send" if external else "note",
        "arguments": {"text": "{{ n1.output.text }}"},
        "external": external,
    }
    return call | ({"told": "There is no such tool.", "why": "unknown_tool"} if random.random() < 0.2 else {})


def carried_on(random: Random, step: Step, now: datetime) -> dict[str, Any]:
    """What the job of a step that was handed over has stored of it."""
    back = replace(step)
    outcome = any_outcome(random, back, now)
    if isinstance(outcome, Asks | Handed | Sleeps):
        back.status = StepStatus.PENDING
    else:
        apply(back, outcome, now)
    return {"node_id": step.node_id, **state_of(back), "status": back.status}


def decided(random: Random, step: Step) -> Step:
    """What a person makes of a step that asks: answered, agreed to, said no to, wanted again, noted as done."""
    if step.status is StepStatus.UNKNOWN:
        again = replace(step, status=StepStatus.PENDING, attempt_group=step.attempt_group + 1, error=None)
        return random.choice((again, replace(step, status=StepStatus.SUCCEEDED, output={"assumed_done": True})))
    return random.choice(
        (
            replace(step, status=StepStatus.SUCCEEDED, output={"text": "this one"}),
            replace(step, status=StepStatus.SUCCEEDED, output={"approved": True}),
            replace(step, status=StepStatus.SKIPPED, output={"approved": False}),
            replace(step, status=StepStatus.SKIPPED, output={"rejected": True}),
            replace(step, status=StepStatus.PENDING),
        )
    )


def tried_again(steps: dict[str, Step]) -> dict[str, Step]:
    """What a person's retry makes of the steps of a task that has failed, or was stopped: those that nobody dealt with
    run again.
    """
    return {
        step_id: replace(
            step,
            status=StepStatus.PENDING,
            attempt_count=0,
            attempt_group=step.attempt_group + 1,
            error=None,
            idempotency_key=None,
            wake_at=None,
            finished_at=None,
        )
        if step.status in (StepStatus.FAILED, StepStatus.CANCELLED) and "error" not in (step.output or {})
        else step
        for step_id, step in steps.items()
    }
