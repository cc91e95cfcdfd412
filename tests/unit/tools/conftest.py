import socket
from collections.abc import AsyncIterator

import pytest

from domain.core.settings import Settings
from domain.core.web import GuardedClient
from tests.fakes.web import FakeWeb, fake_web


@pytest.fixture(scope="module")
async def web() -> AsyncIterator[FakeWeb]:
    async with fake_web() as running:
        yield running


@pytest.fixture
def client(web: FakeWeb) -> GuardedClient:
    return GuardedClient(Settings(fetch_allow=(web.endpoint,)))


@pytest.fixture
def unused_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
