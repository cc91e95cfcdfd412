"""What is read of an organization: who belongs to it, how it is set, and how large it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core import ids
from domain.core.db import Session
from domain.orgs.access import Role, Standing, rank


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in an organization, or who was; ``id`` is that of the membership."""

    id: UUID
    user_id: UUID
    name: str | None
    role: Role
    standing: Standing
    since: datetime
    decided_at: datetime | None
    """When people last made something of it."""

    @property
    def called(self) -> str:
        """Their name, or a short id where none is known."""
        return self.name or ids.short("usr", self.user_id)


_COLUMNS = "om.id, om.user_id, u.name, om.role, om.status, om.created_at, om.decided_at"
_MEMBERS = text(f"""
SELECT {_COLUMNS} FROM organization_members om JOIN users u ON u.id = om.user_id
WHERE om.org_id = :org_id AND u.merged_into IS NULL
  AND (CAST(:before AS uuid) IS NULL OR om.id < CAST(:before AS uuid))
ORDER BY om.id DESC LIMIT :limit
""")  # noqa: S608 - of the constant above


async def members(session: Session, org_id: UUID, *, before: UUID | None = None, limit: int) -> list[Member]:
    """Who belongs to it, and who did, the newest first. ``before``: those that follow the membership of that id."""
    return _read(await session.all(_MEMBERS, {"org_id": org_id, "before": before, "limit": limit}))


_ONE = text(f"""
SELECT {_COLUMNS} FROM organization_members om JOIN users u ON u.id = om.user_id
WHERE om.org_id = :org_id AND om.user_id = :user_id
""")  # noqa: S608 - of the constant above


async def member(session: Session, org_id: UUID, user_id: UUID) -> Member | None:
    return next(iter(_read(await session.all(_ONE, {"org_id": org_id, "user_id": user_id}))), None)


# An id is written by its last letters, of five bits each.
_NAMED = text(f"""
SELECT {_COLUMNS} FROM organization_members om JOIN users u ON u.id = om.user_id
WHERE om.org_id = :org_id AND u.merged_into IS NULL AND (
    lower(u.name) = :name OR :name = ANY (regexp_split_to_array(lower(u.name), '\\s+'))
    OR lower(u.email) = :name
    OR ('x' || right(replace(CAST(om.user_id AS text), '-', ''), 15))::bit(60)::bigint & CAST(:mask AS bigint)
       = CAST(:ending AS bigint))
ORDER BY lower(u.name) = :name DESC, om.id LIMIT 30
""")  # noqa: S608 - of the constant above

_LONGEST_ENDING = 12


async def named(session: Session, org_id: UUID, written: str) -> list[Member]:
    """Whom a name, a part of one, a mail address or the end of an id may mean. What somebody calls themselves, be it
    another's id, puts them in nobody's place: beside who is meant by the id it is another who may be."""
    name = " ".join(written.removeprefix("@").lower().split())
    ending = ids.ending(name.removeprefix("usr_")[-_LONGEST_ENDING:])
    mask, value = ending if ending is not None and ending[0].bit_length() >= 20 else (0, -1)  # four letters
    given = {"org_id": org_id, "name": name, "mask": mask, "ending": value}
    found = _read(await session.all(_NAMED, given))
    if name.startswith("usr_"):
        return [one for one in found if ids.means("usr", name, one.user_id)]
    return found


def _read(rows: Sequence[RowMapping]) -> list[Member]:
    return [
        Member(
            row["id"],
            row["user_id"],
            row["name"],
            Role(row["role"]),
            Standing(row["status"]),
            row["created_at"],
            row["decided_at"],
        )
        for row in rows
    ]


_ABOUT = text("SELECT id, name, settings, created_at FROM organizations WHERE id = :org_id")


async def about(session: Session, org_id: UUID) -> RowMapping | None:
    """An organization: id, name, settings, created_at."""
    return await session.first(_ABOUT, {"org_id": org_id})


_COUNTED = text("""
SELECT CASE WHEN status = 'active' THEN role ELSE status END AS standing, count(*) AS many
FROM organization_members m JOIN users u ON u.id = m.user_id AND u.merged_into IS NULL
WHERE m.org_id = :org_id GROUP BY 1
""")


async def counted(session: Session, org_id: UUID) -> dict[str, int]:
    """How many there are of each role, and how many are suspended and removed."""
    return {row["standing"]: row["many"] for row in await session.all(_COUNTED, {"org_id": org_id})}


@dataclass(frozen=True, slots=True)
class Belonging:
    """An organization somebody is a member of."""

    org_id: UUID
    name: str
    role: Role


_BELONGS = text("""
SELECT o.id, o.name, om.role FROM organization_members om JOIN organizations o ON o.id = om.org_id
WHERE om.user_id = ANY(:ids) AND om.status = 'active' ORDER BY o.id
""")


async def belongings(session: Session, user_ids: Collection[UUID]) -> list[Belonging]:
    """Every organization in which a person, by any of their ids, is an active member; each once, by the higher role.
    In a transaction that sees all of them."""
    found: dict[UUID, Belonging] = {}
    for row in await session.all(_BELONGS, {"ids": list(user_ids)}):
        one = Belonging(row["id"], row["name"], Role(row["role"]))
        known = found.get(one.org_id)
        if known is None or rank(known.role) < rank(one.role):
            found[one.org_id] = one
    return list(found.values())
