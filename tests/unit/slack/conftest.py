from collections.abc import AsyncIterator
from typing import cast

import pytest

from bot.edge import Edge
from tests.contracts.slack import SlackHarness, slack
from tests.unit.slack.door import Door, FakeEdge, opened


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    edge = FakeEdge()
    async with opened(cast(Edge, edge)) as client:
        yield Door(edge, client)


@pytest.fixture
async def it() -> AsyncIterator[SlackHarness]:
    async with slack() as harness:
        yield harness
