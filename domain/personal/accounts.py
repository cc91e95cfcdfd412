"""Accounts become one person's, and one's own again, with all that hangs on them.

What each of it comes to is said where it lies (``identity.linking``, ``orgs.merged``); here stands what belongs to it,
and in which order. In a transaction that sees every organization.
"""

from uuid import UUID

from domain.conversations import messages
from domain.core.db import Session
from domain.core.errors import Invalid
from domain.identity import linking
from domain.identity.linking import Known, Link
from domain.orgs import merged
from domain.personal.service import let_be
from domain.tasks import control as tasks


async def join(session: Session, link: Link) -> str:
    """Make one person of two accounts that have both agreed. Returns what is to be said of their data, or nothing.

    Raises:
        Refused: one of them is somebody else by now, has accounts of its own, or is kept out where the other is let in;
            or its data is being deleted.
    """
    assert link.other is not None  # it was typed
    stays = await let_be(session, link.first.user_id, link.other.user_id)
    changed = await merged.join(session, link.first.user_id, link.other.user_id)
    await linking.join(session, link)
    await linking.joined(session, link.id, changed)
    return stays


async def separate(session: Session, user_id: UUID, left: Known) -> str:
    """Make an account of a person one of its own again, with what was done by it before and meanwhile. Returns as
    ``join``.

    Raises:
        Invalid: the others were linked to it, or it was linked too long ago.
        Refused: the data of one of them is being deleted.
    """
    if left.first_user_id == user_id:
        raise Invalid(
            "That is the account the others were linked to.", remedy="Take those away that were linked to it."
        )
    if not left.undoable:
        raise Invalid(
            f"That was linked more than {linking.UNDONE_WITHIN.days} days ago, and cannot be undone any more.",
            remedy="Whoever runs this Legwork can help.",
        )
    stays = await let_be(session, user_id)
    changed = await linking.separate(session, user_id, left)
    for give_back in (messages.give_back, tasks.give_back):
        await give_back(session, identity_id=left.id, before=user_id, now=left.first_user_id)
    assert left.linked_at is not None  # or it could not be undone
    await merged.separate(session, user_id, left.first_user_id, changed, linked_at=left.linked_at)
    return stays
