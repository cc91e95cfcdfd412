"""``/tasks all`` and ``/tasks hand``: the work of others, for who oversees the organization."""

from collections.abc import Sequence

from bot.commands.declare import Call, Verb
from bot.commands.named_task import named
from bot.commands.pages import ROWS, before, listing, moment
from bot.commands.task_states import state
from domain.conversations.said import Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound
from domain.flow.understand import hand
from domain.orgs import queries as orgs
from domain.orgs.access import Permission
from domain.tasks import shared


async def _all(call: Call) -> Sequence[Said]:
    rows = await shared.listed(
        call.session, org_id=call.person.org_id, before=before("task", call.words), limit=ROWS + 1
    )
    shown = listing(
        "Everybody's tasks in shared chats",
        ("id", "task", "for", "state", "since"),
        rows,
        lambda row: (
            ids.short("task", row["id"]),
            row["title"],
            row["person"] or "-",
            state(row),
            moment(row["created_at"], call.person.timezone),
        ),
        lambda last: f"tasks all before {ids.text('task', last['id'])}",
        empty="None yet. What people do in private is not among them.",
        footer="“/tasks stop ID” ends one, whosever it is.",
    )
    return (shown,)


async def _hand(call: Call) -> Sequence[Said]:
    call.word(1, "which task, and to whom")
    written = call.rest(1)
    found = await orgs.named(call.session, call.person.org_id, written)
    if not found:
        raise NotFound(f"There is nobody called “{written}” here.", remedy="“/org members” lists everybody.")
    if len(found) > 1:
        known = ", ".join(f"{one.called} ({ids.short('usr', one.user_id)})" for one in found[:ROWS])
        raise Invalid(f"“{written}” may be {len(found)} people here.", remedy=f"Name one by the id: {known}.")
    return await hand.over(call.session, call.heard, await named(call), found[0].user_id, found[0].called)


ALL = Verb("all", "everybody's in shared chats, newest first", "/tasks all", _all, Permission.OVERSEE, audited=False)
HAND = Verb(
    "hand",
    "gives work that stands still, since its person left, to a member",
    "/tasks hand task_8k2m9q Ben",
    _hand,
    Permission.OVERSEE,
    audited=False,
)
