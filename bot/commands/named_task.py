"""The task that a command names: one of the organization it is given in, or of any of the person's own."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Run
from domain.conversations.said import Said
from domain.core import ids
from domain.core.errors import NotFound
from domain.flow.understand import acts
from domain.flow.understand.elsewhere import at_home
from domain.flow.understand.own_task import owned
from domain.orgs.access import NO_TASK, TASKS_LISTED, Act, Permission, allows, owns, permit
from domain.tasks import everywhere, queries, shared


async def find(call: Call, act: Act = acts.READ) -> RowMapping:
    """The task that is named, where this person may do that to it. Raises NotFound, Denied."""
    task_id = await named(call)
    task = await queries.find(call.session, org_id=call.person.org_id, task_id=task_id)
    if task is None:
        raise NotFound(NO_TASK, remedy=TASKS_LISTED)
    call.about("task", task_id)
    if not (owns(call.principal, task["user_id"]) and call.principal.private):
        permit(call.principal, act, await owned(call.session, call.heard, task_id), ("task", task_id))
    return task


async def named(call: Call) -> UUID:
    """The task the first word names, by its whole or short id; without a word the thread's latest. Raises NotFound."""
    return await (_meant(call, call.words[0]) if call.words else _latest(call))


async def _meant(call: Call, written: str) -> UUID:
    if (whole := _whole(written)) is not None:
        return whole
    person = call.principal
    own = await queries.newest(call.session, org_id=person.org_id, user_ids=person.user_ids)
    found = [task_id for task_id in own if ids.means("task", written, task_id)]
    if not found:
        oversees = allows(person, Permission.OVERSEE)
        here = None if oversees else call.heard.thread.chat_id
        seen = await shared.newest(call.session, org_id=person.org_id, chat_id=here)
        found = [task_id for task_id in seen if ids.means("task", written, task_id)]
    if len(found) != 1:
        raise NotFound(NO_TASK, remedy=f"“{written}” is none that I know; {TASKS_LISTED}")
    return found[0]


def _whole(written: str) -> UUID | None:
    """Of a whole id. Raises Invalid where it cannot be one."""
    end = written.lower().removeprefix("task_")
    return ids.parse("task", f"task_{end}") if len(end) == ids.LENGTH else None


async def _latest(call: Call) -> UUID:
    here = await queries.latest_in_thread(call.session, call.heard.thread.id)
    if here is not None:
        return here
    person = call.principal
    newest = await queries.newest(
        call.session, org_id=person.org_id, user_ids=person.user_ids, limit=1, read_along=not person.private
    )
    if not newest:
        where = "" if person.private else " in shared chats"
        raise NotFound(f"You have no tasks{where} yet.", remedy="Write what you need, and one begins.")
    return newest[0]


def anywhere(run: Run) -> Run:
    """The same for a task of the person's own in another of their organizations, where they alone read along."""

    async def wherever(call: Call) -> Sequence[Said] | UUID:
        try:
            return await run(call)
        except NotFound:
            if not call.words or not call.heard.thread.private:
                raise
            task_id = await _meant_anywhere(call, call.words[0])
            async with at_home(call.session, call.heard, task_id) as there:
                words = (ids.text("task", task_id), *call.words[1:])
                return await run(replace(call, heard=there, words=words))

    return wherever


async def _meant_anywhere(call: Call, written: str) -> UUID:
    if (whole := _whole(written)) is not None:
        return whole
    async with call.session.system("a person's own work of all their organizations"):
        rows = await everywhere.newest(call.session, call.principal.user_ids, limit=500)
    found = [row["id"] for row in rows if ids.means("task", written, row["id"])]
    if len(found) != 1:
        raise NotFound(NO_TASK, remedy=f"“{written}” is none that I know; {TASKS_LISTED}")
    return found[0]
