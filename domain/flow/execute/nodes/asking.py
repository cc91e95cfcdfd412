"""Nodes that turn to the person: a question, an approval, a message."""

from typing import Any

from domain.conversations.said import ApprovalCard, Button, Note, Question
from domain.flow.common.outcome import Asks, Done, Outcome
from domain.flow.common.presses import step_value
from domain.flow.execute.nodes.running import Running
from domain.tasks.schemas import Task
from domain.tools.taint import worded


async def ask(running: Running) -> Outcome:
    config = running.resolved()
    value = step_value(running.advance.task.id, running.placed.id)
    choices: list[Any] = config.get("choices") or []
    buttons = tuple(Button(label=str(choice), action="answer", value=f"{value}:{choice}") for choice in choices[:8])
    question = Question(task_id=running.advance.task.id, text=str(config["question"]), buttons=buttons)
    return Asks(question, config)


async def approval(running: Running) -> Outcome:
    config = running.resolved()
    card = ApprovalCard(
        task_id=running.advance.task.id,
        title=str(config["text"]),
        details=asked_after(running.advance.task),
        buttons=decision_buttons(step_value(running.advance.task.id, running.placed.id)),
    )
    return Asks(card, config)


async def post(running: Running) -> Outcome:
    text = str(running.resolved()["text"])
    return Done({"text": text}, said=(Note(text=text),))


def asked_after(task: Task) -> tuple[tuple[str, str], ...]:
    """For a card: that the task has read what others wrote before it came to this."""
    return (("Asked", worded(task.tainted_by)),) if task.tainted else ()


def decision_buttons(value: str) -> tuple[Button, ...]:
    return (
        Button(label="Approve", action="approve", value=value, style="primary"),
        Button(label="Reject", action="reject", value=value, style="danger"),
    )
