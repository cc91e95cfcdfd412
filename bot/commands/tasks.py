"""``/tasks``"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands import steps
from bot.commands.declare import Call, Noun, Verb
from bot.commands.named_task import anywhere, find, named
from bot.commands.others_tasks import ALL, HAND
from bot.commands.own_thread import fits
from bot.commands.pages import ROWS, before, listing, moment
from bot.commands.task_states import is_partial, state
from domain.conversations.said import Button, Details, FilePost, FileRef, Listing, Note, Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound
from domain.core.queue import bring_forward
from domain.core.text import literal
from domain.flow.common.presses import task_value
from domain.flow.show.refresh import asked_again
from domain.flow.understand import acts, decide, steer
from domain.flow.understand.own_task import owned
from domain.llm.prices import dollars
from domain.orgs.access import NO_TASK, TASKS_LISTED, Permission, owns
from domain.tasks import control, everywhere, files, queries
from domain.tasks.states import HALTS, Priority, TaskStatus, word
from domain.workflows import service as workflows

_PRIORITIES: list[str] = [priority.value.lower() for priority in Priority]


async def _list(call: Call) -> Sequence[Said]:
    status = _status(call.words[0]) if call.words and call.words[0] != "before" else None
    person = call.person
    rows = await _own(call, status)
    chosen = f" {word(status)}" if status else ""
    places = {row["id"]: row["org_name"] for row in rows[:ROWS] if row.get("org_id", person.org_id) != person.org_id}
    shown = listing(
        "Your tasks" + (f", {word(status)}" if status else ""),
        ("id", "task", "state", "since", *(("in",) if places else ())),
        rows,
        lambda row: (
            ids.short("task", row["id"]),
            row["title"],
            state(row),
            moment(row["created_at"], person.timezone),
            *((places.get(row["id"], "here"),) if places else ()),
        ),
        lambda last: f"tasks list{chosen} before {ids.text('task', last['id'])}",
        empty="No tasks yet. Write what you need, and one begins.",
        footer="“/tasks show ID” opens one.",
    )
    return (shown,)


async def _own(call: Call, status: TaskStatus | None) -> Sequence[RowMapping]:
    """One more than a page of them: of all the person's organizations where nobody else reads along."""
    last = before("task", call.words)
    if call.heard.thread.private:
        async with call.session.system("a person's own work of all their organizations"):
            return await everywhere.newest(
                call.session, call.principal.user_ids, status=status, before=last, limit=ROWS + 1
            )
    return await queries.list_tasks(
        call.session,
        org_id=call.person.org_id,
        user_ids=call.principal.user_ids,
        status=status,
        before=last,
        limit=ROWS + 1,
        read_along=True,
    )


def _status(written: str) -> TaskStatus:
    for status in TaskStatus:
        if word(status) == written.lower():
            return status
    states = ", ".join(word(status) for status in TaskStatus)
    raise Invalid(f"“{written}” is no state of a task.", remedy=f"There are: {states}.")


def _told(task: RowMapping) -> str:
    """What a task that has ended was answered with, or why it failed."""
    if task["error"] is not None:
        return " ".join(str(task["error"][part]) for part in ("sentence", "remedy") if task["error"].get(part))
    return str(task["result"].get("text") or "") if task["result"] is not None else ""


async def _show(call: Call) -> Sequence[Said]:
    task = await find(call)
    zone = call.person.timezone
    lines, first = await steps.lines_of(call.session, task), steps.first_line(call.words)
    fields = (
        ("id", ids.text("task", task["id"])),
        ("state", state(task)),
        ("asked", task["description"] or "-"),
        ("priority", _PRIORITIES[int(task["priority"])]),
        ("begun", moment(task["started_at"], zone)),
        ("ended", moment(task["completed_at"], zone)),
        *((("cost", _cost(task["cost"])),) if task["cost"] != 0 else ()),
    )
    told = (("answer", answer),) if (answer := _told(task)) else ()
    if first:
        shown = Details(
            title=task["title"], fields=(), text=steps.page(lines, first), buttons=steps.rest(task, lines, first)
        )
        return (shown,)
    own = owns(call.principal, task["user_id"])
    buttons = (*steps.rest(task, lines, first), *(_buttons(task) if own else ()))
    shown = Details(title=task["title"], fields=(*fields, *told), text=steps.page(lines, first), buttons=buttons)
    waits = own and task["status"] == "PAUSED" and task["waiting_for"] not in HALTS
    return (shown, *(await asked_again(call.session, task["id"]) if waits else ()))


def _cost(amount: Decimal | None) -> str:
    return dollars(amount) if amount is not None else "not known"


def _buttons(task: RowMapping) -> tuple[Button, ...]:
    value = task_value(task["id"])
    offered = {
        "RUNNING": (("Stop", "stop"), ("Pause", "pause")),
        "PENDING": (("Stop", "stop"),),
        "PAUSED": ((("Resume", "resume"), ("Stop", "stop")) if task["waiting_for"] in HALTS else (("Stop", "stop"),)),
        "FAILED": (("Retry", "retry"),),
        "CANCELLED": (("Retry", "retry"),),
        "SUCCEEDED": (("Go on", "more"),) if is_partial(task) else (("Run again", "again"),) if task["plan"] else (),
    }[task["status"]]
    return tuple(Button(label=label, action=action, value=value) for label, action in offered)


