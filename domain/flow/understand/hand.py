"""Work whose person may not have it done any more, in the hands of others."""

from sqlalchemy import RowMapping

from domain.core.db import Session
from domain.core.errors import Refused
from domain.orgs import service as orgs
from domain.orgs.access import works


async def let_again(session: Session, task: RowMapping) -> None:
    """Raises Refused where whom the task works for may still not have work done."""
    if not works(await orgs.role_of(session, task["org_id"], task["user_id"])):
        raise Refused(
            f"“{task['title']}” stands still: whom it works for may not have work done here any more.",
            remedy="An admin can let them in again, stop it, or hand it to a member.",
            code="access",
        )
