"""Addresses of servers as people write them, and as the libraries want them.

Hosts and add-ons hand out ``postgres://...?sslmode=require`` and ``rediss://:pass%21word@...``;
SQLAlchemy, asyncpg and arq take neither as it stands. No error here repeats an address: it may hold a
password.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from domain.core.errors import Misconfigured

__all__ = ["DatabaseAddress", "RedisSettings", "database_address", "redis_settings"]


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """What ``create_async_engine`` takes; the second part as ``connect_args``."""

    url: URL = field(repr=False)
    connect_args: dict[str, Any] = field(repr=False)


class RedisSettings(TypedDict):
    """The fields of arq's RedisSettings that an address can hold: ``arq.connections.RedisSettings(**these)``."""

    host: str
    port: int
    unix_socket_path: str | None
    database: int
    username: str | None
    password: str | None
    ssl: bool
    ssl_keyfile: str | None
    ssl_certfile: str | None
    ssl_cert_reqs: str
    ssl_ca_certs: str | None
    ssl_check_hostname: bool


_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

_OURS = {"host", "port"}
"""Query parameters that SQLAlchemy understands itself."""

_IGNORED = {"channel_binding", "gssencmode", "pgbouncer", "connection_limit", "pool_timeout"}
"""Found in addresses that hosts hand out, for other drivers; asyncpg has no such choice."""


def database_address(text: str) -> DatabaseAddress:
    """A Postgres address for SQLAlchemy with asyncpg.

    Takes ``postgres://``, ``postgresql://`` and ``postgresql+<driver>://``, sockets as ``?host=/directory``
    or as ``%2Fdirectory`` in the host's place, and libpq's parameters where asyncpg has their like
    (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS).

    Raises:
        Misconfigured: it is no such address, or asks for something that cannot be had.
    """
    try:
        given = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise _no_database() from None
    if given.drivername.partition("+")[0] not in {"postgres", "postgresql"}:
        raise _no_database()
    query = {name: value if isinstance(value, str) else value[-1] for name, value in given.query.items()}
    connect_args = _take_connect_args(query)
    url = _in_its_place(given.set(drivername="postgresql+asyncpg"), query)
    if unknown := sorted(query.keys() - _OURS):
        raise Misconfigured(
            f"DATABASE_URL has a parameter that Legwork does not know: {', '.join(unknown)}.",
            remedy="Remove it from the address.",
        )
    return DatabaseAddress(url.set(query=query), connect_args)


def redis_settings(text: str) -> RedisSettings:
    """A Redis or Valkey address, as arq's RedisSettings takes it.

    Takes ``redis://``, ``rediss://`` (TLS), ``valkey://``, ``valkeys://`` and ``unix:///path?db=1``; names,
    passwords and paths may be percent-encoded. Over TLS the certificate and its host name are checked
    unless ``ssl_cert_reqs=none`` says otherwise.

    Raises:
        Misconfigured: it is no such address.
    """
    try:
        given = urlsplit(text.strip())
        query = {name: values[-1] for name, values in parse_qs(given.query).items()}
        return _redis_settings(given, query)
    except ValueError:
        raise Misconfigured(
            "REDIS_URL is not an address of a Redis server.",
            remedy="It looks like redis://:password@host:6379/0, rediss://… for TLS, or unix:///path/to/socket.",
        ) from None


def _redis_settings(given: SplitResult, query: dict[str, str]) -> RedisSettings:
    scheme = given.scheme.lower()
    if scheme not in {"redis", "rediss", "valkey", "valkeys", "unix"}:
        raise ValueError(scheme)
    socket = unquote(given.path) if scheme == "unix" else None
    if socket == "":
        raise ValueError("a unix address without a path")
    numbered = query.get("db") or ("" if socket else given.path.strip("/")) or "0"
    checks = query.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    if checks not in {"none", "optional", "required"}:
        raise ValueError(checks)
    named = query.get("ssl_check_hostname", "").lower()
    return RedisSettings(
        host=given.hostname or "localhost",
        port=given.port or 6379,
        unix_socket_path=socket,
        database=int(numbered),
        username=unquote(given.username) if given.username else None,
        password=unquote(given.password) if given.password else None,
        ssl=scheme in {"rediss", "valkeys"},
        ssl_keyfile=query.get("ssl_keyfile"),
        ssl_certfile=query.get("ssl_certfile"),
        ssl_cert_reqs=checks,
        ssl_ca_certs=query.get("ssl_ca_certs"),
        ssl_check_hostname=checks != "none" and named not in {"false", "0", "no"},
    )


