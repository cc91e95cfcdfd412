"""``/workflows``"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Noun, Verb
from bot.commands.pages import ROWS, before, listing, moment
from domain.conversations.said import Note, Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound
from domain.core.queue import enqueue
from domain.core.text import literal
from domain.flow.common.commands import advance_command
from domain.flow.understand.wait import let_begin
from domain.orgs.access import Denied, Permission, allows, owns
from domain.tasks import repository as tasks
from domain.tasks.states import Priority
from domain.workflows import service as workflows
from domain.workflows.service import Reader

_NAMEABLE = 500
"""Of how many workflows, the latest, a short id may be one; older ones are named by their name or their whole id."""


async def _list(call: Call) -> Sequence[Said]:
    reader = _reader(call)
    if not call.principal.private:  # others read along: what is theirs alone is run here by its name, and not listed
        reader = replace(reader, user_ids=frozenset())
    rows = await workflows.saved(call.session, reader, before=before("wf", call.words), limit=ROWS + 1)
    shown = listing(
        "Saved workflows",
        ("id", "name", "steps", "saved", "for"),
        rows,
        lambda row: (
            ids.short("wf", row["id"]),
            row["name"],
            str(len(row["spec_json"]["nodes"])),
            moment(row["created_at"], call.person.timezone),
            _for(call, row),
        ),
        lambda last: f"workflows list before {ids.text('wf', last['id'])}",
        empty="None yet. “/tasks save” keeps a task's plan as one.",
        footer="“/workflows run ID” runs one.",
    )
    return (shown,)


def _reader(call: Call) -> Reader:
    who, thread = call.principal, call.heard.thread
    here = None if thread.private else thread.chat_id
    return Reader(who.org_id, who.user_ids, here, everywhere=allows(who, Permission.OVERSEE))


def _for(call: Call, row: RowMapping) -> str:
    if row["shared"]:
        return "everybody"
    if row["chat_id"] is None:
        return "you"
    return "this chat" if row["chat_id"] == call.heard.thread.chat_id else "another chat"


async def _find(call: Call) -> RowMapping:
    """The one workflow of that name or, by its whole or short end, of that id. Raises NotFound."""
    reader = _reader(call)
    end = call.word(0, "the workflow's id or name").lower().removeprefix("wf_")
    found = {row["id"]: row for row in await workflows.saved(call.session, reader, name=call.rest(), limit=2)}
    for workflow_id in await _meant(call, end):
        row = await workflows.find(call.session, reader, workflow_id)
        found |= {workflow_id: row} if row is not None else {}
    if len(found) != 1:
        raise NotFound(f"There is no workflow “{call.rest()}” here.", remedy="“/workflows” lists them.")
    return next(iter(found.values()))


async def _meant(call: Call, end: str) -> Sequence[UUID]:
    """The ids that end so: one or, where a short end does not tell, more."""
    if len(call.words) > 1:
        return ()
    if len(end) == ids.LENGTH:
        try:
            return (ids.parse("wf", f"wf_{end}"),)
        except Invalid:  # a name may have as many letters
            return ()
    newest = await workflows.newest(call.session, _reader(call), limit=_NAMEABLE)
    return [workflow_id for workflow_id in newest if ids.means("wf", end, workflow_id)][:2]


async def _share(call: Call) -> Sequence[Said]:
    """By its person alone: it may hold words of a private chat."""
    workflow = await _find(call)
    call.about("workflow", workflow["id"])
    if not owns(call.principal, workflow["user_id"]):
        raise Denied(
            "Only who saved it may share it.",
            permission=Permission.WORK,
            code="not_yours",
            resource=("workflow", workflow["id"]),
        )
    if workflow["shared"]:
        call.changed_nothing()
        return (Note(text=f"“{literal(workflow['name'])}” is shared already."),)
    await workflows.share(call.session, workflow["id"])
    text = "Everybody in this organization can see and run it now, with the message it came from."
    return (Note(text=f"“{literal(workflow['name'])}” is shared. {text}"),)


async def _run(call: Call) -> UUID:
    workflow = await _find(call)
    call.about("workflow", workflow["id"])
    await let_begin(call.session, call.heard)
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
    "plans that are kept",
    (
        Verb("list", "yours, and those others share with you", "/workflows list", _list),
        Verb("run", "runs one in this thread", "/workflows run wf_8k2m9q", _run, Permission.WORK),
        Verb("share", "lets everybody here see and run one", "/workflows share wf_8k2m9q", _share, Permission.WORK),
    ),
    also=("workflow",),
)
