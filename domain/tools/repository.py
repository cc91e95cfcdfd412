from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.core.db import Session
from domain.core.ids import new_id
from domain.orgs.now import HELD_ROLE, ROLE
from domain.tools.models import tool_executions, tools
from domain.tools.registry import Tool


async def seed(session: Session, registered: Iterable[Tool]) -> None:
    rows = [
        {
            "id": new_id(),
            "name": tool.name,
            "display_name": tool.display_name,
            "description": tool.description,
            "category": tool.category.value,
            "schema": tool.schema(),
            "effect": tool.effect.value,
        }
        for tool in registered
    ]
    statement = upsert(tools)
    kept = ("display_name", "description", "category", "schema", "effect")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={name: statement.excluded[name] for name in kept}
        ),
        rows,
    )


MOST_COUNTED = 1_000
"""Calls of a tool beyond this are not counted: it is used a lot."""


_ALL = text("""
SELECT *, (SELECT count(*) FROM (SELECT FROM tool_executions e WHERE e.tool_id = tools.id LIMIT :most) counted)
       AS usage_count
FROM tools ORDER BY category, name
""")


async def all_tools(session: Session) -> Sequence[RowMapping]:
    """Every tool, with ``usage_count``: how often it was called, at most ``MOST_COUNTED``.

    A counter would make every call wait for its row, and counting all of them would read all of them.
    """
    return await session.all(_ALL, {"most": MOST_COUNTED})


SWITCHES = """
SELECT id AS org_id, kit_version,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(settings -> 'tools_off', '[]'))
             UNION ALL SELECT name FROM tools WHERE NOT enabled) AS off
FROM organizations"""
"""SQL: what each organization lets its tasks use."""

_KIT, _KIT_HELD = (
    text(f"SELECT kit.*, {role} AS role FROM ({SWITCHES} WHERE id = :org_id) kit")  # noqa: S608 - constants
    for role in (each.format(org="kit.org_id", user=":user_id") for each in (ROLE, HELD_ROLE))
)


async def kit_of(session: Session, org_id: UUID, user_id: UUID, *, held: bool) -> RowMapping | None:
    """``kit_version``; ``off``, the names of the tools that are switched off, for the organization or for all; and the
    person's ``role`` there at this moment, or, ``held``, until the transaction ends."""
    return await session.first(_KIT_HELD if held else _KIT, {"org_id": org_id, "user_id": user_id})


_SWITCH = text("""
UPDATE organizations SET kit_version = kit_version + 1, updated_at = now(),
       settings = jsonb_set(settings, '{tools_off}', coalesce(settings -> 'tools_off', '[]') - CAST(:tool AS text)
                            || CASE WHEN :turned_on THEN '[]' ELSE jsonb_build_array(CAST(:tool AS text)) END)
WHERE id = :org_id
  AND coalesce(settings -> 'tools_off', '[]') @> jsonb_build_array(CAST(:tool AS text)) = CAST(:turned_on AS boolean)
RETURNING id
""")


async def switch(session: Session, org_id: UUID, tool: str, *, on: bool) -> bool:
    """False where it was so already."""
    return await session.scalar(_SWITCH, {"org_id": org_id, "tool": tool, "turned_on": on}) is not None


_SWITCH_FOR_ALL = text(
    "UPDATE tools SET enabled = :turned_on WHERE name = :tool AND enabled <> :turned_on RETURNING id"
)
_HAVE_ALL_LOOK = text("UPDATE organizations SET kit_version = kit_version + 1")


async def switch_for_all(session: Session, tool: str, *, on: bool) -> bool:
    """For every organization, whatever it has switched itself. False where it was so already."""
    if await session.scalar(_SWITCH_FOR_ALL, {"tool": tool, "turned_on": on}) is None:
        return False
    await session.execute(_HAVE_ALL_LOOK)
    return True


async def executions(session: Session, tool: str, limit: int = 10) -> Sequence[RowMapping]:
    """The latest calls of a tool."""
    return await session.all(
        select(tool_executions)
        .join(tools, tools.c.id == tool_executions.c.tool_id)
        .where(tools.c.name == tool)
        .order_by(tool_executions.c.id.desc())
        .limit(limit)
    )