def _in_its_place(url: URL, query: dict[str, str]) -> URL:
    """Move what libpq also takes as parameters to where SQLAlchemy looks for it."""
    if url.host is not None and url.host.lower().startswith("%2f"):
        query["host"] = unquote(url.host)
        url = url.set(host=None)
    if url.host is not None and "," in url.host:
        raise Misconfigured(
            "DATABASE_URL names several servers.", remedy="Name the primary, or an address that leads to it."
        )
    if (port := query.pop("port", None)) is not None:
        url = url.set(port=_number("port", port, int))
    if (host := query.get("host")) is not None and not host.startswith("/"):
        url = url.set(host=query.pop("host"))
    name = query.pop("dbname", None)
    user = query.pop("user", None)
    password = query.pop("password", None)
    return url.set(database=name or url.database, username=user or url.username, password=password or url.password)


def _take_connect_args(query: dict[str, str]) -> dict[str, Any]:
    """asyncpg's arguments for the parameters it has another form for; those are taken out of ``query``."""
    arguments: dict[str, Any] = {}
    encryption = _take_ssl(query)
    if encryption is not None:
        arguments["ssl"] = encryption
    for name, argument in (("connect_timeout", "timeout"), ("command_timeout", "command_timeout")):
        if (seconds := query.pop(name, None)) is not None:
            arguments[argument] = _number(name, seconds, float)
    for name in ("statement_cache_size", "prepared_statement_cache_size"):
        if (size := query.pop(name, None)) is not None:
            arguments[name] = _number(name, size, int)
    for name in ("target_session_attrs", "passfile", "krbsrvname"):
        if (value := query.pop(name, None)) is not None:
            arguments[name] = value
    settings = {name: query.pop(name) for name in ("application_name", "options") if name in query}
    if settings:
        arguments["server_settings"] = settings
    for name in _IGNORED:
        query.pop(name, None)
    return arguments


def _take_ssl(query: dict[str, str]) -> ssl.SSLContext | str | None:
    """What ``sslmode`` and its files ask for: asyncpg knows the modes by name, files need a context.

    ``verify-full`` and ``verify-ca`` without ``sslrootcert`` trust what this machine trusts; libpq would
    want a file in the home directory, which a server has none of.
    """
    mode = query.pop("sslmode", None) or query.pop("ssl", None)
    authorities, certificate, key = (query.pop(name, None) for name in ("sslrootcert", "sslcert", "sslkey"))
    if mode in {"true", "1"}:
        mode = "require"
    if mode is not None and mode not in _SSL_MODES:
        raise Misconfigured(
            f"DATABASE_URL has an sslmode that does not exist: {mode}.", remedy=f"There are {', '.join(_SSL_MODES)}."
        )
    if mode == "disable" or not (authorities or certificate or mode in {"verify-ca", "verify-full"}):
        return mode
    try:
        context = ssl.create_default_context(cafile=None if authorities == "system" else authorities)
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except OSError as error:
        raise Misconfigured(
            f"A certificate file named in DATABASE_URL cannot be read: {error.strerror or error}.",
            remedy="Check sslrootcert, sslcert and sslkey.",
        ) from error
    context.check_hostname = mode == "verify-full" or authorities == "system"
    if authorities is None and mode not in {"verify-ca", "verify-full"}:
        context.verify_mode = ssl.CERT_NONE
    return context


def _number(name: str, value: str, kind: Callable[[str], Any]) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise Misconfigured(f"DATABASE_URL has a {name} that is no number.", remedy="Write it in digits.") from None


def _no_database() -> Misconfigured:
    return Misconfigured(
        "DATABASE_URL is not an address of a Postgres server.",
        remedy="It looks like postgresql://user:password@host:5432/database, with a password percent-encoded.",
    )
