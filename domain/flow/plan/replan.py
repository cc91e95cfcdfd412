"""Another way around what failed, or to what the person has said since: a new plan, with what is done kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.core.errors import LegworkError
from domain.core.failpoints import reach
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.planned import Planned
from domain.flow.common.rounds import PAST
from domain.flow.common.stoppable import STOPPED
from domain.flow.common.usage import store_replies
from domain.flow.plan import heard
from domain.flow.plan.propose import look_back, propose
from domain.flow.show.refresh import withdraw
from domain.llm.prices import total
from domain.llm.prompts import REPLAN
from domain.reports.numbers import check
from domain.reports.querying.result import UNANSWERABLE
from domain.tasks import control, notes
from domain.tasks import repository as tasks
from domain.tasks.notes import TaskNote
from domain.tasks.states import StepStatus
from domain.tools.kit import SWITCHED_OFF
from domain.workflows.graph import Placed
from domain.workflows.spec import ERROR, PLANNED, NodeType, Spec

REPLANS = 2
"""How often a failed plan is mended before the task fails."""


async def replan(advance: Advance, board: Board) -> Board | None:
    """Another way around what failed, or to what the person has said meanwhile, with what is done kept; None: there is
    none. What was said is heard either way, and is no attempt at mending.
    """
    task = advance.task
    async with advance.legwork.database.transaction(task.org_id) as session:
        history = await look_back(session, task)
        await advance.look_at_kit(session)
        said = await notes.unheard(session, task.id) if task.unheard else []
    failed = board.failed[0] if board.failed else None
    situation = {
        "plan": board.spec.model_dump(mode="json", include={"nodes", "edges"}),
        "done": _done(board),
        "failed": {"id": failed.node_id, "name": failed.name, "error": _told(failed.error or {})} if failed else None,
        "notes": [{"words": note.words} for note in said],
    }
    try:
        planned = await propose(advance, history, REPLAN, situation, most=max(PLANNED, len(board.spec.nodes)))
    except LegworkError as error:
        task.replans += 0 if said else 1
        async with advance.held.transaction() as session:
            tasks.add_log(session, task.id, "WARN", f"No other plan: {error.sentence}")
            if error.reason != STOPPED:
                await heard.keep(session, advance, said, error.sentence)
        return None
    if planned.spec is None or _is_same(planned.spec, board):
        task.replans = task.replans if said else REPLANS
        why = planned.decision.reply if planned.spec is None else ""
        if failed is not None and failed.error is not None and why and str(failed.error.get("sentence")) not in why:
            failed.error["remedy"] = _without_claims(why, failed.error)
        async with advance.held.transaction() as session:
            store_replies(session, advance, planned.replies, planned.version)
            await heard.keep(session, advance, said, why, cost=planned.cost)
        return None
    spec = planned.spec.model_copy(update={"at_once": board.spec.at_once})
    return await _take_over(advance, board, planned, spec, said)


def _done(board: Board) -> list[dict[str, Any]]:
    """What is done; of agents that did not come to their end, what they have changed outside, which stays done."""
    done: list[dict[str, Any]] = []
    for placed in board.everything():
        step, agent = board.steps[placed.id], placed.parent if placed.of_agent else None
        if step.status is not StepStatus.SUCCEEDED:
            continue
        if agent is None:
            done.append({"id": step.node_id, "name": step.name, "output": step.output})
        elif step.idempotency_key is not None and board.steps[agent.id].status is not StepStatus.SUCCEEDED:
            name = f"{step.name}, called by {agent.id}, which is not finished"
            output = {"called_with": placed.node.config, "came_to": step.output}
            done.append({"id": step.node_id, "name": name, "output": output})
    return done


def _told(error: Mapping[str, Any]) -> str:
    """The error with its remedy, which may name what to mend."""
    return " ".join(str(error[part]) for part in ("sentence", "remedy") if error.get(part))


def _without_claims(why: str, error: Mapping[str, Any]) -> str:
    """Of a table that cannot answer no numbers are told but those of the error; what an admin can do is kept."""
    if error.get("code") == SWITCHED_OFF:
        return f"{why} {error.get('remedy') or ''}".strip()
    if error.get("code") != UNANSWERABLE:
        return why
    return check(why, [{"text": _told(error)}]).text or str(error.get("remedy") or "")


def _is_same(spec: Spec, board: Board) -> bool:
    return spec.nodes == board.spec.nodes and (bool(board.failed) or spec.edges == board.spec.edges)


def _stands(board: Board, placed: Placed, spec: Spec) -> bool:
    """It is done, a person is being asked about it, or has said no to it, or it waits for its moment; or it failed, and
    that was dealt with and is in the new plan, too."""
    step = board.steps[placed.id]
    asked = step.status is StepStatus.WAITING and (step.wake_at is None or placed.node.type is NodeType.DELAY)
    rejected = step.status is StepStatus.SKIPPED and step.output is not None
    failed = step.status is StepStatus.FAILED and placed.caught and _catches(spec, placed)
    return step.status is StepStatus.SUCCEEDED or asked or rejected or failed


def _catches(spec: Spec, placed: Placed) -> bool:
    """Whether the plan deals with a failure of a step that stands in it unchanged."""
    if placed.parent is not None:
        return placed.spot.catches or _catches(spec, placed.parent)
    return any(edge[0] == placed.id and edge[2:] == (ERROR,) for edge in spec.edges)


async def _take_over(
    advance: Advance, board: Board, planned: Planned, spec: Spec, said: Sequence[TaskNote]
) -> Board | None:
    """The new plan begins with every step that stands in it unchanged and need not run again; with it is heard what was
    ``said``. None: there is no reason for it any more.
    """
    task = advance.task
    same = {node.id for node in board.spec.nodes if node in spec.nodes}
    kept = {
        placed.id: board.steps[placed.id]
        for placed in board.everything()
        if placed.root in same and _stands(board, placed, spec)
    }
    group = 1 + max(step.attempt_group for step in board.steps.values())
    new = Board(spec, kept, advance.legwork.clock.now(), group=group)
    for name in same & (new.steps.keys() - kept.keys()):
        if PAST in (board.steps[name].input or {}):  # an agent goes on from where it was
            new.steps[name].input = board.steps[name].input
    async with advance.held.transaction() as session:
        if said and not await heard.hear(session, advance, said) and not board.failed:
            store_replies(session, advance, planned.replies, planned.version)
            return None  # it was taken back meanwhile
        task.plan, task.card = spec.model_dump(mode="json"), task.card + 1
        task.replans += 0 if said else 1
        gone = [step for name, step in board.steps.items() if name not in kept]
        await withdraw(session, task, gone, "Withdrawn: the plan has changed.")
        used = await control.drop_steps(session, task.id, [node_id for node_id in board.steps if node_id not in kept])
        tasks.add_steps(session, task.id, [step for name, step in new.steps.items() if name not in kept])
        _, _, task.unheard = await tasks.store_plan(
            session,
            task.id,
            plan=task.plan,
            title=None,
            prompt_version=planned.version,
            total=len(spec.nodes),
            replans=task.replans,
            card=task.card,
            cost=planned.cost,
        )
        tasks.add_log(session, task.id, "INFO", f"Planned anew: {planned.decision.reply or 'another way'}")
        store_replies(session, advance, planned.replies, planned.version)
    task.cost = total((task.cost, planned.cost))
    for step_and_hash in used:
        advance.run.approvals.pop(step_and_hash, None)
    reach("plan.replanned")
    new.added.clear()
    new.changed.clear()
    return new
