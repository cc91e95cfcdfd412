"""What a new database starts with, as the command line brings it about."""

from domain.core.db import Database
from domain.core.settings import Settings
from domain.core.web import GuardedClient
from domain.reports.tools import report_tools
from domain.tools import service as tools
from domain.tools.builtin import builtin_tools
from domain.tools.registry import Registry


async def seed(settings: Settings, database: Database) -> None:
    """Bring the tools table in step with the tools of this version."""
    registry = Registry([*builtin_tools(settings, GuardedClient(settings)), *report_tools(settings)])
    async with database.system("the table of tools is everybody's") as session:
        await tools.seed(session, registry)
