"""The one place where a URL is taken apart: what is checked here is what is connected to."""

import re
from ipaddress import ip_address

from httpx import URL, InvalidURL

from domain.core.errors import Invalid, Misconfigured, Refused

__all__ = ["check_port", "endpoint", "host_and_port", "parse", "shortened"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_NAME = re.compile(
    r"(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?"
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

_REFUSED_PORTS = {
    22: "remote log-in",
    23: "remote log-in",
    25: "mail",
    465: "mail",
    587: "mail",
    3306: "a database",
    5432: "a database",
    6379: "a database",
    11211: "a cache",
    27017: "a database",
}
"""Services that speak no HTTP and have been tricked with it before; every other port may be a web server."""


def parse(url: str) -> URL:
    """A URL that is safe to look up: http or https, a plain host, no user name, no fragment.

    Raises:
        Invalid: it is no web address.
        Refused: it carries a user name, or a host or port that is never fetched.
    """
    try:
        parsed = URL(url.strip())
    except InvalidURL as error:
        raise Invalid(f"“{shortened(url)}” is not a valid web address.", remedy="It looks like https://….") from error
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.raw_host:
        raise Invalid(
            f"“{shortened(url)}” is not a web address.",
            remedy="Only addresses that begin with http:// or https:// are fetched.",
        )
    if parsed.userinfo:
        raise Refused(
            "The address holds a user name or password, so it is not fetched.", remedy="Leave out the part before “@”."
        )
    _check_host(parsed)
    # "localhost." and "localhost" are one host; certificates and Host headers know the form without the dot
    return parsed.copy_with(host=parsed.raw_host.decode("ascii").rstrip("."), fragment=None)


def host_and_port(url: URL) -> tuple[str, int]:
    """Of a parsed URL: the host in ASCII without brackets, and the port, the scheme's own where none is written."""
    return url.raw_host.decode("ascii"), url.port or _DEFAULT_PORTS[url.scheme]


def endpoint(pair: str) -> tuple[str, int]:
    """Host and port of a written ``host:port`` pair, in the form of ``host_and_port``.

    Raises:
        Misconfigured: it is no such pair.
    """
    host, _, port = pair.strip().lower().rpartition(":")
    if not host or not port.isdecimal():
        raise Misconfigured(
            f"“{pair}” is no host:port pair.", remedy="In LEGWORK_FETCH_ALLOW, write intranet.example:8080."
        )
    return host.removeprefix("[").removesuffix("]").rstrip("."), int(port)


def check_port(port: int) -> None:
    """Raises Refused for a port where no web server is."""
    if port in _REFUSED_PORTS:
        raise Refused(f"Port {port} is used for {_REFUSED_PORTS[port]}, not for web pages, so it is not fetched.")


def shortened(text: str) -> str:
    """A URL as an error sentence shows it: without its query, which may hold a key, and of readable length."""
    text = text.partition("?")[0]
    return text if len(text) <= 120 else f"{text[:119]}…"


def _check_host(url: URL) -> None:
    host = url.raw_host.decode("ascii")
    if url.port is not None and not 1 <= url.port <= 65_535:
        raise Invalid(f"“{url.port}” is no port number.", remedy="Ports go from 1 to 65535.")
    if _is_address(host):
        return
    if not _HOST_NAME.fullmatch(host):
        raise Invalid(f"“{shortened(host)}” is not a valid host name.", remedy="Check the address for typing errors.")
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        # inet_aton(3) reads 127.1, 0x7f.1 and 2130706433 as addresses; no real name ends in a number (RFC 3696)
        raise Refused(f"“{shortened(host)}” is an unusual way to write an address, so it is not fetched.")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host
