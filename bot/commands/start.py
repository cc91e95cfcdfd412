"""``/start``, which is also what a link to Legwork writes for whoever follows it, with what the link carries."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from bot.commands import admin_people, link, org_invitations
from bot.commands.declare import Call, Noun, Verb
from bot.views.greeting import greeting
from domain.audit import record
from domain.conversations import messages
from domain.conversations.said import Note, Problem, Said
from domain.core.errors import Invalid, LegworkError, Refused
from domain.core.tokens import code_in
from domain.flow.understand.acts import denied
from domain.orgs.access import Denied

_CARRIED = re.compile(r"[A-Za-z0-9_-]{1,64}")  # https://core.telegram.org/bots/features#deep-linking

Take = Callable[[Call, str], Awaitable[Sequence[Said]]]
"""Does what a link is for, given what it carries behind its kind."""

LINKS: Mapping[str, Take] = MappingProxyType(
    {
        org_invitations.LINK: org_invitations.accept,
        admin_people.LINK: admin_people.become,
        link.LINK: link.follow,
    }
)
"""The kinds of links, by what they carry in front: of ``i-abc`` the kind is ``i``."""

KEPT = "/start …"
"""What is kept of such a message: what a link carries is a secret."""


async def _begin(call: Call) -> Sequence[Said]:
    if call.words:
        await messages.set_content(call.session, call.heard.message_id, KEPT)
    if len(call.words) != 1 or not _CARRIED.fullmatch(call.words[0]):
        return (Note(text=greeting(call.settings)),)
    code = code_in(call.words[0])
    may_try = code is None or await admin_people.may_try(call)
    try:
        async with call.session.savepoint():
            if not may_try:
                raise Refused(
                    "Five codes were typed here within ten minutes.", remedy="Wait that long, then try again."
                )
            return await (_follow(call, call.words[0]) if code is None else admin_people.become_by(call, code))
    except LegworkError as error:  # told here, so that what the message carried is gone all the same
        if isinstance(error, Denied) and error.org_id is not None:
            async with call.session.system("what is refused in another organization is written down there"):
                denied(call.session, call.heard, error)
        else:
            record(
                call.session,
                "start.follow",
                org_id=call.person.org_id,
                actor=call.heard.actor,
                outcome="refused",
                details={"reason": error.reason},
                request_id=call.heard.message_id,
            )
        return (Problem(sentence=error.sentence, remedy=error.remedy or ""),)


async def _follow(call: Call, carried: str) -> Sequence[Said]:
    kind, _, rest = carried.partition("-")
    take = LINKS.get(kind)
    if take is None or not rest:
        raise Invalid("That link is no longer good.", remedy="Ask whoever gave it to you for a new one.")
    return await take(call, rest)


NOUN = Noun(
    "start",
    "how to begin",
    (Verb("show", "two examples, files, and what is connected", "/start …", _begin, opens=True),),
)
