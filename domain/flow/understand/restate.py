"""What a task has said last, said again in its place: with its steps or without, rated, or with something offered."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import service as conversations
from domain.conversations.outbox import say
from domain.conversations.said import Button, Note, Said
from domain.conversations.schemas import Heard
from domain.conversations.standing import card_of, result_of
from domain.core.db import Session
from domain.core.errors import Invalid
from domain.flow.common.keys import card_key
from domain.flow.common.presses import CARD
from domain.flow.understand import acts
from domain.flow.understand.acts import acted
from domain.flow.understand.own_task import own_task
from domain.tasks import control

_OTHER = {"unfold": ("fold", "Fewer details"), "fold": ("unfold", "Details")}


async def unfold(session: Session, heard: Heard, task_id: UUID, place: str | None, *_: object) -> Sequence[Said]:
    """Show the steps where the button is."""
    return await _fold(session, heard, task_id, place, unfolded=True)


async def fold(session: Session, heard: Heard, task_id: UUID, place: str | None, *_: object) -> Sequence[Said]:
    return await _fold(session, heard, task_id, place, unfolded=False)


async def _fold(session: Session, heard: Heard, task_id: UUID, place: str | None, *, unfolded: bool) -> Sequence[Said]:
    task = await own_task(session, heard, task_id, acts.FOLD)
    key = card_key(task_id)
    card = await card_of(session, task_id, key)
    if place == CARD and card is not None:
        changed = {"brief": not unfolded, "buttons": folding(card.buttons, unfolded=unfolded)}
        await _say(session, task, card.model_copy(update=changed), f"{key}:{heard.message_id}", key)
        return ()
    found = await result_of(session, task_id)
    if found is None or card is None:
        raise Invalid("There is no more to show here.", remedy="“/tasks show” shows the task.")
    key, result = found
    shown = {"card": result.card or card, "unfolded": unfolded, "buttons": folding(result.buttons, unfolded=unfolded)}
    await _say(session, task, result.model_copy(update=shown), f"{key}:{heard.message_id}", key)
    return ()


def folding(buttons: Sequence[Button], *, unfolded: bool) -> tuple[Button, ...]:
    """The buttons, with that for more details or for fewer."""
    action, label = _OTHER["unfold" if unfolded else "fold"]
    changed = {"action": action, "label": label}
    return tuple(button.model_copy(update=changed) if button.action in _OTHER else button for button in buttons)


async def rate(session: Session, heard: Heard, task_id: UUID, _: str | None, chosen: str | None) -> Sequence[Said]:
    """Thumbs up or down, of the person it works for; a second one replaces the first."""
    if chosen not in ("up", "down"):
        raise Invalid("That button is no longer good.")
    task = await own_task(session, heard, task_id, acts.RATE)
    acted(session, heard, acts.RATE, ("task", task_id))
    await control.set_feedback(session, task_id, heard.person.user_id, 1 if chosen == "up" else -1)
    found = await result_of(session, task_id)
    shown = found is not None and any(button.action == "feedback" for button in found[1].buttons)
    if found is not None and shown:
        key, result = found
        buttons = tuple(_rated(button, chosen) for button in result.buttons)
        await _say(session, task, result.model_copy(update={"buttons": buttons}), f"{key}:{heard.message_id}", key)
    return (Note(text="Thank you, noted.", shown=shown),)


def _rated(button: Button, chosen: str) -> Button:
    if button.action != "feedback":
        return button
    thumb = button.label.partition(" ")[0]
    return button.model_copy(update={"label": f"{thumb} noted" if button.value.endswith(f":{chosen}") else thumb})


async def offer(session: Session, task: RowMapping, button: Button, event: str) -> bool:
    """Offer something under what the task said last. False where nothing of it stands anywhere."""
    found = await result_of(session, task["id"])
    if found is None:
        return False
    key, result = found
    others = tuple(other for other in result.buttons if other.action != button.action)
    await _say(session, task, result.model_copy(update={"buttons": (button, *others)}), f"{key}:{event}", key)
    return True


async def withdraw(session: Session, task: RowMapping, action: str, event: str) -> None:
    """What was offered under what the task said last is offered no more. A terminal shows it as it was."""
    found = await result_of(session, task["id"])
    thread, _, _ = await conversations.setting(session, task["thread_id"], task["user_id"])
    if found is None or thread.held:
        return
    key, result = found
    others = tuple(other for other in result.buttons if other.action != action)
    if others != result.buttons:
        await _say(session, task, result.model_copy(update={"buttons": others}), f"{key}:{event}", key)


async def _say(session: Session, task: RowMapping, said: Said, key: str, target: str) -> None:
    thread, _, _ = await conversations.setting(session, task["thread_id"], task["user_id"])
    await say(session, thread, said, key=key, task_id=task["id"], edits=target)
