"""The tests themselves: what keeps them to this machine really does."""

import os
import socket
from collections.abc import Iterator

import httpx
import pytest

from domain.core.settings import load
from tests import isolation

ELSEWHERE = "192.0.2.1"  # TEST-NET-1, RFC 5737: nobody's address


@pytest.fixture
def expected(network_is_off: None) -> Iterator[list[str]]:
    """The attempts of this test, which is meant to make some."""
    yield isolation._ATTEMPTS
    isolation._ATTEMPTS.clear()


def test_no_connection_leaves_the_machine(expected: list[str]) -> None:
    with pytest.raises(isolation.NetworkIsOff), socket.socket() as outgoing:
        outgoing.connect((ELSEWHERE, 443))
    assert expected == [f"{ELSEWHERE}:443"]


async def test_an_attempt_is_remembered_even_if_the_library_wraps_the_error(expected: list[str]) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises((httpx.TransportError, isolation.NetworkIsOff)):
            await client.get(f"http://{ELSEWHERE}/")
    assert expected == [f"{ELSEWHERE}:80"]


def test_no_name_is_looked_up(expected: list[str]) -> None:
    with pytest.raises(isolation.NetworkIsOff):
        socket.getaddrinfo("legwork.example", 443)
    assert expected == ["legwork.example"]


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection(listener.getsockname()).close()


def test_the_developers_settings_are_not_seen() -> None:
    settings = load()
    assert settings.data_dir.name.startswith("legwork-tests-")
    assert settings.model_copy(update={"data_dir": None}) == type(settings)().model_copy(update={"data_dir": None})
    assert "OPENAI_API_KEY" not in os.environ
