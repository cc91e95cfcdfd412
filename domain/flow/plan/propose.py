"""Third stage: one model call decides what a message needs, a direct reply, a question back, or a plan.

The model proposes and the program disposes: a plan is validated before anything runs, an invalid one goes
back with what is wrong, at most twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.conversations.outbox import say
from domain.core.db import Session
from domain.core.errors import Invalid, LegworkError, Unavailable
from domain.core.failpoints import reach
from domain.core.queue import Snooze
from domain.core.text import storable, storable_json
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.keys import card_key
from domain.flow.common.model_call import answer_preview, call
from domain.flow.common.parked import park
from domain.flow.common.planned import History, Planned
from domain.flow.common.stoppable import unless_stopped
from domain.flow.common.usage import store_replies
from domain.flow.conclude import answer as conclude
from domain.flow.conclude import noted
from domain.flow.plan import heard
from domain.flow.plan.history import recall
from domain.flow.plan.offer import offer_of
from domain.flow.show.cards import plan_card
from domain.llm.decision import DECISION_SCHEMA, Decision, read_decision, reply_so_far
from domain.llm.decision_schema import with_changes
from domain.llm.model import Reply, Request
from domain.llm.prices import total
from domain.llm.prompts import DECIDE, Prompt
from domain.tasks import repository as tasks
from domain.tasks.schemas import Task
from domain.tasks.states import TaskStatus
from domain.workflows.spec import PLANNED, Spec, read_spec
from domain.workflows.validate import KnownTool, problems

ASKED_AGAIN = 2
"""How often an invalid plan goes back to the model."""


async def look_back(session: Session, task: Task, sent: Sequence[Mapping[str, Any]] | None = None) -> History:
    """What a decision about the task rests on."""
    assert task.message_id is not None  # tasks without a message come with a plan
    return await recall(session, task, task.message_id, sent)


async def plan(advance: Advance, history: History | None) -> Board | None:
    """Decide and store what follows; ``history`` for a task that has no plan yet.

    None: the message is answered (or asks back), and the job has ended.
    """
    task = advance.task
    if task.plan is not None:
        return Board(read_spec(task.plan), advance.run.steps, advance.legwork.clock.now())
    assert history is not None
    advance.behind = history.under_way
    if task.unheard:
        await heard.hear_unplanned(advance)
    while True:
        try:
            planned = await propose(advance, history, DECIDE, {})
        except LegworkError as error:
            await conclude.fail_unplanned(advance, error)
            return None
        if planned.spec is not None:
            return await _store(advance, planned, planned.spec)
        if planned.decision.kind == "change":
            meant = next(one for one in history.open if one["number"] == planned.decision.task)
            if await noted.note(advance, planned, UUID(meant["id"])):
                return None
            history = replace(history, open=[])  # it has ended meanwhile: then this is work of its own
        elif await conclude.answer_directly(advance, planned):
            return None
        await heard.hear_unplanned(advance, planned)


async def _store(advance: Advance, planned: Planned, spec: Spec) -> Board:
    task = advance.task
    task.title = storable(planned.decision.title or task.title)
    task.plan = spec.model_dump(mode="json")
    task.card += 1
    async with advance.held.transaction() as session:
        task.status, kit_version, task.unheard = await tasks.store_plan(
            session,
            task.id,
            plan=task.plan,
            title=task.title,
            prompt_version=planned.version,
            total=len(spec.nodes),
            replans=task.replans,
            card=task.card,
            cost=planned.cost,
        )
        if kit_version != advance.kit.version:
            await advance.look_at_kit(session)
        store_replies(session, advance, planned.replies, planned.version)
        task.cost = total((task.cost, planned.cost))
        board = await lay_out(session, advance, spec)
    reach("plan.planned")
    return board


async def lay_out(session: Session, advance: Advance, spec: Spec) -> Board:
    """Add the plan's steps, and show the card that will be edited from here on."""
    task, now = advance.task, advance.legwork.clock.now()
    board = Board(spec, {}, now)
    tasks.add_steps(session, task.id, board.steps.values())
    board.added.clear()
    running = task.status is TaskStatus.RUNNING  # a person may have stopped it while it was planned
    begun = [placed.id for placed in board.startable(now, spec.at_once)] if running else []
    card = plan_card(task, board, status=task.status, now=now, spent=Decimal(0), running=begun)
    await say(session, advance.thread, card, key=card_key(task.id), task_id=task.id, reply_to=task.message_id)
    return board


