"""A Redis that is away is asked once and not again and again."""

import socket
from typing import Any, Self

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import AbstractBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from domain.core.impatient import impatient


class Counted(AbstractBackoff):
    """Pauses that take no time."""

    def __init__(self) -> None:
        self.pauses = 0

    def compute(self, failures: int) -> float:
        self.pauses += 1
        return 0.0

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # every connection has a copy of its client's


async def test_it_is_asked_once_where_others_try_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    backoff = Counted()
    patient = Redis(
        host="127.0.0.1", port=port, retry=Retry(backoff, 3), retry_on_error=[RedisConnectionError, OSError]
    )
    for client, pauses in ((impatient(patient), False), (patient, True)):
        with pytest.raises(RedisConnectionError):
            await client.get("anything")
        assert bool(backoff.pauses) is pauses
        await client.aclose()
