"""What keeps a test run to itself: no network but loopback, none of the developer's settings or data.

An audit hook sees every connection this process opens, whichever library asks (asyncio, httpx, asyncpg,
redis). A refused one raises where it is made and fails the test that was running, even if the code under
test swallows the error. Processes that tests start are not watched; they inherit the cleaned environment.
"""

import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from domain.core.failpoints import VARIABLE
from domain.core.settings import variables

_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})
_ATTEMPTS: list[str] = []


class NetworkIsOff(PermissionError):
    """A test reached for an address that is not of this machine."""


def pytest_configure(config: pytest.Config) -> None:
    for name in (*variables(), VARIABLE):
        os.environ.pop(name, None)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        os.environ.pop(name, None)
    data = Path(tempfile.mkdtemp(prefix="legwork-tests-"))
    data.chmod(0o755)  # run by root, embedded servers belong to an account that has to reach it
    config.add_cleanup(lambda: shutil.rmtree(data, ignore_errors=True))
    os.environ["LEGWORK_DATA_DIR"] = str(data)
    sys.addaudithook(_watch)
    hypothesis.settings.register_profile("legwork", deadline=None, derandomize="CI" in os.environ, print_blob=True)
    hypothesis.settings.load_profile("legwork")


@pytest.fixture(autouse=True)
def network_is_off() -> Iterator[None]:
    _ATTEMPTS.clear()
    yield
    assert not _ATTEMPTS, f"reached for the network: {', '.join(_ATTEMPTS)}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with sample data and specifications that is kept beside the project, where there is one."""
    folder = Path(os.environ.get("LEGWORK_SHARED", Path(__file__).parents[1] / "../shared")).resolve()
    if not folder.is_dir():
        pytest.skip(f"there is no {folder}: set LEGWORK_SHARED")
    return folder


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    match event:
        case "socket.connect" | "socket.sendto":
            address = arguments[1]
            if isinstance(address, tuple) and not _is_here(str(address[0])):  # others are unix sockets
                _refuse(f"{address[0]}:{address[1]}")
        case "socket.getaddrinfo" | "socket.gethostbyname":
            host = arguments[0]
            name = host.decode() if isinstance(host, bytes) else str(host or "")
            if not _is_address(name) and name.lower() not in _NAMES:
                _refuse(name)
        case _:
            return


def _refuse(target: str) -> None:
    _ATTEMPTS.append(target)
    raise NetworkIsOff(f"the network is off in tests, and {target} is not of this machine")


def _is_here(host: str) -> bool:
    if not _is_address(host):
        return host.lower() in _NAMES
    address = ipaddress.ip_address(host.partition("%")[0])
    return address.is_loopback or address.is_unspecified


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
