"""Servers and workers of the chaos tests: apart from those of other tests, since they are stopped and killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.core.db import Database
from domain.core.embedded import Servers
from tests.chaos.crew import Crew
from tests.chaos.formation import Formation, form
from tests.chaos.ground import Ground, ground_on


@pytest.fixture
async def ground(
    servers: Servers, servers_dir: Path, template: str, shared_database: Database
) -> AsyncIterator[Ground]:
    """A ground of its own."""
    async with ground_on(servers, servers_dir, beside=[shared_database]) as made:
        yield made


@pytest.fixture(scope="package")
async def common_ground(
    servers: Servers, servers_dir: Path, template: str, shared_database: Database
) -> AsyncIterator[Ground]:
    """One for all tests that leave each other's work alone; its workers live on from test to test."""
    async with ground_on(servers, servers_dir, beside=[shared_database]) as made:
        yield made


@pytest.fixture
async def calm_ground(common_ground: Ground) -> Ground:
    """The same, with fresh connections: a row on a ground of its own may have restarted Postgres meanwhile."""
    await common_ground.database.close()
    return common_ground


@pytest.fixture
async def crew(calm_ground: Ground) -> AsyncIterator[Crew]:
    """Two live workers, and a web whose gate is closed."""
    calm_ground.web.gate.clear()
    calm_ground.web.ledger.clear()
    await calm_ground.crew.muster(2)
    yield calm_ground.crew
    calm_ground.web.gate.set()


@pytest.fixture
async def formation(calm_ground: Ground) -> AsyncIterator[Formation]:
    """The Procfile's processes, none of them started yet."""
    await calm_ground.crew.muster(0)
    made = form(calm_ground.environment, calm_ground.folder)
    yield made
    for process in made.processes.values():
        await process.kill()
