"""A job that took its worker down three times is set aside, and the person it works for is told."""

from domain.conversations import service as conversations
from domain.conversations.outbox import say
from domain.conversations.said import Button, Problem
from domain.core.db import Session
from domain.core.logging import logger
from domain.core.queue import Quarantined
from domain.flow.presses import task_value
from domain.tasks import repository as tasks
from domain.tasks.states import TaskStatus

log = logger(__name__)

SENTENCE = "This task took its worker down three times, so I stopped trying."


async def tell(session: Session, job: Quarantined) -> None:
    """Fail the job's task, with what happened said in its thread."""
    log.error("a job is quarantined", job=str(job.id), kind=job.kind)
    task = await tasks.load(session, job.task_id) if job.task_id is not None else None
    if task is None:
        return
    await tasks.set_status(
        session, task.id, TaskStatus.FAILED, error={"code": "quarantined", "sentence": SENTENCE, "remedy": ""}
    )
    thread, _, _ = await conversations.setting(session, task.thread_id, task.user_id)
    problem = Problem(
        sentence=SENTENCE,
        remedy="What was done is kept. Retry when the cause is mended; an admin finds it in the log.",
        task_id=task.id,
        buttons=(Button(label="Retry", action="retry", value=task_value(task.id)),),
    )
    await say(session, thread, problem, key=f"quarantined:{job.id}", task_id=task.id, reply_to=task.message_id)
