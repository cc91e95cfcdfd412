"""What everything costs while nothing is to be done: the processor time of bot, worker, Postgres and Redis together,
with Slack and Telegram configured. The doubles of the platforms, in this process, are not counted.
"""

import asyncio
from pathlib import Path
from time import monotonic

from tests.bench.measure import Figure
from tests.bench.processes import servers_in
from tests.bench.spent import servers_of, spent
from tests.bench.whole import bot_and_worker

SECONDS = 30.0
SETTLING = 3.0
"""Before the clock starts: what is done once after the start is no idling."""


async def run(folder: Path) -> list[Figure]:
    folder /= "idle"
    async with servers_in(folder) as (servers, _), bot_and_worker(folder, servers) as running:
        roots = {name: process.pid for name, process in running.items()} | await servers_of(folder, servers)
        await asyncio.sleep(SETTLING)
        before, begun = spent(roots), monotonic()
        await asyncio.sleep(SECONDS)
        after, seconds = spent(roots), monotonic() - begun
    shares = {name: (after[name] - before[name]) / seconds * 100 for name in roots}
    return [
        Figure(f"idle for {SECONDS:.0f} s: everything", "% of one core", [sum(shares.values())]),
        *(Figure(f"idle for {SECONDS:.0f} s: {name}", "% of one core", [share]) for name, share in shares.items()),
    ]
