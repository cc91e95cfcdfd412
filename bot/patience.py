"""Waiting that ends early when the process is to stop."""

import asyncio


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not once it is time to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
