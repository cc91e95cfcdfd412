"""What the tests of the console share."""

import asyncio
from collections.abc import AsyncGenerator

import pytest_asyncio


@pytest_asyncio.fixture(autouse=True)
async def nothing_left_running() -> AsyncGenerator[None]:
    """What a test began and did not end is ended with it: found pending later, it would be told in another test."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=10)
