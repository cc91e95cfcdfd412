"""What destroys something is asked about first: the card names it, and holds for five minutes, for who asked, once."""

from hashlib import sha256
from uuid import UUID

from domain.conversations import pressed
from domain.conversations.outbox import said_as, say
from domain.conversations.said import Button, Note
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Invalid, Refused
from domain.orgs.access import Denied, Permission

CONFIRM = "confirm"
"""The action of the card's buttons; their value names the message that asked, yes or no, and what it said and where."""

_YES, _NO = "yes", "no"


def card(heard: Heard, yes: str, no: str, destroyed: str) -> Note:
    """Asks whether what a message wants is to be done. ``yes`` and ``no`` are what the buttons say, ``destroyed``
    what is gone then, and whether it can be undone, in sentences.
    """
    said = _digest(f"/{heard.press.value}" if heard.press is not None else heard.text, heard.person.org_id)
    return Note(
        text=f"{destroyed} Shall I?",
        buttons=(
            Button(label=yes, action=CONFIRM, value=f"{heard.message_id}:{_YES}:{said}", style="danger"),
            Button(label=no, action=CONFIRM, value=f"{heard.message_id}:{_NO}:{said}"),
        ),
    )


def _digest(command: str, org_id: UUID) -> str:
    """Short enough for a button of every platform: the message may be edited, and the chat become another
    organization's; the card names what it said, in the one in which it was said."""
    return sha256(org_id.bytes + command.encode()).hexdigest()[:12]


async def confirmed(session: Session, heard: Heard) -> str | None:
    """The command that the pressed card was about, as it was written: to be carried out now. None: it is not to be.

    Raises:
        Denied: somebody else asked.
        Refused: it was too long ago, or was decided; or the message says something else by now.
        Invalid: there was no such card here.
    """
    message_id, answer, said = _read(heard)
    asked = await pressed.asked(session, message_id, heard.thread.chat_id)
    if asked is None or not asked.command:
        raise Invalid("That button is no longer good.", remedy="Ask again in the thread.")
    if asked.user_id not in heard.principal.user_ids:
        raise Denied(
            "Only who asked for it may say yes to it.",
            permission=Permission.SEE,
            code="not_yours",
            action="commands.confirm",
            resource=("message", message_id),
        )
    closed = f"confirmed:{message_id}"
    if await said_as(session, closed) is not None:
        raise Refused("That was decided already.", code="decided")
    if not asked.fresh:
        raise Refused("That was asked too long ago.", remedy="Ask for it again.", code="decided")
    of = heard.press.org_id if heard.press is not None else None
    if said != _digest(asked.command, of or heard.person.org_id):
        raise Refused("The message that asked for it was changed.", remedy="Ask for it again.", code="changed")
    what = "Confirmed." if answer == _YES else "Nothing was done."
    await say(session, heard.thread, Note(text=what), key=closed, edits=f"reply:{message_id}:0")
    return asked.command if answer == _YES else None


def _read(heard: Heard) -> tuple[UUID, str, str]:
    message_id, _, rest = (heard.press.value if heard.press is not None else "").partition(":")
    answer, _, said = rest.partition(":")
    try:
        return UUID(message_id), answer, said
    except ValueError:
        raise Invalid("That button is no longer good.", remedy="Ask again in the thread.") from None
