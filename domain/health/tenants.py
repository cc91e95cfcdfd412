"""Whether the database keeps organizations apart: the role that a tenant's transactions go by."""

from collections.abc import Awaitable, Callable, Sequence

from domain.core.db import Database
from domain.core.db.direct import TENANT
from domain.core.db.wall import Wall
from domain.health.check import Finding, error, ok


async def tenants(
    database: Database, stands: Callable[[Database], Awaitable[Wall]], *, is_embedded: bool
) -> Sequence[Finding]:
    """``stands`` tells how the role stands for this login.

    Raises:
        Unavailable, Misconfigured: the database does not answer, or lets nobody in.
    """
    wall = await stands(database)
    if wall.stands:
        return [ok("tenants", "Organizations are kept apart by the database as well.")]
    if is_embedded:
        return [ok("tenants", f"The role {TENANT} is set up when Legwork starts.")]
    if wall.may_make:
        return [error("tenants", f"The role {TENANT} is missing: nothing starts without it.", "Run “legwork migrate”.")]
    return [
        error(
            "tenants",
            f"The login of DATABASE_URL has no role {TENANT} to go by, and may not make it: nothing starts without.",
            f"Have an administrator run “{'; '.join(wall.missing)};”, then run “legwork migrate”.",
        )
    ]
