"""``/org``: who belongs to an organization, and how it is set."""

from collections.abc import Awaitable, Sequence
from typing import Protocol
from uuid import UUID

from bot.commands import org_deletion, org_invitations, org_places
from bot.commands.declare import Call, Noun, Run, Verb
from bot.commands.pages import ROWS, before, day, listing
from domain.conversations.said import Button, Details, Listing, Note, Said
from domain.core import ids
from domain.core.db import Session
from domain.core.errors import Invalid, NotFound
from domain.core.text import literal
from domain.orgs import administer, preferences, queries
from domain.orgs.access import Permission, Principal, Role
from domain.orgs.preferences import SETTINGS
from domain.orgs.queries import Member

MANAGE = Permission.MANAGE


async def _show(call: Call) -> Sequence[Said]:
    person = call.person
    row = await queries.about(call.session, person.org_id)
    if row is None:
        raise NotFound("That organization is gone.")
    fields = (
        ("name", row["name"]),
        ("id", ids.text("org", row["id"])),
        ("you are", str(person.role)),
        ("members", _counted(await queries.counted(call.session, person.org_id))),
        *((name, preferences.chosen(row["settings"], name)) for name in SETTINGS),
        ("since", day(row["created_at"], person.timezone)),
    )
    return (Details(title=row["name"], fields=fields, text="“/help org” lists what can be done."),)


def _counted(many: dict[str, int]) -> str:
    """“1 owner, 3 members, 1 removed”."""
    parts = [f"{many[role]} {role}{'s' if many[role] > 1 else ''}" for role in reversed([*Role]) if many.get(role)] + [
        f"{many[standing]} {standing}"
        for standing in ("waiting", "suspended", "stranger", "removed")
        if many.get(standing)
    ]
    return ", ".join(parts) or "none"


# -- members ------------------------------------------------------------------------------------------


async def _members(call: Call) -> Sequence[Said]:
    org_id, zone = call.person.org_id, call.person.timezone
    rows = await queries.members(call.session, org_id, before=before("member", call.words), limit=ROWS + 1)
    shown = listing(
        f"Members of {await preferences.name_of(call.session, org_id)}",
        ("id", "name", "role", "standing", "since"),
        rows,
        lambda one: (ids.short("usr", one.user_id), one.name or "-", one.role, one.standing, day(one.since, zone)),
        lambda last: f"org members before {ids.text('member', last.id)}",
        footer="“/org role NAME ROLE” changes what somebody may, “/org remove NAME” keeps them out.",
    )
    return (shown,)


async def _role(call: Call) -> Sequence[Said]:
    call.word(1, "whose role, and which")
    role = _as_role(call.words[-1])
    if role is None:
        raise Invalid(f"“{call.words[-1]}” is no role.", remedy=f"There are: {', '.join(Role)}.")
    found = await _meant(call, " ".join(call.words[:-1]), f"org role {{}} {role}")
    if not isinstance(found, Member):
        return found
    was = await administer.set_role(call.session, call.principal, found.user_id, role, by=call.person.user_id)
    name = literal(found.called)
    if was.role is role:
        return (Note(text=f"{name} is {role} already."),)
    return (Note(text=f"{name} is {role} now, and was {was.role}."),)


def _as_role(written: str) -> Role | None:
    return next((role for role in Role if role == written.lower()), None)


class _Decide(Protocol):
    """Makes something of a member, having asked whether whoever asks may."""

    def __call__(self, session: Session, principal: Principal, user_id: UUID, *, by: UUID) -> Awaitable[object]: ...


def _decides(verb: str, decide: _Decide, told: str) -> Run:
    """Carries out a verb about the one member who is named; ``told`` has places for their name and role."""

    async def run(call: Call) -> Sequence[Said]:
        call.word(0, "whom")
        found = await _meant(call, call.rest(), f"org {verb} {{}}")
        if not isinstance(found, Member):
            return found
        await decide(call.session, call.principal, found.user_id, by=call.person.user_id)
        return (Note(text=told.format(name=literal(found.called), role=found.role)),)

    return run