async def propose(
    advance: Advance, history: History, prompt: Prompt, situation: Mapping[str, Any], *, most: int = PLANNED
) -> Planned:
    """Ask the model until its answer can be used, at most three times. ``most``: so many nodes a plan may have.

    Raises:
        Invalid: none of its plans could run; the sentence says why.
        Misconfigured: the model cannot be asked at all.
        Snooze: the model is away; the task is parked.
    """
    purpose, replies = f"{prompt.name}.v{prompt.version}", list[Reply]()
    try:
        decision, spec = await _decided(advance, history, prompt, situation, replies, most)
    except (LegworkError, Snooze):
        if replies:  # they were paid for, whatever became of the next call
            async with advance.held.transaction() as session:
                store_replies(session, advance, replies, purpose)
        raise
    return Planned(decision, spec, replies, purpose)


async def _decided(
    advance: Advance,
    history: History,
    prompt: Prompt,
    situation: Mapping[str, Any],
    replies: list[Reply],
    most: int,
) -> tuple[Decision, Spec | None]:
    """See ``propose``. Each reply is added to ``replies`` as it comes."""
    errors, open_tasks = list[str](), _open(history, prompt)
    for _ in range(1 + ASKED_AGAIN):
        reply = await _ask(advance, _request(advance, history, prompt, situation, errors))
        replies.append(reply)
        try:
            known = offer_of(advance.legwork.tools, advance.kit).known
            decision = _meant(read_decision(reply, open_tasks), known)
            spec = read_spec(storable_json(decision.spec)) if decision.spec is not None else None
        except Invalid as error:
            errors = [str(error)]
            continue
        errors = problems(spec, known, most=most) if spec is not None else []
        if not errors:
            return decision, spec
    raise Invalid(
        f"I could not make a plan that works: {errors[0]}",
        remedy="Say it in other words, or in smaller steps.",
        code="plan_invalid",
    )


def _meant(decision: Decision, known: Mapping[str, KnownTool]) -> Decision:
    """A direct reply that came with steps is a plan, if they can run."""
    if decision.beside is None:
        return decision
    try:
        runs = not problems(read_spec(storable_json(decision.beside)), known)
    except Invalid:
        runs = False
    return replace(decision, kind="plan", spec=decision.beside, beside=None) if runs else decision


def _request(
    advance: Advance, history: History, prompt: Prompt, situation: Mapping[str, Any], errors: list[str]
) -> Request:
    offer, opened = offer_of(advance.legwork.tools, advance.kit), _open(history, prompt)
    return Request(
        prompt=prompt,
        variables={
            "message": advance.task.description,
            "quoted": advance.task.quoted,
            "attachments": history.attachments,
            "files": history.files,
            "now": advance.given["context"]["now"],
            "timezone": advance.person.timezone_name,
            "person": advance.person.name,
            "agent_instructions": advance.thread.instructions,
            "last": history.last,
            "result": history.result,
            "first": history.first,
            "helped": history.helped,
            "tools": offer.tools,
            "errors": errors,
            "open": opened,
            **situation,
        },
        turns=history.turns,
        output_schema=with_changes(offer.schema) if opened else offer.schema,
        loose_schema=with_changes(DECISION_SCHEMA) if opened else DECISION_SCHEMA,
        model=advance.thread.model,
    )


def _open(history: History, prompt: Prompt) -> list[dict[str, Any]]:
    """What a message may change: nothing, where a plan is made anew."""
    return history.open if prompt is DECIDE else []


async def _ask(advance: Advance, request: Request) -> Reply:
    preview = answer_preview(advance, reply_so_far)
    try:
        asked = call(advance.legwork.model, request, preview.show)
        return await unless_stopped(advance, asked)
    except Unavailable as error:
        raise Snooze(await park(advance, error)) from error
    finally:
        await preview.close()
