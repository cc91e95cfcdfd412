"""The page of an invitation: who is signed in joins by pressing; who is not is told how to join from a chat."""

from starlette.requests import Request
from starlette.responses import Response

from bot.http import sessions as browser
from bot.http.one_time import Purpose
from bot.http.pages import Page, shown
from domain.core.db import Session
from domain.core.errors import Refused
from domain.identity import repository
from domain.identity.magic_links import MagicLink
from domain.orgs import invitations, preferences

__all__ = ["PURPOSE"]

_FROM_A_CHAT = (
    "From a chat it goes without signing in: write to me, in a private chat, “/start i-” and behind it the last part "
    "of this page's address."
)


async def _told(session: Session, link: MagicLink, request: Request) -> Page:
    invitation = await invitations.behind(session, link)
    if invitation is None:
        return Page("This link invites nobody", status=404)
    name = await preferences.name_of(session, invitation.org_id)
    own = await browser.signed_in(session, request)
    if own is None:
        who = (
            f"You would be {invitation.role} there. This browser is signed in as nobody; “/link start”, written to me "
            "in a private chat, signs it in."
        )
    else:
        known = await repository.name_of(session, own.user_id) or "somebody without a name"
        who = f"You would be {invitation.role} there as {known}, as whom this browser is signed in."
    return Page(f"You are invited to {name}", (who, _FROM_A_CHAT))


async def _done(session: Session, link: MagicLink, request: Request) -> Response:
    own = await browser.signed_in(session, request)
    if own is None:
        raise Refused("This browser is signed in as nobody.", remedy=_FROM_A_CHAT, code="not_signed_in")
    everybody = await repository.ids_of(session, own.user_id)
    accepted = await invitations.accept_by(session, link, everybody, own.user_id)
    return shown(
        Page(
            f"You are {accepted.role} in {accepted.name}",
            (f"“/org switch {accepted.name}”, written to me in a private chat, has that chat work there.",),
        )
    )


PURPOSE = Purpose(_told, "Join", _done, proved=True)
