from collections.abc import AsyncIterator

import pytest

from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from tests.fixtures.servers import address_of


@pytest.fixture
async def migrated(servers: Servers, template: str) -> AsyncIterator[Database]:
    database = open_database(address_of(servers, template), pool=1)
    yield database
    await database.close()
