"""What is set for a thread: by who began it or an admin, and said there, since it holds for all who write in it."""

from typing import Any

from bot.commands.declare import Call
from domain.conversations import chats
from domain.conversations import repository as conversations
from domain.core.errors import Invalid
from domain.core.text import literal
from domain.orgs.access import Act, Denied, Permission, allows, owns

LONGEST_NAME = 200
"""Characters of the name of a thread, a model or a workflow."""

SET = Act("threads.set", Permission.WORK, "overseers", "Setting something for a thread")


async def set_here(call: Call, **values: Any) -> None:
    """Change this thread. Raises Denied for anybody but who began it and admins; Invalid: that is too long."""
    thread_id = call.heard.thread.id
    call.about("thread", thread_id)
    for value in (values.get("name"), values.get("model")):
        fits(value or "")
    began = await chats.begun_by(call.session, thread_id)
    if not owns(call.principal, began) and not allows(call.principal, Permission.OVERSEE):
        raise Denied(
            "Only who began this thread, or an admin, may change it.",
            remedy="Begin one of your own and set it there.",
            permission=Permission.OVERSEE,
            code="not_yours",
            resource=("thread", thread_id),
        )
    await conversations.change_thread(call.session, thread_id, **values)


def fits(name: str) -> str:
    """The name, where it is none too long to be shown in a list. Raises Invalid."""
    if len(name) > LONGEST_NAME:
        raise Invalid(f"A name may have {LONGEST_NAME} characters, and this has {len(name):,}.")
    return name


def by(call: Call) -> str:
    """Who has changed it, where others read along."""
    name = call.person.name
    return f" ({literal(name)} has set it.)" if name and not call.heard.thread.private else ""
