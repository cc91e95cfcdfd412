"""What is found of maintenance, by the doctor and each minute: that work waits, and how much; it is no failure."""

import re

from domain.core.db import Database
from domain.core.queue import Command, Queue, bring_back, enqueue, put_off
from domain.health import Level
from domain.health.maintenance import maintenance
from domain.maintenance import service
from tests.factories.jobs import claimed


async def found(database: Database) -> tuple[Level, str]:
    [finding] = await maintenance(database)
    return finding.level, re.sub(r"since .*?: ", "since then: ", finding.message)


async def test_what_is_found_before_meanwhile_and_afterwards(database: Database) -> None:
    none = (Level.OK, "There is none: new work begins.")
    assert await found(database) == none
    async with database.system("a test") as session:
        await service.begin(session, None, None)
    assert await found(database) == (Level.WARNING, "New work waits since then: 0 messages by now.")
    async with database.system("a test") as session:
        await enqueue(session, Command(Queue.TASK, "test"))
    job = await claimed(database)
    async with database.system("a test") as session:
        await put_off(session, job)
    assert await found(database) == (Level.WARNING, "New work waits since then: 1 message by now.")
    [finding] = await maintenance(database)
    assert finding.remedy == "“legwork admin maintenance off” lets begin what waits."
    async with database.system("a test") as session:
        await service.end(session, None)
        assert await bring_back(session, "TASK") == 1
    assert await found(database) == none