async def _stop(call: Call) -> Sequence[Said]:
    return await steer.stop(call.session, call.heard, await named(call))


async def _pause(call: Call) -> Sequence[Said]:
    return await steer.pause(call.session, call.heard, await named(call))


async def _resume(call: Call) -> Sequence[Said]:
    return await steer.resume(call.session, call.heard, await named(call))


async def _retry(call: Call) -> Sequence[Said]:
    return await steer.retry(call.session, call.heard, await named(call))


async def _priority(call: Call) -> Sequence[Said]:
    written = call.word(max(0, len(call.words) - 1), "the priority (low, medium, high, urgent)")
    try:
        priority = Priority(written.upper())
    except ValueError:
        raise Invalid(f"“{written}” is no priority.", remedy="There are: low, medium, high, urgent.") from None
    task = await find(replace(call, words=call.words[:-1]), acts.PRIORITISE)
    await control.prioritise(call.session, task["id"], priority.rank)
    await bring_forward(call.session, task["id"], priority.rank)
    return (Note(text=f"Priority of “{literal(task['title'])}” is now {priority.value.lower()}."),)


async def _answer(call: Call) -> Sequence[Said]:
    call.word(0, "which task")
    task_id, words = await named(call), call.word(1, "the answer") and call.rest(1)
    task = await queries.find(call.session, org_id=call.person.org_id, task_id=task_id)
    if task is None:
        raise NotFound(NO_TASK, remedy=TASKS_LISTED)
    answered = await decide.answer(call.session, call.heard, task_id, words)
    if answered is None:
        raise Invalid(f"“{task['title']}” waits for no answer.", remedy="“/tasks show” says how it stands.")
    return answered or (Note(text=f"Answered: “{literal(task['title'])}” goes on."),)


async def _logs(call: Call) -> Sequence[Said]:
    task = await find(call)
    rows = await queries.logs_of(call.session, task["id"])
    return (
        Listing(
            title=f"Log of “{task['title']}”",
            columns=("when", "level", "step", "what"),
            rows=tuple(
                (
                    moment(row["timestamp"], call.person.timezone),
                    row["level"].lower(),
                    row["step"] or "-",
                    row["message"],
                )
                for row in rows
            ),
            empty="Nothing was logged: it went as planned.",
        ),
    )


async def _files(call: Call) -> Sequence[Said]:
    task = await find(call)
    rows = await files.of_task(call.session, task["id"])
    if not rows:
        return (Note(text=f"“{literal(task['title'])}” made no files."),)
    return tuple(
        FilePost(
            file=FileRef(key=row["key"], name=row["name"], mime_type=row["mime_type"], size=row["size"]),
            caption=row["description"],
        )
        for row in rows
    )


async def _save(call: Call) -> Sequence[Said]:
    task = await find(call, acts.SAVE)
    if task["plan"] is None:
        raise Invalid("That task had no plan to save: it was answered directly.")
    name = fits(call.rest(1)) or task["title"]
    workflow_id = await workflows.save(
        call.session,
        org_id=call.person.org_id,
        user_id=call.person.user_id,
        chat_id=await _shared_here(call, task),
        name=name,
        description=task["description"],
        spec=task["plan"],
        prompt_version=task["prompt_version"],
    )
    run = f"/workflows run {ids.short('wf', workflow_id)}"
    return (Note(text=f"Saved as the workflow “{literal(name)}”. `{run}` runs it again."),)


async def _shared_here(call: Call, task: RowMapping) -> UUID | None:
    """The chat whose members may run a plan that is kept here: it has to come from there as well."""
    if call.heard.thread.private:
        return None
    thing = await owned(call.session, call.heard, task["id"])
    return call.heard.thread.chat_id if thing.here else None


WORK = Permission.WORK
NOUN = Noun(
    "tasks",
    "what I am doing and have done for you",
    (
        Verb("list", "your tasks, newest first; or those in one state", "/tasks list failed", _list),
        ALL,
        Verb("show", "one task with its steps", "/tasks show task_8k2m9q", anywhere(_show)),
        Verb(
            "answer", "what a task asks you", "/tasks answer task_8k2m9q blue", anywhere(_answer), WORK, audited=False
        ),
        Verb("stop", "ends a task; what is done is kept", "/tasks stop", anywhere(_stop), WORK, audited=False),
        Verb("pause", "lets a step finish, then waits", "/tasks pause", anywhere(_pause), WORK, audited=False),
        Verb("resume", "goes on with a paused task", "/tasks resume", anywhere(_resume), WORK, audited=False),
        Verb("retry", "again from the failed step", "/tasks retry task_8k2m9q", anywhere(_retry), WORK, audited=False),
        Verb("priority", "low, medium, high or urgent", "/tasks priority task_8k2m9q urgent", _priority, WORK),
        Verb("logs", "what happened, newest first", "/tasks logs task_8k2m9q", anywhere(_logs)),
        Verb("files", "the files a task made", "/tasks files", anywhere(_files)),
        HAND,
        Verb("save", "keeps its plan as a workflow", "/tasks save task_8k2m9q Monday leads", _save, WORK),
    ),
    also=("task",),
)
