"""Somebody who is cancelled on the way, at each point of it in turn."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def cut_off(work: Coroutine[Any, Any, None], turns: int) -> None:
    """Begin it, and cancel it after so many turns of the loop."""
    begun = asyncio.create_task(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    begun.cancel()
    await asyncio.wait({begun})
