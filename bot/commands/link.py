"""``/link``: accounts of one person on several platforms, or several on one."""

from collections.abc import Sequence

from bot.commands import link_mail
from bot.commands.declare import Call, Noun, Verb
from bot.commands.pages import moment
from domain.audit import record
from domain.conversations import bots, chats, messages
from domain.conversations import service as conversations
from domain.conversations.outbox import say
from domain.conversations.private import OPEN_ONE
from domain.conversations.said import CODE, TOKEN, Button, Listing, Note, Problem, Said
from domain.core import ids
from domain.core.errors import NotFound, Refused
from domain.identity import linking, magic_links
from domain.identity.linking import Account, Link
from domain.orgs.access import Permission
from domain.personal import accounts

LINK = "l"
"""The kind of a link that begins to link an account (see ``start.LINKS``)."""
_ELSEWHERE = "telegram"
"""Where a link can open a chat with the bot."""
_OPENS_NOTHING = Note(
    text="That code opens nothing: it is mistyped, was used, or is older than ten minutes. `/link start` on your other "
    "account gives another."
)
_TOO_MANY = Note(text="Five codes were typed here within ten minutes. Wait that long, then try again.")
_OVER = "That was decided already, or is older than ten minutes."


def _account(call: Call) -> Account:
    """The account that asks, where nobody reads along. Raises Refused."""
    heard = call.heard
    if not heard.thread.private:
        raise Refused("Accounts are linked where nobody else reads along.", remedy=OPEN_ONE)
    if heard.person.account_id is None:
        raise Refused("This account cannot be linked: it is not known by a name of its own.")
    return Account(heard.person.user_id, heard.person.account_id, heard.thread.id)


async def _start(call: Call) -> Sequence[Said]:
    account = _account(call)
    if call.words:
        return await link_mail.start(call, account)
    async with call.session.system("a link of accounts is of no organization"):
        link_id = await linking.begin(call.session, account)
    call.about("magic_link", link_id)
    bot = await bots.name_on(call.session, _ELSEWHERE) if call.heard.address.platform != _ELSEWHERE else None
    # The code, and not the token: that signs a browser in, and nobody needs it who is to be asked in a chat.
    phone = f" If that is on Telegram, this does it: https://t.me/{bot}?start={LINK}-{CODE}" if bot is not None else ""
    address = magic_links.address(call.settings, TOKEN)
    page = f" Or open this page: {address}" if address else ""
    text = (
        f"On your other account, in a private chat with me, write `/link confirm {CODE}` within ten minutes."
        f"{phone}{page}\n\n"
        "Both accounts are then shown each other's names, and nothing is joined until you press Join on both. This is "
        "for nobody but you: whoever else asks for it wants to see your work."
    )
    return (Note(text=text, mints=link_id),)


async def _confirm(call: Call) -> Sequence[Said]:
    # What was typed is not kept, good or not. So what follows is told and not raised: that would undo it.
    await messages.set_content(call.session, call.heard.message_id, "/link confirm …")
    if not call.words:
        call.changed_nothing()
        return (Note(text="Say the code, too: `/link confirm ABCD-EFGH`."),)
    return await _typed(call, call.rest())


async def follow(call: Call, carried: str) -> Sequence[Said]:
    """What somebody followed a link for, that carries a code as they would have typed it: both accounts are asked."""
    said = await _typed(call, carried)
    if call.noted.resource is not None and not call.noted.nothing:
        record(
            call.session,
            "link.confirm",
            org_id=call.person.org_id,
            actor=call.heard.actor,
            resource=call.noted.resource,
            permission=OWN,
            request_id=call.heard.message_id,
        )
    return said


async def _typed(call: Call, written: str) -> Sequence[Said]:
    try:
        account = _account(call)
    except Refused as error:
        _note_refusal(call, error.reason)
        return (Problem(sentence=error.sentence, remedy=error.remedy or ""),)
    async with call.session.system("a link of accounts is of no organization"):
        if not await linking.tried(call.session, account.identity_id):
            _note_refusal(call, "tries")
            return (_TOO_MANY,)
        link = await linking.typed(call.session, written, account)
        if link is None:
            _note_refusal(call, "no_code")
            return (_OPENS_NOTHING,)
        call.about("link", link.id)
        if link.first.user_id in call.person.user_ids:
            _note_refusal(call, "own_code")
            await linking.refuse(call.session, link.id, account.identity_id)
            return (Note(text="That code is your own: type it on the account you want to add."),)
        if len(call.person.user_ids) > 1:
            _note_refusal(call, "linked")
            await linking.refuse(call.session, link.id, account.identity_id)
            return (Problem(sentence=linking.LINKED, remedy=linking.INSTEAD),)
        first, other = await _names(call, link)
        await _tell(
            call,
            link.first,
            f"{other} has typed the code you got here. If that is you, press Join: both accounts are one person then, "
            "and each sees the work of the other. If it is somebody else, press “Not me”, and nobody is joined.",
            key=f"link:{link.id}:first",
            buttons=_buttons(link),
        )
    return (
        Note(
            text=f"This would make one person of this account and {first}. If that is you, press Join here, and there "
            "as well. If somebody asked you to type that code, press “Not me”: they would see your work.",
            buttons=_buttons(link),
        ),
    )


def _note_refusal(call: Call, reason: str) -> None:
    """What is told and not raised is written down here."""
    call.changed_nothing()
    record(
        call.session,
        "link.confirm",
        org_id=call.person.org_id,
        actor=call.heard.actor,
        resource=call.noted.resource,
        outcome="refused",
        permission=OWN,
        details={"reason": reason},
        request_id=call.heard.message_id,
    )


