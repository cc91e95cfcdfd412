"""``/org switch`` and ``/org bind``: which organization a chat belongs to."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.declare import Call, Verb
from domain.audit import record
from domain.conversations import chats
from domain.conversations.outbox import say
from domain.conversations.said import Button, Note, Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound, Refused
from domain.core.text import literal
from domain.flow.deliver.moved import bind_chat
from domain.orgs import preferences, queries
from domain.orgs.access import Permission
from domain.orgs.queries import Belonging

MANAGE = Permission.MANAGE


async def _switch(call: Call) -> Sequence[Said]:
    thread = call.heard.thread
    if not thread.private:
        raise Refused(
            "A shared chat belongs to one organization, for everybody in it.",
            remedy="“/org switch” is for a private chat; an admin moves this one with “/org bind NAME”.",
        )
    async with call.session.system("somebody belongs to several organizations"):
        theirs = await queries.belongings(call.session, call.principal.user_ids)
        if not call.words:
            return (_choice(theirs, thread.org_id),)
        found = _named(theirs, call.rest())
        if isinstance(found, Belonging) and found.org_id != thread.org_id:
            await chats.work_for(call.session, thread.chat_id, found.org_id)
            record(
                call.session,
                "org.switch",
                org_id=found.org_id,
                actor=call.heard.actor,
                resource=("chat", thread.chat_id),
                permission=Permission.SEE,
            )
    if not isinstance(found, Belonging):
        return (_choice(found, thread.org_id),)
    if found.org_id == thread.org_id:
        return (Note(text=f"This chat works in {literal(found.name)} already."),)
    name = literal(found.name)
    return (Note(text=f"From your next message on this chat works in {name}, where you are {found.role}."),)


def _choice(theirs: Sequence[Belonging], here: object) -> Note:
    buttons = tuple(
        Button(label=f"{one.name} ({one.role})", action="command", value=f"org switch {ids.text('org', one.org_id)}")
        for one in theirs
        if one.org_id != here
    )
    now = next((f"This chat works in {literal(one.name)}. " for one in theirs if one.org_id == here), "")
    other = "Which one shall it work in?" if buttons else "You belong to no other organization."
    return Note(text=f"{now}{other}", buttons=buttons)


def _named(theirs: Sequence[Belonging], written: str) -> Belonging | Sequence[Belonging]:
    """The one that is meant, or several of one name. Raises NotFound."""
    said = " ".join(written.lower().split())
    found = [
        one for one in theirs if said in (one.name.lower(), ids.text("org", one.org_id), ids.short("org", one.org_id))
    ]
    if not found:
        raise NotFound(f"You belong to no organization “{written}”.", remedy="“/org switch” lists yours.")
    return found[0] if len(found) == 1 else found


async def _bind(call: Call) -> Sequence[Said]:
    """The chat goes over to another organization, with its threads and what was done in them."""
    thread, person = call.heard.thread, call.person
    call.word(0, "the organization it is to belong to")
    if thread.private:
        raise Refused("A private chat is yours alone.", remedy="“/org switch” says which organization it works in.")
    before = literal(await preferences.name_of(call.session, person.org_id))
    async with call.session.system("a chat goes from one organization to another"):
        found = _named(await queries.belongings(call.session, call.principal.user_ids), call.rest())
        if not isinstance(found, Belonging):
            raise Invalid(
                f"You belong to {len(found)} organizations of that name.",
                remedy=f"Name it by its id: {', '.join(ids.short('org', one.org_id) for one in found)}.",
            )
        if found.org_id == person.org_id:
            return (Note(text=f"This chat belongs to {literal(found.name)} already."),)
        await bind_chat(call.session, call.principal, thread.chat_id, found, by=person.user_id)
        told = Note(
            text=f"This chat belongs to {literal(found.name)} now, with its threads and what was done in them; until "
            f"now it belonged to {before}. What was spent so far counts there."
        )
        at = replace(thread, org_id=found.org_id)  # what is said of it is said for the new one
        await say(call.session, at, told, key=f"bound:{call.heard.message_id}", reply_to=call.heard.message_id)
    return ()


SWITCH = Verb("switch", "which organization this private chat works in", "/org switch Acme", _switch, personal=True)
BIND = Verb(
    "bind",
    "moves this chat to another organization",
    "/org bind Acme",
    _bind,
    permission=MANAGE,
    audited=False,
    personal=True,
)