_remove = _decides(
    "remove",
    administer.remove,
    "{name} is removed, and kept out from now on. What they had under way stands still; an admin may stop it. “/org "
    "invite {name}” would take them back in.",
)
_suspend = _decides(
    "suspend",
    administer.suspend,
    "{name} is suspended: they have nothing done here, and what they had under way stands still. “/org restore {name}” "
    "lets them in again, as {role}.",
)
_restore = _decides(
    "restore",
    administer.restore,
    "{name} is {role} here again. What stood still goes on once they resume it.",
)


async def _leave(call: Call) -> Sequence[Said]:
    name = await preferences.name_of(call.session, call.person.org_id)
    await administer.leave(call.session, call.principal)
    return (Note(text=f"You have left {literal(name)}. What you had under way there stands still."),)


async def _meant(call: Call, written: str, command: str) -> Member | Sequence[Said]:
    """The one member that is named; where it may be several, what asks which, for a command with a place for the id.

    Raises NotFound.
    """
    found = await queries.named(call.session, call.person.org_id, written)
    if not found:
        raise NotFound(f"There is nobody called “{written}” here.", remedy="“/org members” lists everybody.")
    if len(found) == 1:
        return found[0]
    asked = f"“{literal(written)}” may be {len(found)} people here. Which one?"
    labels = [f"{one.called} ({one.role}, {ids.short('usr', one.user_id)})" for one in found[:ROWS]]
    buttons = tuple(
        Button(label=label, action="command", value=command.format(ids.text("usr", one.user_id)))
        for label, one in zip(labels, found, strict=False)
    )
    return (Note(text=asked, buttons=buttons),)


# -- settings -----------------------------------------------------------------------------------------


async def _settings(call: Call) -> Sequence[Said]:
    org_id, by = call.person.org_id, call.person.user_id
    if len(call.words) == 1:
        call.word(1, f"what “{call.words[0]}” should be")
    if call.words and call.words[0].lower() == "name":
        await preferences.rename(call.session, org_id, call.rest(1), by=by)
        return (Note(text=f"The organization is called {literal(call.rest(1))} now."),)
    if call.words:
        name, value = call.words[0].lower(), call.rest(1).lower()
        await preferences.keep_setting(call.session, org_id, name, value, by=by)
        return (Note(text=f"{name.capitalize()}: {value} from now on ({SETTINGS[name].summary})."),)
    row = await queries.about(call.session, org_id)
    if row is None:
        raise NotFound("That organization is gone.")
    return (
        Listing(
            title=f"Settings of {row['name']}",
            columns=("setting", "is", "can be", "what it decides"),
            rows=(
                ("name", row["name"], "any", "what it is called"),
                *(
                    (name, preferences.chosen(row["settings"], name), ", ".join(setting.values), setting.summary)
                    for name, setting in SETTINGS.items()
                ),
            ),
            footer="“/org settings NAME VALUE” changes one.",
        ),
    )


NOUN = Noun(
    "org",
    "your organization: who belongs to it, and how it is set",
    (
        Verb("show", "its name, what you are there, how it is set", "/org show", _show),
        org_places.SWITCH,
        Verb("members", "who belongs to it, and who did", "/org members", _members, permission=MANAGE, audited=False),
        *org_invitations.VERBS,
        Verb(
            "role",
            "makes somebody viewer, member, admin or owner",
            "/org role Ben admin",
            _role,
            permission=MANAGE,
            audited=False,
        ),
        Verb("remove", "keeps somebody out from now on", "/org remove Ben", _remove, permission=MANAGE, audited=False),
        Verb(
            "suspend",
            "has somebody do nothing until they are let in again",
            "/org suspend Ben",
            _suspend,
            permission=MANAGE,
            private=True,
            audited=False,
        ),
        Verb(
            "restore",
            "lets in again who was suspended, in the role they had",
            "/org restore Ben",
            _restore,
            permission=MANAGE,
            private=True,
            audited=False,
        ),
        Verb("leave", "you go, and what you had under way stands still", "/org leave", _leave, personal=True),
        Verb(
            "settings",
            "how it is set; or sets something",
            "/org settings approvals admins",
            _settings,
            permission=MANAGE,
            audited=False,
        ),
        org_places.BIND,
        *org_deletion.VERBS,
    ),
    also=("organization",),
)
