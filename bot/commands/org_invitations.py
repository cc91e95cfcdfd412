"""``/org invite``, ``invitations`` and ``revoke``: links by which others become members."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.commands.declare import Call, Verb
from bot.commands.pages import ROWS, before, day, listing
from domain.audit import Actor, record
from domain.conversations import bots
from domain.conversations.said import TOKEN, Button, Note, Said
from domain.core import ids
from domain.core.errors import Invalid, Refused
from domain.core.text import literal
from domain.emails import address as addresses
from domain.emails import repository as mailed
from domain.emails.mailer import not_sent
from domain.identity import magic_links
from domain.orgs import invitations, preferences, queries
from domain.orgs.access import Permission, Role, Standing
from domain.orgs.invitations import DAYS, Invitation

MANAGE = Permission.MANAGE
LINK = invitations.BY_START
"""The kind of a link that invites (see ``start.LINKS``)."""
_DAYS, _USES = re.compile(r"(\d{1,6})(?:d|days?)?"), re.compile(r"x(\d{1,6})|(\d{1,6})x")


@dataclass(frozen=True, slots=True)
class _Wanted:
    meant_for: str
    role: Role
    days: int
    uses: int


def _read(words: Sequence[str]) -> _Wanted:
    """“@Ben Hill viewer 3 x5”: for whom, as what, for how many days and people; each may be left out."""
    role, days, uses, rest = Role.MEMBER, DAYS, 1, list(words)
    while rest:
        word = rest[-1].lower()
        if word in list(Role):
            role = Role(word)
        elif (found := _USES.fullmatch(word)) is not None:
            uses = int(found[1] or found[2])
        elif (found := _DAYS.fullmatch(word)) is not None:
            days = int(found[1])
        elif word in ("days", "day", "people", "uses") and len(rest) > 1 and rest[-2].isdigit():
            rest[-2:] = [f"x{rest[-2]}" if word in ("people", "uses") else rest[-2]]
            continue
        else:
            break
        rest.pop()
    return _Wanted(" ".join(rest), role, days, uses)


async def _invite(call: Call) -> Sequence[Said]:
    wanted = _read(call.words)
    address = addresses.read(wanted.meant_for) if addresses.is_meant(wanted.meant_for) else None
    meant = await queries.named(call.session, call.person.org_id, wanted.meant_for) if wanted.meant_for else []
    if len(meant) == 1 and meant[0].standing is Standing.ACTIVE:
        raise Invalid(
            f"{meant[0].called} is {meant[0].role} here already.", remedy="“/org role NAME ROLE” changes what they may."
        )
    if len(meant) == 1 and meant[0].standing is Standing.SUSPENDED:
        raise Invalid(f"{meant[0].called} is suspended here.", remedy="“/org restore NAME” lets them in again.")
    if wanted.meant_for and wanted.uses > 1:
        raise Invalid("An invitation for one person is good for one.", remedy="Leave the name out, or the number.")
    async with call.session.system("a link is known by its token alone"):
        invitation = await invitations.invite(
            call.session,
            call.principal,
            role=wanted.role,
            days=wanted.days,
            uses=wanted.uses,
            by=call.person.user_id,
            meant_for=wanted.meant_for or None,
            user_id=meant[0].user_id if len(meant) == 1 else None,
        )
        if address is not None and call.settings.has_mail:
            return (await _mailed(call, invitation, address),)
    given = await _given(call, invitation)
    if address is None:
        return (given,)
    not_sent(address)
    return (given, Note(text="No mail was sent: no mail server is set here. Pass the link on yourself."))


async def _mailed(call: Call, invitation: Invitation, address: str) -> Note:
    """The link is in the mail alone, so that whoever uses it reads that address."""
    await mailed.want(
        call.session,
        org_id=invitation.org_id,
        user_id=call.person.user_id,
        user_ids=call.principal.user_ids,
        link_id=invitation.link_id,
        kind="invitation",
        address=address,
    )
    record(
        call.session,
        "invitation.mail",
        org_id=invitation.org_id,
        actor=Actor("person", call.person.user_id),
        resource=("invitation", invitation.id),
        permission=MANAGE,
        request_id=call.heard.message_id,
    )
    name = await preferences.name_of(call.session, invitation.org_id)
    until = day(invitation.expires_at, call.person.timezone)
    return Note(
        text=f"I am mailing {literal(address)} an invitation to {literal(name)} as {invitation.role}, good until "
        f"{until}. You hear from me if the mail server refuses it. “/org revoke {ids.short('inv', invitation.id)}” "
        "takes it back."
    )


async def _given(call: Call, invitation: Invitation) -> Note:
    """The link, which is made as this is sent and stands in no row."""
    name = literal(await preferences.name_of(call.session, invitation.org_id))
    many = "one person" if invitation.uses == 1 else f"{invitation.uses} people"
    whom = literal(invitation.meant_for) if invitation.meant_for else many
    until = day(invitation.expires_at, call.person.timezone)
    ways = [f"`/start {LINK}-{TOKEN}`, written to me in a private chat"]
    bot = await bots.name_on(call.session, "telegram")
    if bot is not None:
        ways.insert(0, f"https://t.me/{bot}?start={LINK}-{TOKEN}")
    page = magic_links.address(call.settings, TOKEN)
    if page is not None:
        ways.append(page)
    return Note(
        text=f"An invitation to {name} as {invitation.role}, for {whom}, until {until}. Pass it on to nobody else; "
        f"“/org revoke {ids.short('inv', invitation.id)}” takes it back.\n\n" + "\n\n".join(ways),
        mints=invitation.link_id,
    )


async def _invitations(call: Call) -> Sequence[Said]:
    rows = await invitations.of(call.session, call.person.org_id, before=before("inv", call.words), limit=ROWS + 1)
    shown = listing(
        "Invitations",
        ("id", "for", "role", "used", "until", "is"),
        rows,
        lambda one: (
            ids.short("inv", one.id),
            one.meant_for or "whoever has the link",
            one.role,
            f"{one.used} of {one.uses}",
            day(one.expires_at, call.person.timezone),
            one.standing,
        ),
        lambda last: f"org invitations before {ids.text('inv', last.id)}",
        empty="Nobody was invited yet. “/org invite” makes a link.",
        footer="“/org revoke ID” takes one back.",
    )
    return (shown,)


async def _revoke(call: Call) -> Sequence[Said]:
    async with call.session.system("a link is known by its token alone"):
        revoked = await invitations.revoke(
            call.session, call.person.org_id, call.word(0, "which invitation"), by=call.person.user_id
        )
    whose = f" for {literal(revoked.meant_for)}" if revoked.meant_for else ""
    return (Note(text=f"The invitation{whose} is taken back: its link opens nothing any more."),)


async def accept(call: Call, token: str) -> Sequence[Said]:
    """What somebody followed a link for: they become a member."""
    if not call.heard.thread.private or call.person.nameless:
        raise Refused("An invitation is accepted by one person.", remedy="Write that to me in a private chat.")
    async with call.session.system("an invitation is another organization's"):
        accepted = await invitations.accept(call.session, token, call.principal.user_ids, call.person.user_id)
    name, again = literal(accepted.name), " again" if accepted.again else ""
    work = Button(label=f"Work for {accepted.name} here", action="command", value=_switch(accepted.org_id))
    return (
        Note(
            text=f"You are {accepted.role} in {name}{again}. What you write here goes on as before; "
            f"“/org switch {name}” has this chat work there.",
            buttons=(work,),
        ),
    )


def _switch(org_id: UUID) -> str:
    return f"org switch {ids.text('org', org_id)}"


VERBS = (
    Verb(
        "invite",
        "makes a link by which somebody becomes a member",
        "/org invite @Ben member 7",
        _invite,
        permission=MANAGE,
        private=True,
        audited=False,
    ),
    Verb(
        "invitations",
        "who was invited, and what became of it",
        "/org invitations",
        _invitations,
        permission=MANAGE,
        private=True,
        audited=False,
    ),
    Verb("revoke", "takes an invitation back", "/org revoke inv_8k2m9q", _revoke, permission=MANAGE, audited=False),
)
