"""Addresses of Postgres and Redis in the many forms in which they are handed out."""

import ssl
from typing import Any

import pytest
from arq.connections import RedisSettings
from sqlalchemy.ext.asyncio import create_async_engine

from domain.core.addresses import database_address, redis_settings
from domain.core.errors import Misconfigured


def arguments(text: str) -> dict[str, Any]:
    """What asyncpg's connect would be called with, as SQLAlchemy's dialect makes it of the address."""
    address = database_address(text)
    engine = create_async_engine(address.url, connect_args=address.connect_args)
    _, from_url = engine.dialect.create_connect_args(address.url)
    return {**from_url, **address.connect_args}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://me@db.example/legwork", {"host": "db.example", "user": "me", "database": "legwork"}),
        ("postgresql://db.example:6543/legwork", {"host": "db.example", "port": 6543, "database": "legwork"}),
        ("postgresql+psycopg2://db.example", {"host": "db.example"}),
        ("postgresql+asyncpg://db.example", {"host": "db.example"}),
        ("  postgres://db.example\n", {"host": "db.example"}),
        ("postgres://me:p%40ss%2Fword%25@h/d", {"host": "h", "user": "me", "password": "p@ss/word%", "database": "d"}),
        ("postgres://me@[::1]:5433/d", {"host": "::1", "port": 5433, "user": "me", "database": "d"}),
        (
            "postgresql://postgres@/postgres?host=/run/pg",
            {"host": "/run/pg", "user": "postgres", "database": "postgres"},
        ),
        ("postgresql://me@%2Frun%2Fpg/d", {"host": "/run/pg", "user": "me", "database": "d"}),
        ("postgresql:///d?host=/run/pg&port=5433", {"host": "/run/pg", "port": 5433, "database": "d"}),
        (
            "postgresql://?host=h&port=5433&user=me&password=p&dbname=d",
            {"host": "h", "port": 5433, "user": "me", "password": "p", "database": "d"},
        ),
        ("postgres://h/d?sslmode=disable", {"host": "h", "database": "d", "ssl": "disable"}),
        ("postgres://h/d?sslmode=prefer", {"host": "h", "database": "d", "ssl": "prefer"}),
        ("postgres://h/d?sslmode=require&channel_binding=require", {"host": "h", "database": "d", "ssl": "require"}),
        ("postgres://h/d?ssl=true", {"host": "h", "database": "d", "ssl": "require"}),
        ("postgres://h/d?ssl=require", {"host": "h", "database": "d", "ssl": "require"}),
        ("postgres://h/d?connect_timeout=5", {"host": "h", "database": "d", "timeout": 5.0}),
        (
            "postgres://h/d?application_name=lw&options=-csearch_path%3Dx",
            {"host": "h", "database": "d", "server_settings": {"application_name": "lw", "options": "-csearch_path=x"}},
        ),
        ("postgres://h/d?statement_cache_size=0", {"host": "h", "database": "d", "statement_cache_size": 0}),
        ("postgres://h/d?pgbouncer=true", {"host": "h", "database": "d"}),
    ],
)
def test_postgres_addresses_reach_asyncpg(text: str, expected: dict[str, Any]) -> None:
    assert arguments(text) == expected
    assert database_address(text).url.drivername == "postgresql+asyncpg"


@pytest.mark.parametrize(
    ("query", "checks_host", "mode"),
    [
        ("sslmode=verify-full", True, ssl.CERT_REQUIRED),
        ("sslmode=verify-ca", False, ssl.CERT_REQUIRED),
        ("sslrootcert=system", True, ssl.CERT_REQUIRED),
        ("sslmode=verify-full&sslrootcert=system", True, ssl.CERT_REQUIRED),
    ],
)
def test_verified_encryption_becomes_a_context(query: str, checks_host: bool, mode: ssl.VerifyMode) -> None:
    context = arguments(f"postgres://h/d?{query}")["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert (context.check_hostname, context.verify_mode) == (checks_host, mode)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mysql://me:secret@h/d", "not an address of a Postgres server"),
        ("db.example/secret", "not an address of a Postgres server"),
        ("postgres://me:secret@h:port/d", "not an address of a Postgres server"),
        ("", "not an address of a Postgres server"),
        ("postgres://me:secret@h/d?sslmode=maybe", "sslmode that does not exist: maybe"),
        ("postgres://me:secret@h/d?sslmode=verify-ca&sslrootcert=/no/such/file", "cannot be read: No such file"),
        ("postgres://me:secret@one,two/d", "several servers"),
        ("postgres://me:secret@one:5432,two:5432/d", "not an address of a Postgres server"),
        ("postgres://me:secret@h/d?wings=2", "does not know: wings"),
        ("postgres://me:secret@h/d?connect_timeout=soon", "connect_timeout that is no number"),
    ],
)
def test_what_is_no_postgres_address_is_refused_without_repeating_it(text: str, fault: str) -> None:
    with pytest.raises(Misconfigured, match=fault) as refusal:
        database_address(text)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis://cache.example", {"host": "cache.example", "port": 6379, "database": 0}),
        ("redis://cache.example:6380/3", {"host": "cache.example", "port": 6380, "database": 3}),
        ("redis://cache.example/?db=4", {"database": 4}),
        ("valkey://cache.example/2", {"host": "cache.example", "database": 2, "ssl": False}),
        ("redis://:p%40ss%2F@h", {"username": None, "password": "p@ss/"}),
        ("redis://me%2Bus:p%25@h", {"username": "me+us", "password": "p%"}),
        ("redis://[::1]:6380", {"host": "::1", "port": 6380}),
        ("rediss://h", {"ssl": True, "ssl_cert_reqs": "required", "ssl_check_hostname": True}),
        ("valkeys://h", {"ssl": True}),
        ("rediss://h?ssl_cert_reqs=CERT_NONE", {"ssl": True, "ssl_cert_reqs": "none", "ssl_check_hostname": False}),
        ("rediss://h?ssl_check_hostname=false", {"ssl_cert_reqs": "required", "ssl_check_hostname": False}),
        ("rediss://h?ssl_ca_certs=/ca.pem", {"ssl_ca_certs": "/ca.pem"}),
        ("unix:///run/valkey.sock", {"unix_socket_path": "/run/valkey.sock", "database": 0, "password": None}),
        ("unix://me:p%40@/run/a%20b.sock?db=1", {"unix_socket_path": "/run/a b.sock", "database": 1, "password": "p@"}),
    ],
)
def test_redis_addresses_reach_arq(text: str, expected: dict[str, Any]) -> None:
    settings = RedisSettings(**redis_settings(text))
    assert {name: getattr(settings, name) for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h:6379",
        "http://:secret@h",
        "redis://:secret@h:port",
        "redis://:secret@h/zero",
        "unix://",
        "rediss://h?ssl_cert_reqs=x",
    ],
)
def test_what_is_no_redis_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL is not an address") as refusal:
        redis_settings(text)
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None
