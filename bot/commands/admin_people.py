"""``/admin users``, ``roles`` and ``orgs``: everybody by names and totals, and nothing of what they say."""

from collections.abc import Awaitable, Callable, Sequence

from bot.commands.declare import Call, Verb
from bot.commands.pages import ROWS, before, day, listing
from domain.conversations.private import OPEN_ONE
from domain.conversations.said import Listing, Note, Said
from domain.core import ids
from domain.core.db import Session
from domain.core.errors import Invalid, Refused
from domain.core.tokens import hash_of
from domain.identity import linking, magic_links
from domain.identity.magic_links import MagicLink
from domain.llm.prices import dollars
from domain.orgs import operators, totals
from domain.orgs.access import Permission, Role

OPERATE = Permission.OPERATE
LINK = "a"
"""The kind of the link that “legwork admin init” prints (see ``start.LINKS``)."""


async def _users(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        rows = await totals.users(call.session, before=before("usr", call.words), limit=ROWS + 1)
    shown = listing(
        "People",
        ("id", "name", "platforms", "organizations", "since"),
        rows,
        lambda row: (
            ids.short("usr", row["id"]),
            row["name"] or "-",
            row["platforms"] or "-",
            f"{row['organizations']:,}",
            day(row["created_at"], call.person.timezone),
        ),
        lambda last: f"admin users before {ids.text('usr', last['id'])}",
    )
    return (shown,)


async def _orgs(call: Call) -> Sequence[Said]:
    async with call.session.system("who runs the installation is no organization's"):
        rows = await totals.organizations(call.session, before=before("org", call.words), limit=ROWS + 1)
    shown = listing(
        "Organizations",
        ("id", "name", "slug", "members", "chats", "tasks", "known cost, 30 days", "since"),
        rows,
        lambda row: (
            ids.short("org", row["id"]),
            row["name"],
            row["slug"] or "-",
            f"{row['members']:,}",
            f"{row['chats']:,}",
            f"{row['tasks']:,}",
            dollars(row["cost"]),
            day(row["created_at"], call.person.timezone),
        ),
        lambda last: f"admin orgs before {ids.text('org', last['id'])}",
    )
    return (shown,)


async def _roles(call: Call) -> Sequence[Said]:
    """What each role comes to, and who runs the installation."""
    async with call.session.system("who runs the installation is no organization's"):
        counted = {row["role"]: row for row in await totals.roles(call.session)}
        made = await operators.appointed(call.session)
    named = [(account, "LEGWORK_PLATFORM_ADMINS") for account in call.settings.platform_admins]
    appointed = [
        (
            one["name"] or ids.short("usr", one["user_id"]),
            f"by a link of “legwork admin init”, {day(one['since'], call.person.timezone)}",
        )
        for one in made
    ]
    return (
        Listing(
            title="Roles",
            columns=("role", "people", "memberships"),
            rows=tuple(
                (role, f"{counted[role]['people']:,}", f"{counted[role]['memberships']:,}")
                if role in counted
                else (role, "0", "0")
                for role in reversed([*Role])
            ),
        ),
        Listing(
            title="Who runs this Legwork",
            columns=("who", "how"),
            rows=(*named, *appointed),
            empty="Nobody is named: whoever starts it, on its console.",
        ),
    )


async def become(call: Call, token: str) -> Sequence[Said]:
    """Whoever follows the link of “legwork admin init” is a platform admin."""
    return await _appointed(call, lambda session: magic_links.take(session, hash_of(token), [operators.PURPOSE]))


async def may_try(call: Call) -> bool:
    """Whether this account may type another code; one that is typed counts, good or not."""
    account_id = call.person.account_id
    async with call.session.system("who runs the installation is no organization's"):
        return account_id is not None and await linking.tried(call.session, account_id)


async def become_by(call: Call, code: str) -> Sequence[Said]:
    """The same by its code."""
    return await _appointed(call, lambda session: magic_links.take_code(session, hash_of(code), operators.PURPOSE))


async def _appointed(call: Call, take: Callable[[Session], Awaitable[MagicLink | None]]) -> Sequence[Said]:
    if not call.heard.thread.private or call.person.nameless:
        raise Refused("That is for one person.", remedy=OPEN_ONE)
    async with call.session.system("who runs the installation is no organization's"):
        if await take(call.session) is None:
            raise Invalid(
                "That opens nothing: it is mistyped, was used, or is older than ten minutes.",
                remedy="“legwork admin init”, on the machine, prints another.",
            )
        await operators.appoint(call.session, call.person.user_id)
    return (Note(text="You are a platform admin now. “/help admin” lists what you can do."),)


VERBS = (
    Verb("users", "everybody who has written here", "/admin users", _users, OPERATE, private=True, audited=False),
    Verb("roles", "how many have which role", "/admin roles", _roles, OPERATE, private=True, audited=False),
    Verb("orgs", "organizations and what they come to", "/admin orgs", _orgs, OPERATE, private=True, audited=False),
)
