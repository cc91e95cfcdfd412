"""Which organizations may have work done here at all: what whoever runs the installation decides.

The memberships of one that is not let in wait, so that whoever asks for a role finds none.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping

from domain.audit import Actor, record
from domain.core.db import Session
from domain.orgs import repository
from domain.orgs.access import Admission, Standing


async def admit(session: Session, org_id: UUID, *, by: Actor) -> Sequence[UUID]:
    """Let it in; those whose membership waited for that."""
    await _set(session, org_id, Admission.ADMITTED, by)
    return await repository.move_all(session, org_id, Standing.WAITING, Standing.ACTIVE)


async def open_to(session: Session, org_id: UUID, *, by: Actor) -> bool:
    """Let in one that waits. False: whoever runs the installation does not let it in, be it since a moment ago."""
    held = await repository.hold(session, org_id)
    if held is None or held["admission"] == Admission.REFUSED:
        return False
    if held["admission"] != Admission.ADMITTED:
        await admit(session, org_id, by=by)
    return True


async def refuse(session: Session, org_id: UUID, *, by: Actor) -> None:
    """Let it in no more: nobody of it has anything done until it is admitted."""
    await _set(session, org_id, Admission.REFUSED, by)
    await repository.move_all(session, org_id, Standing.ACTIVE, Standing.WAITING)


async def _set(session: Session, org_id: UUID, admission: Admission, by: Actor) -> None:
    await repository.hold(session, org_id)
    await repository.set_admission(session, org_id, admission)
    record(session, f"org.{admission}", org_id=None, actor=by, resource=("org", org_id), permission="operate")


async def not_admitted(session: Session, *, before: UUID | None = None, limit: int) -> Sequence[RowMapping]:
    """Organizations that are not let in, the newest first: id, name, admission, created_at, waiting (how many)."""
    return await repository.not_admitted(session, before=before, limit=limit)
