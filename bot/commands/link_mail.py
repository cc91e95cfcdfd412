"""``/link start ben@example.org``: a link that is mailed, by which whoever reads that address makes it an account."""

from collections.abc import Sequence

from bot.commands.declare import Call
from domain.conversations.said import Note, Said
from domain.core.errors import Refused
from domain.core.text import literal
from domain.emails import address as addresses
from domain.emails import repository as mailed
from domain.emails.mailer import not_sent
from domain.identity import linking
from domain.identity.linking import Account


async def start(call: Call, account: Account) -> Sequence[Said]:
    """What is answered says nothing of whether the address is known. Raises Invalid, Refused."""
    address = addresses.read(call.rest())
    if not call.settings.has_mail:
        not_sent(address)
        raise Refused("No mail was sent: no mail server is set here.", remedy="“/link start” links accounts in chats.")
    if call.settings.public_url is None:
        raise Refused(
            "No mail was sent: it would lead to a page, and pages are not reached from outside here.",
            remedy="“/link start” links accounts in chats.",
        )
    async with call.session.system("a link of accounts is of no organization"):
        link_id = await linking.begin(call.session, account, address=address)
        await mailed.want(
            call.session,
            org_id=call.person.org_id,
            user_id=call.person.user_id,
            user_ids=call.principal.user_ids,
            link_id=link_id,
            kind="link",
            address=address,
        )
    call.about("magic_link", link_id, mailed=True)
    return (
        Note(
            text=f"I am mailing a link to {literal(address)}, good for an hour. Once it was used by whoever reads mail "
            "there, I ask you here, and nothing is joined until you press Join."
        ),
    )
