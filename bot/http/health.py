"""``/healthz``: the process lives. ``/readyz``: it can reach what a request needs, in the version it needs; it says so
where there is maintenance, in which messages are taken all the same."""

from functools import partial

from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import migrations
from domain.core.db import Database
from domain.health import Check, Level, examine, failing
from domain.health.maintenance import NAME, maintenance
from domain.health.postgres import postgres
from domain.health.redis import redis

_SECONDS = 5.0


async def _alive(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


def routes(database: Database, client: Redis) -> list[Route]:
    """Both say which checks failed, and no more: anyone may ask."""
    newest = migrations.newest()
    checks = [
        Check("postgres", partial(postgres, database, newest, migrations.revision, is_embedded=False), _SECONDS),
        Check("redis", partial(redis, client), _SECONDS),
        Check(NAME, partial(maintenance, database), _SECONDS),
    ]

    async def ready(request: Request) -> JSONResponse:
        found = await examine(checks)
        failed = [finding.name for finding in failing(found) if finding.name != NAME]  # Postgres is asked for itself
        waits = any(one.name == NAME and one.level is Level.WARNING for one in found)
        said = {"status": "error" if failed else "ok", "failed": failed} | ({"maintenance": True} if waits else {})
        return JSONResponse(said, status_code=503 if failed else 200)

    return [Route("/healthz", _alive), Route("/readyz", ready)]
