"""Whether Redis (or Valkey) answers, takes writes, and whether workers listen on it."""

from collections.abc import Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.core.addresses import redis_settings
from domain.core.errors import Unavailable
from domain.health.check import Finding, error, ok

__all__ = ["connect", "redis"]

_OLDEST_MAJOR = 6


def connect(url: str) -> Redis:
    """A client that gives up at once instead of waiting for the server to come back: that is what is asked."""
    given = redis_settings(url)
    return Redis(
        host=given["host"],
        port=given["port"],
        unix_socket_path=given["unix_socket_path"],
        db=given["database"],
        username=given["username"],
        password=given["password"],
        ssl=given["ssl"],
        ssl_keyfile=given["ssl_keyfile"],
        ssl_certfile=given["ssl_certfile"],
        ssl_cert_reqs=given["ssl_cert_reqs"],
        ssl_ca_certs=given["ssl_ca_certs"],
        ssl_check_hostname=given["ssl_check_hostname"],
        socket_connect_timeout=3,
        socket_timeout=3,
    )


async def redis(client: Redis) -> Sequence[Finding]:
    """Raises Unavailable when it does not answer."""
    try:
        about: dict[str, Any] = await cast(Any, client).info()  # its arguments are untyped
    except (RedisError, OSError) as failure:
        raise Unavailable(
            "Redis does not answer.", remedy="Start it, correct REDIS_URL, or unset it to use the embedded one."
        ) from failure
    return [_server(about)]


def _server(about: dict[str, Any]) -> Finding:
    if about.get("server_name") == "valkey":
        name, version = "Valkey", str(about["valkey_version"])
    else:
        name, version = "Redis", str(about["redis_version"])
    said = f"{name} {version}, {_persistence(about)}."
    if about.get("role") == "slave":
        return error("redis", f"{said} It is a read-only replica.", "Name the primary in REDIS_URL.")
    if int(version.partition(".")[0]) < _OLDEST_MAJOR:
        return error("redis", f"{said} That is too old.", "Upgrade to Redis 6 or newer, or to Valkey.")
    if about.get("rdb_last_bgsave_status") == "err" or about.get("aof_last_write_status") == "err":
        return error("redis", f"{said} It could not save, and may refuse writes.", "Look at its log and its disk.")
    return ok("redis", said)


def _persistence(about: dict[str, Any]) -> str:
    """Nothing is lost with Redis: it wakes workers, and the ledger is in Postgres."""
    return "append-only file on" if about.get("aof_enabled") else "no append-only file (none is needed)"
