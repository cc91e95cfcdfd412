"""``/admin jobs``: the ledger of work, and what to do with a job that went wrong."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Verb
from bot.commands.pages import ROWS, before, listing, moment
from domain.conversations.said import Details, Note, Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound, Refused
from domain.core.queue import administered
from domain.core.queue.administered import WHICH, Which
from domain.orgs.access import Permission

_LOOKED_AT = 200
"""Of so many jobs in each state, the newest, a short id may be one; others are named by their whole id."""


async def _list(call: Call) -> Sequence[Said]:
    given = call.words[0].lower() if call.words and call.words[0] != "before" else "quarantined"
    which: Which | None = next((one for one in WHICH if one == given), None)
    if which is None:
        raise Invalid(f"“{given}” is no state of jobs.", remedy=f"There are: {', '.join(WHICH)}.")
    async with call.session.system("who runs the installation is no organization's"):
        rows = await administered.listed(call.session, which, before=before("job", call.words), limit=ROWS + 1)
    shown = listing(
        f"Jobs that are {which}",
        ("id", "queue", "kind", "attempts", "crashes", "since", "why"),
        rows,
        lambda row: (
            ids.short("job", row["id"]),
            row["queue"],
            row["kind"],
            f"{row['attempts']}",
            f"{row['crashes']}",
            moment(row["failed_at"] or row["run_at"], call.person.timezone),
            _why(row),
        ),
        lambda last: f"admin jobs list {which} before {ids.text('job', last['id'])}",
        empty=f"No job is {which}.",
        footer=f"“/admin jobs list STATE” lists others: {', '.join(WHICH)}.",
    )
    return (shown,)


def _why(row: RowMapping) -> str:
    words = " ".join((row["error"] or row["note"] or "").split())
    return words if len(words) <= 100 else f"{words[:98]} …"


async def _find(call: Call) -> RowMapping:
    """The job that is named; within a transaction of the system. Raises NotFound, Invalid."""
    written = call.word(0, "the job's id").lower()
    end = written.removeprefix("job_")
    found: list[RowMapping] = []
    if len(end) == ids.LENGTH:
        row = await administered.one(call.session, ids.parse("job", f"job_{end}"))
        found = [row] if row is not None else []
    else:
        for which in WHICH:
            rows = await administered.listed(call.session, which, before=None, limit=_LOOKED_AT)
            found += [row for row in rows if ids.means("job", end, row["id"])]
    if len(found) != 1:
        raise NotFound(f"There is no job “{written}”.", remedy="“/admin jobs list” lists them with their ids.")
    return found[0]


async def _show(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        row = await _find(call)
    zone = call.person.timezone
    fields = (
        ("id", ids.text("job", row["id"])),
        ("queue", row["queue"]),
        ("status", row["status"]),
        ("attempts", f"{row['attempts']} of {row['max_attempts']}"),
        ("crashes", f"{row['crashes']}"),
        ("task", ids.text("task", row["task_id"]) if row["task_id"] is not None else "-"),
        ("worker", row["worker"] or "-"),
        ("queued", moment(row["created_at"], zone)),
        ("due", moment(row["run_at"], zone)),
        ("begun", moment(row["started_at"], zone)),
        ("done", moment(row["completed_at"], zone)),
        ("given up", moment(row["failed_at"], zone)),
    )
    return (Details(title=f"Job {row['kind']}", fields=fields, text=row["error"] or row["note"] or ""),)


async def _retry(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        row = await _find(call)
        if not await administered.once_more(call.session, row["id"]):
            raise Refused(f"That job is {row['status']}.", remedy="Only what was given up or put off is tried again.")
    return _done(call, row["id"], f"The job {row['kind']} is tried again.")


async def _quarantine(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        row = await _find(call)
        if not await administered.set_aside(call.session, row["id"], f"set aside by {call.person.name or 'an admin'}"):
            raise Refused(f"That job is {row['status']}.", remedy="Only what waits or runs can be set aside.")
    return _done(call, row["id"], f"Nobody works on the job {row['kind']} any more. “/admin jobs retry” takes it back.")


def _done(call: Call, job_id: UUID, sentence: str) -> Sequence[Said]:
    call.about("job", job_id)
    return (Note(text=sentence),)


OPERATE = Permission.OPERATE

VERBS = (
    Verb(
        "jobs list",
        f"jobs by how they stand: {', '.join(WHICH)}",
        "/admin jobs list failed",
        _list,
        OPERATE,
        private=True,
        audited=False,
    ),
    Verb("jobs show", "one of them", "/admin jobs show job_8k2m9q", _show, OPERATE, private=True, audited=False),
    Verb("jobs retry", "tries one again as if new", "/admin jobs retry job_8k2m9q", _retry, OPERATE, private=True),
    Verb(
        "jobs quarantine",
        "has nobody work on one",
        "/admin jobs quarantine job_8k2m9q",
        _quarantine,
        OPERATE,
        private=True,
    ),
)
