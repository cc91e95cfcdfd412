"""``/org delete``: an organization goes, a week after its owner has said so."""

from collections.abc import Sequence

from bot.commands.declare import Call, Verb
from bot.commands.pages import day
from domain.conversations.said import Note, Said
from domain.core.errors import Invalid
from domain.core.text import literal
from domain.orgs import preferences, totals
from domain.orgs.access import Permission
from domain.personal import organizations
from domain.personal.service import WAITS

OWN = Permission.OWN


async def _what_goes(call: Call) -> str:
    many = await totals.belonging_to(call.session, call.person.org_id)
    listed = ", ".join(f"{count:,} {what if count > 1 else what[:-1]}" for what, count in many.items() if count)
    return (
        f"In {WAITS.days} days {await _name(call)} is deleted: {listed}, with all that was said there and every file. "
        "What was spent and the audit trail stay, without a name. Until then `/org delete cancel` undoes it."
    )


async def _delete(call: Call) -> Sequence[Said]:
    org_id, by = call.person.org_id, call.person.user_id
    async with call.session.system("what goes may stand in chats of other organizations"):
        due = await organizations.add_erasure_of(call.session, org_id, by, WAITS)
        if due is None:
            due = await organizations.erasure_of(call.session, org_id)
            when = day(due, call.person.timezone)
            raise Invalid(f"It is to be deleted already, on {when}.", remedy="“/org delete cancel” undoes it.")
    call.about("org", org_id)
    return (
        Note(
            text=f"On {day(due, call.person.timezone)} {await _name(call)} is deleted. Until then everything goes on, "
            "and `/org delete cancel` undoes it."
        ),
    )


async def _keep(call: Call) -> Sequence[Said]:
    async with call.session.system("what goes may stand in chats of other organizations"):
        kept = await organizations.cancel_erasure_of(call.session, call.person.org_id)
    if not kept:
        raise Invalid("Nothing is going to be deleted here.")
    call.about("org", call.person.org_id)
    return (Note(text=f"{await _name(call)} stays."),)


async def _name(call: Call) -> str:
    return literal(await preferences.name_of(call.session, call.person.org_id))


VERBS = (
    Verb(
        "delete",
        "the whole of it goes, in seven days",
        "/org delete",
        _delete,
        permission=OWN,
        personal=True,
        confirms=_what_goes,
        yes="Delete",
    ),
    Verb("delete cancel", "keeps it after all", "/org delete cancel", _keep, permission=OWN, personal=True),
)
