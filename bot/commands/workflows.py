"""``/workflows``"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Noun, Verb
from bot.commands.pages import ROWS, moment
from domain.conversations.said import Listing, Said
from domain.core import ids
from domain.core.errors import NotFound
from domain.core.queue import enqueue
from domain.flow.rest import advance_command
from domain.tasks import repository as tasks
from domain.tasks.states import Priority
from domain.workflows import service as workflows


async def _all(call: Call) -> Sequence[RowMapping]:
    return await workflows.saved(call.session, org_id=call.person.org_id, limit=200)


async def _list(call: Call) -> Sequence[Said]:
    rows = await _all(call)
    return (
        Listing(
            title="Saved workflows",
            columns=("id", "name", "steps", "saved"),
            rows=tuple(
                (
                    ids.short("wf", row["id"]),
                    row["name"],
                    str(len(row["spec_json"]["nodes"])),
                    moment(row["created_at"], call.person.timezone),
                )
                for row in rows[:ROWS]
            ),
            empty="None yet. “/tasks save” keeps a task's plan as one.",
            footer="“/workflows run ID” runs one.",
        ),
    )


async def _run(call: Call) -> UUID:
    written = call.word(0, "the workflow's id or name").lower()
    end = written.removeprefix("wf_")
    found = [
        row
        for row in await _all(call)
        if row["name"].lower() == call.rest().lower() or (len(end) >= 4 and ids.text("wf", row["id"]).endswith(end))
    ]
    if len(found) != 1:
        raise NotFound(f"There is no workflow “{call.rest()}” here.", remedy="“/workflows” lists them.")
    workflow = found[0]
    task = await tasks.add(
        call.session,
        org_id=call.person.org_id,
        user_id=call.person.user_id,
        thread_id=call.heard.thread.id,
        message_id=call.heard.message_id,
        title=workflow["name"],
        description=workflow["description"],
        plan=workflow["spec_json"],
        total_steps=len(workflow["spec_json"]["nodes"]),
        priority=Priority.MEDIUM.rank,
    )
    await enqueue(call.session, advance_command(task.id, call.person.user_id))
    return task.id


NOUN = Noun(
    "workflows",
    "plans you kept",
    (
        Verb("list", "the saved ones", "/workflows list", _list),
        Verb("run", "runs one in this thread", "/workflows run wf_8k2m9q", _run, "member"),
    ),
    also=("workflow",),
)
