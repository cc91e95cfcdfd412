"""``/admin admission``, ``admit`` and ``refuse``: which organizations may have work done here."""

from collections.abc import Sequence
from uuid import UUID

from bot.commands.declare import Call, Verb
from bot.commands.pages import ROWS, before, day, listing
from domain.conversations import chats, service
from domain.conversations.outbox import say
from domain.conversations.said import Note, Said
from domain.core import ids
from domain.core.errors import NotFound
from domain.core.text import literal
from domain.orgs import admission
from domain.orgs import service as orgs
from domain.orgs.access import Permission

LET_IN = Note(text="You are let in. Write what you need.")


async def _list(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        rows = await admission.not_admitted(call.session, before=before("org", call.words), limit=ROWS + 1)
    shown = listing(
        "Organizations that are not let in",
        ("id", "name", "", "people", "since"),
        rows,
        lambda row: (
            ids.text("org", row["id"]),
            row["name"],
            row["admission"],
            f"{row['waiting']:,}",
            day(row["created_at"], call.person.timezone),
        ),
        lambda last: f"admin admission before {ids.text('org', last['id'])}",
        empty=f"Nobody waits. New people come in as LEGWORK_ADMISSION says: {call.settings.admits}.",
        footer="“/admin admit ID” lets one in.",
    )
    return (shown,)


async def _admit(call: Call) -> Sequence[Said]:
    org_id = _named(call)
    async with call.session.system("who runs the installation is no organization's"):
        name = await _called(call, org_id)
        for user_id in await admission.admit(call.session, org_id, by=call.heard.actor):
            thread_id = await chats.latest_thread(call.session, org_id, user_id)
            if thread_id is not None:
                thread, _, _ = await service.setting(call.session, thread_id, user_id)
                await say(call.session, thread, LET_IN, key=f"let-in:{call.heard.message_id}:{user_id}")
    return (Note(text=f"{name} is let in, and was told."),)


async def _refuse(call: Call) -> Sequence[Said]:
    org_id = _named(call)
    async with call.session.system("who runs the installation is no organization's"):
        name = await _called(call, org_id)
        await admission.refuse(call.session, org_id, by=call.heard.actor)
    return (Note(text=f"{name} is not let in. “/admin admit {ids.text('org', org_id)}” changes that."),)


def _named(call: Call) -> UUID:
    org_id = ids.parse("org", call.word(0, "the organization's id"))
    call.about("org", org_id)
    return org_id


async def _called(call: Call, org_id: UUID) -> str:
    if not await orgs.exists(call.session, org_id):
        raise NotFound("There is no such organization.", remedy="“/admin admission” lists those that wait.")
    return literal(await orgs.called(call.session, org_id))


OPERATE = Permission.OPERATE
VERBS = (
    Verb("admission", "who is not let in", "/admin admission", _list, OPERATE, private=True, audited=False),
    Verb("admit", "lets an organization in", "/admin admit org_…", _admit, OPERATE, private=True, audited=False),
    Verb("refuse", "keeps an organization out", "/admin refuse org_…", _refuse, OPERATE, private=True, audited=False),
)
