import socket

import pytest
from sqlalchemy import text

from domain.core.db import open_database
from domain.core.embedded import Servers
from tests.fixtures.servers import address_of, administer


@pytest.fixture
def unused_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
async def empty_url(servers: Servers) -> str:
    """A database without a schema."""
    await administer(servers, "CREATE DATABASE legwork_empty")
    return address_of(servers, "legwork_empty")


@pytest.fixture(scope="session")
async def newer_url(servers: Servers) -> str:
    """A database that a later version of Legwork has migrated."""
    await administer(servers, "CREATE DATABASE legwork_newer")
    url = address_of(servers, "legwork_newer")
    database = open_database(url, pool=1)
    async with database.system("a test") as session:
        await session.execute(text("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)"))
        await session.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    await database.close()
    return url
