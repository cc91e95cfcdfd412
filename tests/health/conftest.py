import socket

import pytest

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