def _buttons(link: Link) -> tuple[Button, ...]:
    written = ids.text("link", link.id)
    return (
        Button(label="Join", action="command", value=f"link join {written}", style="primary"),
        Button(label="Not me", action="command", value=f"link decline {written}"),
    )


async def _join(call: Call) -> Sequence[Said]:
    account = _account(call)
    link_id = ids.parse("link", call.word(0, "which"))
    async with call.session.system("a link of accounts is of no organization"):
        link = await linking.agree(call.session, link_id, account.identity_id)
        if link is None or link.other is None:
            raise Refused(_OVER, remedy="Begin again with “/link start”.", code="decided")
        call.about("link", link.id)
        if not (link.agreed and link.other_agreed):
            return (Note(text="Noted. It is done once you have pressed Join on the other account, too."),)
        first, other = await _names(call, link)
        stays = await accounts.join(call.session, link)
        words = (
            f"{first} and {other} are one person now. `/link list` shows all your accounts; `/link remove` undoes it "
            f"for {linking.UNDONE_WITHIN.days} days.{stays}"
        )
        await _tell_each(call, await _places(call, link.first, link.other), words, key=f"link:{link.id}:joined")
    return ()


async def _decline(call: Call) -> Sequence[Said]:
    account = _account(call)
    link_id = ids.parse("link", call.word(0, "which"))
    async with call.session.system("a link of accounts is of no organization"):
        link = await linking.refuse(call.session, link_id, account.identity_id)
        if link is None or link.other is None:
            raise Refused(_OVER, code="decided")
        call.about("link", link.id)
        apart = link.other if account.identity_id == link.first.identity_id else link.first
        words = "The other account said that this is not the same person. Nobody was joined."
        await _tell(call, apart, words, key=f"link:{link.id}:declined")
    return (Note(text="Nobody was joined, and the code opens nothing any more."),)


async def _list(call: Call) -> Sequence[Said]:
    async with call.session.system("a person's accounts are of no organization"):
        own = await linking.accounts(call.session, call.person.user_id)
    return (
        Listing(
            title="Your accounts",
            columns=("id", "name", "platform", "account", "linked", ""),
            rows=tuple(
                (
                    ids.short("acc", one.id),
                    one.name or "-",
                    one.platform,
                    f"{one.workspace} {one.platform_user_id}",
                    moment(one.linked_at, call.person.timezone),
                    "you are here" if one.id == call.person.account_id else "",
                )
                for one in own
            ),
            footer="“/link start” adds one; “/link remove ID” takes one away again for "
            f"{linking.UNDONE_WITHIN.days} days.",
        ),
    )


async def _remove(call: Call) -> Sequence[Said]:
    own, person = _account(call), call.person
    written = call.word(0, "the account's id, as “/link list” has it")
    async with call.session.system("a link of accounts is of no organization"):
        known = await linking.accounts(call.session, person.user_id)
        found = [one for one in known if ids.means("acc", written, one.id)]
        if len(found) != 1:
            raise NotFound(f"There is no account “{written}” of yours.", remedy="“/link list” has them.")
        [left] = found
        call.about("account", left.id)
        places = await _places(call, own)  # while all of them are this person's
        stays = await accounts.separate(call.session, person.user_id, left)
        words = (
            f"{left.called} is an account of its own again, and each sees its own work. Browsers are signed "
            f"out, and links that were shown open nothing any more.{stays}"
        )
        await _tell_each(call, places, words, key=f"link:{call.heard.message_id}")
    return ()


async def _names(call: Call, link: Link) -> tuple[str, str]:
    """Both, as each is shown the other."""
    assert link.other is not None  # it was typed
    first = await linking.account(call.session, link.first.identity_id)
    other = await linking.account(call.session, link.other.identity_id)
    return first.called, other.called


async def _tell(call: Call, to: Account, words: str, *, key: str, buttons: tuple[Button, ...] = ()) -> None:
    """In the private chat where that account asked, or wrote last."""
    if to.thread_id is None:
        return  # nobody reads along at a mail address
    thread, _, _ = await conversations.setting(call.session, to.thread_id, to.user_id)
    await say(call.session, thread, Note(text=words, buttons=buttons), key=key)


async def _places(call: Call, *asking: Account) -> Sequence[Account]:
    """Every account of a person that has a private chat: these where they asked."""
    places = {one.identity_id: one for one in asking}
    for row in await chats.private_threads(call.session, asking[0].user_id):
        places.setdefault(row["identity_id"], Account(row["user_id"], row["identity_id"], row["thread_id"]))
    return [*places.values()]


async def _tell_each(call: Call, places: Sequence[Account], words: str, *, key: str) -> None:
    for one in places:
        await _tell(call, one, words, key=f"{key}:{one.identity_id}")


OWN = Permission.OWN_DATA
NOUN = Noun(
    "link",
    "your accounts on other platforms, as one person",
    (
        Verb("list", "your accounts", "/link list", _list, OWN, personal=True, private=True, audited=False),
        Verb(
            "start",
            "a code that your other account types, or a mail to an address",
            "/link start",
            _start,
            OWN,
            personal=True,
        ),
        Verb(
            "confirm",
            "the code, on the other account",
            "/link confirm ABCD-EFGH",
            _confirm,
            OWN,
            personal=True,
            opens=True,
        ),
        Verb("join", "yes, both accounts are you", "/link join link_01j…", _join, OWN, personal=True, opens=True),
        Verb(
            "decline", "no, that is somebody else", "/link decline link_01j…", _decline, OWN, personal=True, opens=True
        ),
        Verb("remove", "an account is one of its own again", "/link remove acc_8k2m9q", _remove, OWN, personal=True),
    ),
)
