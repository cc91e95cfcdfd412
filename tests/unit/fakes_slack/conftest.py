"""A Slack of its own for each test, and the real SDK's client for it."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Person, Rules
from tests.fakes.slack.state import Channel


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(rules=Rules(limited=False)) as double:
        yield double


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, retry_handlers=[])


@pytest.fixture
def mara(slack: FakeSlack) -> Person:
    return slack.person("Mara")


@pytest.fixture
def sales(slack: FakeSlack, mara: Person) -> Channel:
    return slack.channel("sales", mara)
