"""What a probe looks at each minute: of the checks of ``legwork doctor`` those that cost next to nothing."""

from collections.abc import Sequence
from functools import partial

import migrations
from domain.core.embedded import Servers
from domain.core.settings import Settings
from domain.flow.common.legwork import Legwork
from domain.health import Check, Finding, machine, outside
from domain.health.maintenance import maintenance
from domain.health.postgres import postgres
from domain.health.redis import connect, redis
from domain.health.workers import workers


def probes(settings: Settings, servers: Servers, legwork: Legwork, platforms: Sequence[Check]) -> Sequence[Check]:
    """``platforms`` are the checks of the chat platforms. A model's server is asked for its list alone."""
    database, is_embedded = legwork.database, settings.database_url is None

    async def answers() -> Sequence[Finding]:
        client = connect(servers.redis_url)
        try:
            return await redis(client)
        finally:
            await client.aclose()

    async def worked_off() -> Sequence[Finding]:
        client = connect(servers.redis_url)
        try:
            return await workers(database, client, is_embedded=is_embedded)
        finally:
            await client.aclose()

    schema = partial(postgres, database, migrations.newest(), migrations.revision, is_embedded=is_embedded)
    return [
        Check("postgres", schema),
        Check("redis", answers),
        Check("workers", worked_off),
        Check("maintenance", partial(maintenance, database)),
        Check("data directory", partial(machine.data_directory, settings)),
        Check("storage", partial(outside.storage, legwork.storage), limit=10),
        Check("model", partial(outside.model, settings), limit=10),
        *platforms,
    ]
