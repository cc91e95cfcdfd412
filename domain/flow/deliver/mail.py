"""A link that is mailed: its token is made as the mail is sent, marked before and after, and never sent twice.

A mail server cannot be asked what became of a letter. So one that was cut off, between the mark and what came of it, is
not known to have been sent: whoever asked for it is told so, and asks for another where it has not come.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.conversations import bots
from domain.conversations.private import say_privately
from domain.conversations.said import Note
from domain.core.db import Session
from domain.core.errors import Ambiguous, LegworkError, Unavailable
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Held, Snooze
from domain.core.text import literal
from domain.emails import letters, repository
from domain.emails.address import masked
from domain.emails.mailer import Letter
from domain.emails.repository import Mailed, Settled
from domain.flow.common.legwork import Legwork
from domain.identity import addresses, linking, magic_links
from domain.identity import repository as people
from domain.orgs import invitations, preferences
from domain.orgs.invitations import BY_START

log = logger(__name__)

LATE = 5
"""After so many attempts whoever asked is told that it waits."""

_INSTEAD = {
    "invitation": "“/org invite” without the address shows a link that you pass on yourself.",
    "link": "“/link start” with the address tries it anew.",
}


async def mail(legwork: Legwork, held: Held, mailed_id: UUID) -> None:
    """Take a letter as far as it goes now. Raises Snooze where its server takes it at another time, if at all."""
    letter: Letter | None = None
    async with held.transaction() as session:
        mailed = await repository.hold(session, mailed_id)
        if mailed is None or mailed.status not in ("queued", "sending"):
            return
        if mailed.status == "queued":
            letter = await _letter(legwork, session, mailed)
        if letter is not None:
            await repository.sending(session, mailed_id)
    if letter is not None:
        await _send(legwork, held, mailed, letter)
    elif mailed.status == "sending":
        await _end(held, mailed, "unknown", _UNKNOWN)
    else:
        await _end(held, mailed, "over", "Its link was over before it could be sent.")


_UNKNOWN = "It is not known whether it was sent, so it is not sent again: ask whoever it is for."


async def _send(legwork: Legwork, held: Held, mailed: Mailed, letter: Letter) -> None:
    reach("mail.sending")
    try:
        await legwork.mailer.send(letter)
        reach("mail.taken")
    except Unavailable as error:
        log.warning("a mail waits", to=masked(mailed.address), attempt=mailed.attempts + 1, error=error.sentence)
        if mailed.late:
            await _end(held, mailed, "refused", f"{error.sentence} That was tried for a day.")
        else:
            await _wait(held, mailed, error)
    except Ambiguous:
        await _end(held, mailed, "unknown", _UNKNOWN)
    except LegworkError as error:
        await _end(held, mailed, "refused", error.sentence)
    else:
        async with held.transaction(done=True) as session:
            await repository.settle(session, mailed.id, "sent")


async def _wait(held: Held, mailed: Mailed, error: Unavailable) -> None:
    attempt = mailed.attempts + 1
    async with held.transaction() as session:
        await repository.settle(session, mailed.id, "queued")
        if attempt == LATE:
            await _tell(session, mailed, f"{error.sentence} It is tried again for a day.", key="waits")
    raise Snooze(timedelta(seconds=min(900, 15 * 2**attempt)))


async def _end(held: Held, mailed: Mailed, status: Settled, why: str) -> None:
    log.warning("a mail was not sent", to=masked(mailed.address), became=status)
    async with held.transaction(done=True) as session:
        await repository.settle(session, mailed.id, status)
        await _tell(session, mailed, f"{why} {_INSTEAD[mailed.kind]}", key=status)


@dataclass(frozen=True, slots=True)
class _Whom:
    user_id: UUID
    org_id: UUID


async def _tell(session: Session, mailed: Mailed, why: str, *, key: str) -> None:
    said = Note(text=f"The mail to {literal(mailed.address)} has not gone out. {why}")
    if key == "unknown":
        said = Note(text=f"The mail to {literal(mailed.address)}: {why}")
    await say_privately(session, _Whom(mailed.user_id, mailed.org_id), said, key=f"mail:{mailed.id}:{key}")


async def _letter(legwork: Legwork, session: Session, mailed: Mailed) -> Letter | None:
    """With the link in it, which is made anew; None: it is over."""
    minted = await magic_links.mint(session, mailed.link_id)
    if minted is None:
        return None
    page = magic_links.address(legwork.settings, minted.token)
    if mailed.kind == "link":
        asker = await addresses.asker_of(session, mailed.link_id)
        until = mailed.created_at + linking.MAILED_LASTS
        assert page is not None  # it is not begun without
        return letters.ownership(mailed.id.hex, mailed.address, account=asker.in_words, until=until, page=page)
    invitation = await invitations.behind_link(session, mailed.link_id)
    if invitation is None or not await invitations.is_still_given(session, invitation):
        return None
    bot = await bots.name_on(session, "telegram")
    written = f"{BY_START}-{minted.token}"
    ways = [f"write this to Legwork, in a private chat: /start {written}"]
    if bot is not None:
        ways.insert(0, f"on Telegram, open https://t.me/{bot}?start={written}")
    if page is not None:
        ways.append(f"in a browser that is signed in, open {page}")
    return letters.invitation(
        mailed.id.hex,
        mailed.address,
        org=await preferences.name_of(session, mailed.org_id),
        inviter=await people.name_of(session, mailed.user_id) or "Somebody",
        role=invitation.role,
        until=invitation.expires_at,
        ways=ways,
    )
