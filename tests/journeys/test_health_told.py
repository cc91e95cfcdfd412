"""Who runs Legwork is told when something fails and when it is well again: once each, by a way that works."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import pytest

from domain.conversations.said import Note
from domain.core.queue import Queue
from domain.flow.common.legwork import Legwork
from domain.health import Check, Finding, error, ok
from jobs import upkeep
from tests.factories.jobs import execute, rows
from tests.fakes.chat import FakeChat
from tests.fixtures.talk import Talk, Worker


@dataclass
class Service:
    """What is looked at."""

    name: str = "redis"
    is_up: bool = True

    def probes(self) -> Sequence[Check]:
        async def look() -> Sequence[Finding]:
            good, bad = ok(self.name, "It answers."), error(self.name, "It does not answer.", "Start it.")
            return [good if self.is_up else bad]

        return [Check(self.name, look)]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def mara(legwork: Legwork, chat: FakeChat, service: Service) -> AsyncIterator[Talk]:
    """Who runs the installation, and has a private chat."""
    settings = legwork.settings.model_copy(update={"platform_admins": ("fake:w:mara", "fake:w:nobody")})
    talk = Talk(replace(legwork, settings=settings, probes=service.probes), chat)
    await talk.say("/about")
    yield talk
    await talk.worker.stop()


async def minute(talk: Talk) -> list[str]:
    """What is told after the next probe."""
    legwork = talk.legwork
    async with legwork.database.system("a test") as session:
        await upkeep.keep(session)
    await execute(legwork.database, "UPDATE queue_jobs SET run_at = now() WHERE kind = 'health.probe'")
    prober = Worker(legwork, "prober", queues=(Queue.UPKEEP,))
    await prober.settle()
    await prober.stop()
    before = len(talk.chat.posts())
    await talk.settle()
    return [said.text for said in talk.chat.posts()[before:] if isinstance(said, Note)]


async def test_two_failures_are_told_once_and_two_successes_are_told_once(mara: Talk, service: Service) -> None:
    assert await minute(mara) == []
    service.is_up = False
    assert [await minute(mara) for _ in range(4)] == [
        [], ["**redis** has failed twice. It does not answer. Start it."], [], [],
    ]  # fmt: skip
    service.is_up = True
    assert [await minute(mara) for _ in range(3)] == [[], ["**redis** is well again."], []]
    found = await rows(
        mara.legwork.database, "SELECT action, resource_id FROM audit_logs WHERE org_id IS NULL ORDER BY id"
    )
    assert [tuple(row) for row in found] == [("health.failed", "redis"), ("health.recovered", "redis")]


async def test_others_are_not_told(mara: Talk, service: Service) -> None:
    ben = mara.other("ben")
    await ben.say("/about")
    service.is_up = False
    for _ in range(2):
        await minute(mara)
    [row] = await rows(
        mara.legwork.database, "SELECT count(*) AS told FROM outbound_messages WHERE dedupe_key LIKE 'health:%'"
    )
    assert row.told == 1


async def test_what_fails_is_not_the_way_by_which_it_is_told(mara: Talk, service: Service) -> None:
    service.name = "fake delivery"
    service.is_up = False
    assert [await minute(mara) for _ in range(2)] == [[], []], "the only chat is of the platform that fails"
    [row] = await rows(mara.legwork.database, "SELECT status, standing FROM health_checks")
    assert tuple(row) == ("error", "down")
