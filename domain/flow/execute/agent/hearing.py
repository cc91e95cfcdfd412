"""What a person says while an agent works: its next thought hears it, and until then nothing is begun outside."""

from datetime import UTC, datetime

from domain.core.queue import Fence, hold
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.rounds import ENDED
from domain.flow.execute.nodes.running import Running
from domain.tasks import control, notes
from domain.tasks import repository as tasks
from domain.tasks.notes import TaskNote
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus
from domain.workflows.graph import Placed

NOT_MADE = "not_made"
"""In the output of a call that was not made: why."""

MEANWHILE = "The person wrote meanwhile."

ANSWERED = "answered"
"""How an agent has ended that was neither stopped nor at a limit: it may go on."""


async def listen(running: Running) -> list[TaskNote]:
    """What the person has said that nobody has heard, nor is about to."""
    advance = running.advance
    if not is_spoken_to(advance):
        return []
    async with advance.legwork.database.system("one statement, of one task", single=True) as session:
        said = await notes.unheard(session, advance.task.id)
    step_id = running.placed.id
    return [note for note in said if advance.hear(note.id, step_id)]


def is_spoken_to(advance: Advance) -> bool:
    """Whether something was said that no thought has heard, those under way counted."""
    return advance.task.unheard > len(advance.hearing)


def listener(board: Board) -> str | None:
    """The agent that hears what was said: one that is at work, or whose answer was the last that was done, and ends
    nothing then. None: it is for the plan, or comes too late.
    """
    if at_work := board.agents():
        return at_work[0].node_id
    answered = [placed for placed in board.everything() if _has_just_answered(board, placed)]
    return max(answered, key=lambda placed: _end_of(board, placed)).id if answered else None


def _end_of(board: Board, placed: Placed) -> tuple[datetime, tuple[int, ...]]:
    return board.steps[placed.id].finished_at or datetime.min.replace(tzinfo=UTC), placed.place


def comes_too_late(board: Board) -> bool:
    """Whether what was said is work of its own: the answer was given by an agent that may not go on."""
    answer = board.steps[board.answers] if board.answers is not None else None
    if (
        answer is None
        or answer.status is not StepStatus.SUCCEEDED
        or board.placed(answer.node_id).spot.holds != "rounds"
    ):
        return False
    return (answer.output or {}).get(ENDED) not in (None, ANSWERED)


def turn_to(board: Board, agent_id: str, now: datetime) -> list[Step]:
    """The agent is to hear it. What any is about to do outside is not done: returns those calls."""
    if not board.agents():
        board.reopen(agent_id, now)
    return [step for agent in board.agents() for step in _make_way(board, agent, now)]


async def heed(fence: Fence, advance: Advance, board: Board, left: list[Step]) -> list[Step]:
    """Of the calls that were ``left`` (see ``turn_to``), those that a person has said no to by now stay refused.
    Returns the others.
    """
    if not left:
        return left
    session, task_id = fence.session, advance.task.id
    await hold(session, fence.job)  # first, as in every round
    await tasks.status_of(session, task_id)
    refused = {no.node_id: no for no in await control.rejected(session, task_id)}
    for step in left:
        if (no := refused.get(step.node_id)) is not None:
            step.input, step.output = no.input, no.output
    return [step for step in left if step.node_id not in refused]


def _has_just_answered(board: Board, placed: Placed) -> bool:
    step = board.steps[placed.id]
    if placed.spot.holds != "rounds" or step.status is not StepStatus.SUCCEEDED:
        return False
    if placed.parent is not None and not board.holds(board.steps[placed.parent.id]):
        return False  # the loop it stands in is over, with what it put out
    behind = (board.steps[placed.prefix + name].status for name, _ in placed.spot.after)
    return (step.output or {}).get(ENDED) == ANSWERED and all(status is StepStatus.PENDING for status in behind)


def _make_way(board: Board, agent: Step, now: datetime) -> list[Step]:
    left: list[Step] = []
    for entry, step in board.rounds(agent.node_id)[-1].calls:
        waits = step is not None and step.status in (StepStatus.PENDING, StepStatus.WAITING)
        if step is not None and waits and entry["external"] and step.idempotency_key is None:
            step.output, step.wake_at = {NOT_MADE: MEANWHILE}, None
            board.took(step.node_id, StepStatus.SKIPPED, now)
            left.append(step)
    return left
