"""How far a task is, in a sentence or two: from its steps alone, without a model."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.conversations.said import ApprovalCard
from domain.core.text import literal
from domain.flow.common.board import Board
from domain.flow.common.rounds import Round, allowed
from domain.flow.show.asks import ask_of
from domain.flow.show.loops import OVER, how_far
from domain.llm.prices import dollars
from domain.tasks.schemas import Step, Task
from domain.tasks.states import ACCESS, HALTS, StepStatus, TaskStatus, declined, word
from domain.tools.wording import and_, did, doing, number, worded
from domain.workflows.spec import Node, NodeType

NAMED = 5
"""Of steps that are done, so many of the last are named."""

_DONE = StepStatus.SUCCEEDED
_AGENTS = 3
"""So many agents of one task are told apart."""


def standing(task: Task, board: Board | None, now: datetime) -> str:
    """Markdown: “Round 4 of 12. Read leads-w47.csv and two pages; now reading status.example.org. $0.03.” Of a plan:
    “2 of 5 steps done: …; now …; waits for your approval of …”. ``board`` is None where there is no plan yet.
    """
    if task.status.final:
        return f"“{literal(task.title)}” has ended ({word(task.status)})."
    said = [*_paused(task), *(_of_plan(task, board, now) if board is not None else [_unplanned(task)])]
    if task.cost:
        said.append(f"{dollars(task.cost)}.")
    return " ".join(said)


def _paused(task: Task) -> list[str]:
    halted = task.status is TaskStatus.PAUSED and task.waiting_for in HALTS
    why = ": whom it works for may not have work done here any more" if task.waiting_for == ACCESS else ""
    return [f"Paused{why}."] if halted else []


def _unplanned(task: Task) -> str:
    if task.status is TaskStatus.PAUSED:
        return "It waits for your answer." if task.waiting_for == "answer" else "Not planned yet."
    return "I am about to begin." if task.started_at is None else "I am finding out how to do it."


def _of_plan(task: Task, board: Board, now: datetime) -> list[str]:
    """Sentences: of the plan, unless one agent is all of it; of the agents at work; of what it waits for."""
    agents = board.agents()
    at_work = _at_work(task, board, now)
    alone = [node.id for node in board.spec.nodes] == [agent.node_id for agent in agents]
    said = [] if alone else [_steps(board, [step for step in at_work if not board.placed(step.node_id).of_agent])]
    for agent in agents[:_AGENTS]:
        own = [step for step in at_work if _is_of(board, step, agent)]
        said.append(_agent(board, agent, own, named=not alone))
    if len(agents) > _AGENTS:
        said.append(f"{len(agents) - _AGENTS} more are at work like that.")
    waits = _waits(task, board, now)
    return [*said, f"It {and_(waits)}."] if waits else said


def _at_work(task: Task, board: Board, now: datetime) -> list[Step]:
    """What is going on, or begins now: that a step has begun is stored with what came of it."""
    if task.status is not TaskStatus.RUNNING:
        return board.handed
    begun = [*board.running, *board.handed]
    room = max(board.spec.at_once - len(board.running), 0)
    return [*begun, *(board.steps[placed.id] for placed in board.startable(now, room))]


def _is_of(board: Board, step: Step, agent: Step) -> bool:
    parent = board.placed(step.node_id).parent
    return parent is not None and parent.id == agent.node_id


def _steps(board: Board, at_work: Sequence[Step]) -> str:
    """“2 of 5 steps done: read leads.csv and “summarise”; now drawing a chart of leads.csv.”"""
    early = {step.node_id for step in board.limited}
    steps = [board.steps[node.id] for node in board.spec.nodes]
    done = [node for node in board.spec.nodes if board.steps[node.id].status is _DONE and node.id not in early]
    counted = f"{sum(step.status in OVER and step.node_id not in early for step in steps)} of {len(steps)} steps done"
    named = [_labelled(node) for node in done[-NAMED:]]
    if len(done) > NAMED:
        named = [f"{number(len(done) - NAMED)} before", *named]
    parts = [f"{counted}: {and_(named)}" if named else counted]
    parts += [f"“{literal(node.label)}” stopped early" for node in board.spec.nodes if node.id in early]
    parts += [f"{_counted(failed, 'step')} failed" for failed in [len(board.failed)] if failed]
    now = [*_loops(board), *(_now(board, step) for step in at_work if board.placed(step.node_id).parent is None)]
    return "; ".join([*parts, f"now {and_(now)}"] if now else parts) + "."


def _labelled(node: Node) -> str:
    if node.type is NodeType.TOOL and worded(node.name, node.config) is not None:
        return literal(did([(node.name, node.config)])[0])
    return f"“{literal(node.label)}”"


def _now(board: Board, step: Step) -> str:
    node = board.placed(step.node_id).node
    if node.type is NodeType.TOOL and worded(node.name, node.config) is not None:
        return literal(doing(node.name, node.config)) + _moved(step)
    return f"“{literal(node.label)}”{_moved(step)}"


def _moved(step: Step) -> str:
    return f" ({literal(step.progress)})" if step.progress else ""


def _loops(board: Board) -> list[str]:
    """Loops of the plan itself that are gone through."""
    told: list[str] = []
    for node in board.spec.nodes:
        step = board.steps[node.id]
        if node.type is NodeType.FOREACH and board.holds(step):
            told.append(f"“{literal(node.label)}” ({how_far(board, step)})")
    return told


def _agent(board: Board, agent: Step, at_work: Sequence[Step], *, named: bool) -> str:
    """“Round 4 of 12. Read leads-w47.csv and two pages; now reading status.example.org.”"""
    rounds = board.rounds(agent.node_id)
    begins = f"Round {len(rounds)} of {allowed(agent)}"
    begins = f"“{literal(board.placed(agent.node_id).node.label)}”: round{begins[5:]}." if named else f"{begins}."
    calls = [step for each in rounds for _, step in each.calls if step is not None]
    parts = [*_did(rounds), *_troubles(calls)]
    now = [
        "thinking" if node.type is NodeType.THINK else literal(doing(node.name, node.config))
        for node in (board.placed(step.node_id).node for step in at_work)
    ]
    parts += [f"now {and_(dict.fromkeys(now))}"] if now else []
    told = "; ".join(parts)
    return f"{begins} {told[:1].upper()}{told[1:]}." if told else begins


def _did(rounds: Iterable[Round]) -> list[str]:
    done = [
        (str(call["name"]), call["arguments"])
        for each in rounds
        for call, step in each.calls
        if step is not None and step.status is _DONE
    ]
    return [literal(", ".join(did(done)))] if done else []


def _troubles(calls: Sequence[Step]) -> list[str]:
    """What of its calls did not come to something."""
    failed = sum(step.status is StepStatus.FAILED for step in calls)
    told = [f"{_counted(failed, 'call')} failed"] if failed else []
    refused = [step for step in calls if declined(step.output)]
    if refused:
        words = [worded(step.name, step.input or {}) or step.name.replace("_", " ") for step in refused]
        told.append(f"you said no to {and_(f'“{literal(each)}”' for each in dict.fromkeys(words))}")
    return told


def _waits(task: Task, board: Board, now: datetime) -> list[str]:
    """What keeps it, in the words that follow “it”."""
    told = [_asks(task, board, step) for step in board.asking]
    if not told and board.next_wake is not None and board.next_wake > now and not board.running:
        told.append(f"goes on at {board.next_wake:%Y-%m-%d %H:%M} UTC")
    return told


def _asks(task: Task, board: Board, step: Step) -> str:
    node = board.placed(step.node_id).node
    words = worded(step.name, step.input or node.config) or node.label
    if step.status is StepStatus.UNKNOWN:
        return f"waits for you to say what became of “{literal(words)}”"
    ask = ask_of(task.id, step.node_id, step.name, step.status, step.input)
    if isinstance(ask, ApprovalCard):
        shown = ask.title if step.type == NodeType.APPROVAL.value else words
        return f"waits for your approval of “{literal(shown)}”"
    return f"waits for your answer to “{literal(ask.text)}”" if ask is not None else "waits for your answer"


def _counted(count: int, noun: str) -> str:
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"
