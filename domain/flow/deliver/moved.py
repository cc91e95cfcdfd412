"""A chat goes on under another id, such as a Telegram group that became a supergroup: everything of it goes along.

It may become known several times and in any order, from the platform or by a refusal; each time what is found under the
old id by then is brought to the new one.
"""

from dataclasses import replace
from uuid import UUID

from domain.audit import SYSTEM, Actor, record
from domain.billing import service as billing
from domain.conversations import chats
from domain.conversations.outbox import wake_delivery
from domain.core.db import Session
from domain.core.errors import Invalid
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.orgs import preferences
from domain.orgs import service as orgs
from domain.orgs.access import Denied, Permission, Principal, allows
from domain.orgs.queries import Belonging
from domain.tasks import control
from domain.workflows import repository as workflows

log = logger(__name__)


async def move_chat(session: Session, *, platform: str, workspace: str, before: str, now: str) -> None:
    """Threads, tasks, what is still to be said, and the organization are those of the new id from here on."""
    if before == now:
        return
    account = f"{platform}:{workspace}"
    places = await chats.known(session, platform=platform, workspace=workspace, chats=(before, now))
    if before not in places:
        return
    goes_on = places.get(now, places[before])
    # before the lock, as whoever says something does
    await wake_delivery(session, goes_on.id, account, org_id=goes_on.org_id, progress=False)
    places = await chats.lock(session, platform=platform, workspace=workspace, chats=(before, now))
    old, new = places.get(before), places.get(now)
    if old is None:
        return
    await chats.forget_ids(session, old.id)
    if new is None:
        await chats.rename(session, old.id, now)
    else:
        await chats.merge(session, old, new)
        await workflows.follow_chat(session, old.id, new.id)
        if old.org_id != new.org_id:  # somebody wrote in the new chat before it was known to be the old one
            await orgs.merge(session, new.org_id, old.org_id)
            for give in (chats.give_threads, control.give_tasks, workflows.give_workflows, billing.give_usages):
                await give(session, new.org_id, old.org_id)
    if new is not None and new != goes_on:
        await wake_delivery(session, new.id, account, org_id=places[before].org_id, progress=False)
    record(session, "chat.move", org_id=old.org_id, actor=SYSTEM, resource=("chat", (new or old).id))
    reach("move.moving")
    log.info("a chat goes on under another id", platform=platform, before=before, now=now)


async def bind_chat(session: Session, principal: Principal, chat_id: UUID, to: Belonging, *, by: UUID) -> None:
    """The chat stays where it is, and belongs to another organization of theirs from here on, with all that was said
    and done there and is still to be said; whoever was put out of the one before is so of that one, unless it knows
    them, and whose words are not understood yet belongs to it as with their next ones. In a transaction that sees both,
    and is that organization's afterwards.

    Raises:
        Denied: they do not run that organization.
        Invalid: something is being worked on there.
    """
    if not allows(replace(principal, org_id=to.org_id, role=to.role), Permission.MANAGE):
        raise Denied(
            f"Moving a chat to {to.name} needs the role admin there; yours is {to.role}.",
            permission=Permission.MANAGE,
            remedy="Ask an admin there.",
            code="role",
        )
    title = await chats.at_work(session, chat_id)
    if title is not None:
        raise Invalid(
            f"I am at work here (“{title}”), for {await preferences.name_of(session, principal.org_id)}.",
            remedy="Wait until it is done, or stop it first.",
        )
    before = principal.org_id
    await orgs.keep_out(session, before, to.org_id)
    for one in await chats.heard_there(session, chat_id):  # as if they said there now what they have said
        await orgs.join(session, to.org_id, one["user_id"], standing=one["standing"], elsewhere=True)
    await chats.bind(session, chat_id, to.org_id)
    await session.turn_to(to.org_id)
    for org_id in (before, to.org_id):
        record(
            session,
            "org.bind",
            org_id=org_id,
            actor=Actor("person", by),
            resource=("chat", chat_id),
            permission=Permission.MANAGE,
            details={"before": str(before), "now": str(to.org_id)},
        )
