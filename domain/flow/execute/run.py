"""Fourth stage: ready node → tool → stored result, and again, until the plan is done or has to wait.

One claimed job advances one task. Each round is one short transaction that stores what came back, says how
the task stands, and decides what starts next; every call is made between transactions. What cannot be
continued here and now (a question, an approval, a delay, a stopping worker) ends the job: whatever clears
the way queues the next one.
"""

from uuid import UUID

from domain.conversations import service as conversations
from domain.core.db import Session
from domain.core.queue import Held
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.legwork import Legwork
from domain.flow.common.planned import History
from domain.flow.execute.access import hold_back
from domain.flow.execute.rounds import Execution
from domain.flow.plan.propose import lay_out, look_back, plan
from domain.orgs.access import works
from domain.tasks import repository as tasks
from domain.tasks.states import TaskStatus
from domain.tools.kit import Kit
from domain.workflows.spec import read_spec


async def advance(legwork: Legwork, held: Held, task_id: UUID) -> None:
    """Take the task as far as it goes now."""
    async with held.fenced_within() as fence:
        loaded = await load(fence.session, legwork, held, task_id)
    if loaded is not None:
        await proceed(*loaded)


async def load(
    session: Session, legwork: Legwork, held: Held, task_id: UUID
) -> tuple[Advance, History | None, Board | None] | None:
    """The task, running from here on; with what a decision rests on where it has no plan yet, or with its plan laid
    out where that came with it. None: it is stopped, paused by a person, or over; or its person may not have work done
    any more, so that it is held back.
    """
    run = await tasks.start_run(session, held.job, task_id)
    if run is None:
        return None
    setting = await conversations.setting(session, run.task.thread_id, run.task.user_id, run.task.message_id)
    if not works(setting[1].role):
        await hold_back(session, run.task)
        return None
    advance = Advance(legwork, held, run, *setting, Kit(*run.switches, setting[1].role))
    if run.task.plan is None:
        return advance, await look_back(session, run.task), None
    return advance, None, None if run.steps else await lay_out(session, advance, read_spec(run.task.plan))


async def proceed(advance: Advance, history: History | None, board: Board | None = None) -> None:
    """Plan a loaded task that has no plan, then take it as far as it goes; or hold it back, where its person was put
    out since it was loaded."""
    if board is None and works(advance.kit.role):
        board = await plan(advance, history)
        if board is None:
            return  # the message is answered
    if board is None or not works(advance.kit.role):
        async with advance.held.transaction(done=True) as session:
            await hold_back(session, advance.task)
        return
    run = advance.run
    begun = not run.steps and run.task.status is TaskStatus.RUNNING  # nobody stopped it while it was planned
    await Execution(advance, board, fresh=begun).run()
