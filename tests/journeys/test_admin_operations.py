"""Health and jobs, as whoever runs the installation sees them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from domain.conversations.said import Details, Listing, Note, Problem
from domain.core import ids
from domain.flow.common.legwork import Legwork
from domain.health import Timed, error, ok, service
from tests.factories.audit import act
from tests.factories.jobs import enqueue, execute
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import run_with
from tests.fixtures.talk import Talk

VERBS = ("health", "jobs list", "jobs show job_x", "jobs retry job_x", "jobs quarantine job_x", "audit platform")


@pytest.fixture
async def operator(legwork: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    """Mara, whose account the settings name."""
    talk = Talk(run_with(legwork, platform_admins=("fake:w:mara",)), chat)
    yield talk
    await talk.worker.stop()


@pytest.mark.parametrize("verb", VERBS)
async def test_it_is_for_nobody_else(operator: Talk, verb: str) -> None:
    ben = operator.other("ben")
    assert "for whoever runs this Legwork" in (await ben.say(f"/admin {verb}")).one(Problem).sentence


async def test_health_is_shown_as_it_was_seen_what_is_down_first(operator: Talk) -> None:
    assert (await operator.say("/admin health")).one(Listing).rows == ()
    now = datetime.now(UTC)
    found = [Timed(ok("postgres", "Postgres 18."), 3), Timed(error("redis", "Redis is away.", "Start it."), 3_000)]
    for _ in range(2):
        async with operator.legwork.database.system("a test") as session:
            await service.note(session, found, now)
    rows = (await operator.say("/admin health")).one(Listing).rows
    assert [row[:4] for row in rows] == [
        ("redis", "✗", "Redis is away. Start it.", "3,000"),
        ("postgres", "✓", "Postgres 18.", "3"),
    ]
    assert [row[5].split(",")[0] for row in rows] == ["down", "up"]


async def test_a_job_that_was_set_aside_is_listed_shown_and_tried_again(operator: Talk) -> None:
    await operator.say("/about")
    job_id = await enqueue(operator.legwork.database, "poison", run_at=datetime(2100, 1, 1, tzinfo=UTC))
    await execute(
        operator.legwork.database,
        "UPDATE queue_jobs SET status = 'quarantined', crashes = 3, error = 'its worker died 3 times' WHERE id = :id",
        id=job_id,
    )
    [listing] = (await operator.say("/admin jobs list")).of(Listing)
    assert [row[:5] for row in listing.rows] == [(ids.short("job", job_id), "TASK", "test", "0", "3")]
    shown = (await operator.say(f"/admin jobs show {ids.short('job', job_id)}")).one(Details)
    assert dict(shown.fields)["status"] == "quarantined"
    assert shown.text == "its worker died 3 times"
    operator.worker.faults = True  # nothing knows how to do that job
    assert (await operator.say(f"/admin jobs retry {ids.text('job', job_id)}")).one(Note)
    [row] = await operator.rows("SELECT status, crashes FROM queue_jobs WHERE id = :id", id=job_id)
    assert (row["status"], row["crashes"]) != ("quarantined", 3)
    [noted] = await operator.rows("SELECT action, resource_id FROM audit_logs WHERE action = 'admin.jobs_retry'")
    assert noted["resource_id"] == str(job_id)


async def test_a_job_that_waits_is_set_aside(operator: Talk) -> None:
    await operator.say("/about")
    job_id = await enqueue(operator.legwork.database, "later", run_at=datetime(2100, 1, 1, tzinfo=UTC))
    assert (await operator.say(f"/admin jobs quarantine {ids.text('job', job_id)}")).one(Note)
    [listing] = (await operator.say("/admin jobs list quarantined")).of(Listing)
    assert [row[6] for row in listing.rows] == ["set aside by Mara"]
    problem = (await operator.say(f"/admin jobs quarantine {ids.text('job', job_id)}")).one(Problem)
    assert problem.sentence == "That job is quarantined."


@pytest.mark.parametrize(
    "words", ["list sleeping", "show job_x", "show", "retry job_01jzzzzzzzzzzzzzzzzzzzzzzz", "retry zzzz"]
)
async def test_what_is_no_job_is_said_in_a_sentence(operator: Talk, words: str) -> None:
    assert (await operator.say(f"/admin jobs {words}")).one(Problem).sentence.count(".") == 1


async def test_the_trail_of_the_platform_is_another_than_an_organizations(operator: Talk) -> None:
    await operator.say("/tools disable note")
    await act(operator.legwork.database, "health.failed", resource=("check", "redis"))
    listing = (await operator.say("/admin audit platform")).one(Listing)
    assert [row[1:4] for row in listing.rows] == [("Legwork", "health.failed", "check redis")]
    listing = (await operator.say("/admin audit")).one(Listing)
    assert [row[2] for row in listing.rows] == ["tools.disable"]
