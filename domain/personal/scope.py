"""What is meant by one person: all their numbers, and the places that nobody shares with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session


@dataclass(frozen=True, slots=True)
class Scope:
    """``people``: all that one person is known as; ``chats``: those in which nobody else has said a word; ``orgs``:
    those to which nobody else belongs."""

    people: tuple[UUID, ...]
    chats: tuple[UUID, ...] = ()
    orgs: tuple[UUID, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the conditions in ``rows``."""
        numbers = {"people": list(self.people), "chats": list(self.chats), "orgs": list(self.orgs)}
        return {**numbers, "written": [str(one) for one in self.people]}

    def as_json(self) -> dict[str, list[str]]:
        named = {"people": self.people, "chats": self.chats, "orgs": self.orgs}
        return {name: [str(one) for one in found] for name, found in named.items()}

    def joined(self, other: "Scope") -> "Scope":
        """What either of them is about."""
        pairs = ((self.people, other.people), (self.chats, other.chats), (self.orgs, other.orgs))
        return Scope(*(tuple(dict.fromkeys((*mine, *theirs))) for mine, theirs in pairs))


def read(stored: Mapping[str, Iterable[str]]) -> Scope:
    """What ``as_json`` wrote."""
    return Scope(*(tuple(map(UUID, stored.get(name, ()))) for name in ("people", "chats", "orgs")))


_ALONE_IN = text("""
SELECT DISTINCT m.org_id FROM organization_members m
WHERE m.user_id = ANY(:people) AND m.status = 'active' AND NOT EXISTS (
    SELECT 1 FROM organization_members o
    WHERE o.org_id = m.org_id AND o.status <> 'removed' AND NOT o.user_id = ANY(:people))
""")
_ALONE_THERE = text("""
SELECT c.id FROM chats c
WHERE (c.org_id = ANY(:orgs) OR (c.private AND c.id IN (SELECT chat_id FROM threads WHERE user_id = ANY(:people))))
  AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.chat_id = c.id AND NOT t.user_id = ANY(:people))
  AND NOT EXISTS (SELECT 1 FROM threads t JOIN messages m ON m.thread_id = t.id
                  WHERE t.chat_id = c.id AND NOT m.user_id = ANY(:people))
""")


async def scope_of(session: Session, people: Iterable[UUID]) -> Scope:
    """As it is now. A chat called private in which somebody else has spoken counts as shared, and so does one of an
    organization that everybody else has left: what they said in it is theirs."""
    alone = Scope(tuple(people))
    orgs = [row["org_id"] for row in await session.all(_ALONE_IN, {"people": list(alone.people)})]
    given = {"people": list(alone.people), "orgs": orgs}
    chats = [row["id"] for row in await session.all(_ALONE_THERE, given)]
    return Scope(alone.people, tuple(chats), tuple(orgs))


_LEAVES_OTHERS = text("""
SELECT DISTINCT o.name FROM organization_members m JOIN organizations o ON o.id = m.org_id
WHERE m.user_id = ANY(:people) AND m.role = 'owner' AND m.status IN ('active', 'waiting')
  AND NOT EXISTS (SELECT 1 FROM organization_members x JOIN users u ON u.id = x.user_id AND u.merged_into IS NULL
                  WHERE x.org_id = m.org_id AND x.role = 'owner' AND x.status IN ('active', 'waiting')
                  AND NOT x.user_id = ANY(:people))
  AND EXISTS (SELECT 1 FROM organization_members x WHERE x.org_id = m.org_id AND x.status <> 'removed'
              AND NOT x.user_id = ANY(:people))
ORDER BY o.name
""")


async def left_without_owner(session: Session, people: Iterable[UUID]) -> list[str]:
    """The names of the organizations that this person is the last to own, and to which others belong."""
    return [row["name"] for row in await session.all(_LEAVES_OTHERS, {"people": list(people)})]


_LEAVE = text("""
UPDATE organization_members m SET status = 'removed', decided_at = now(), updated_at = now()
WHERE m.user_id = ANY(:people) AND m.status <> 'removed'
  AND EXISTS (SELECT 1 FROM organization_members x WHERE x.org_id = m.org_id AND x.status <> 'removed'
              AND NOT x.user_id = ANY(:people))
RETURNING m.org_id, m.user_id
""")


async def leave_to_others(session: Session, people: Iterable[UUID]) -> Sequence[RowMapping]:
    """They are no member any more wherever others belong: org_id and user_id of each membership."""
    return await session.all(_LEAVE, {"people": list(people)})
