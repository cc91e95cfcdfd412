"""Writing down what was done. An act's row is part of the act's transaction, and costs no round trip of its own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import Any, Literal
from uuid import UUID

import orjson

from domain.audit import repository
from domain.audit.chain import GIVEN
from domain.audit.models import audit_logs
from domain.core.db import Insert, Session
from domain.core.ids import new_id

Outcome = Literal["done", "refused"]

SALT = "salt"
"""The member of the details by which their hash cannot be guessed from; it goes with them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person or a key by its id, the system itself, or whoever runs the installation, by the id of their
    account of the machine where that is known."""

    kind: Literal["person", "key", "system", "operator"]
    id: UUID | None = None
    on_behalf_of: UUID | None = None


SYSTEM, OPERATOR = Actor("system"), Actor("operator")

_ADD = Insert(audit_logs, *GIVEN, "details")


def record(
    session: Session,
    action: str,
    *,
    org_id: UUID | None,
    actor: Actor,
    resource: tuple[str, object] | None = None,
    outcome: Outcome = "done",
    permission: str | None = None,
    details: Mapping[str, Any] | None = None,
    request_id: object = None,
) -> None:
    """Note an act (``noun.verb``) in the caller's transaction; a refusal where it is told, outside of what it undoes.

    ``resource``: type and id of what it was done to. ``details`` hold no secret and no content of chats.
    """
    told = {**(details or {}), SALT: token_hex(16)}
    kind, resource_id = resource or (None, None)
    session.add(
        _ADD,
        {
            "id": new_id(),
            "org_id": org_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "on_behalf_of": actor.on_behalf_of,
            "action": action,
            "resource_type": kind,
            "resource_id": str(resource_id) if resource_id is not None else None,
            "outcome": outcome,
            "permission": permission,
            "details": told,
            "details_hash": "\\x" + digest(told).hex(),
            "request_id": str(request_id) if request_id is not None else None,
        },
    )


async def erase(session: Session, people: Collection[UUID], *, by: Actor) -> int:
    """Forget the details of what these people did and of what was done to them: that it was done, and by whom, stays,
    and the chain holds. That it was forgotten is an act itself. Returns of how many rows; for the system's work.
    """
    erased = await repository.erase(session, people)
    if erased:
        record(session, "audit.erase", org_id=None, actor=by, details={"rows": erased})
    return erased


def digest(details: Mapping[str, Any]) -> bytes:
    """What stands for the details in the chain."""
    return sha256(orjson.dumps(details, option=orjson.OPT_SORT_KEYS, default=str)).digest()
