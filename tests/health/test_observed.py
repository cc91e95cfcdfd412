"""When what is seen each minute counts: two failures turn a check, two successes turn it back, each once."""

from datetime import UTC, datetime, timedelta

from domain.core.db import Database
from domain.health import Finding, Level, Timed, error, ok, service, warning
from domain.health.observed import Observed, observe
from tests.factories.jobs import rows

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
GOOD, BAD = ok("redis", "It answers."), error("redis", "It does not answer.", "Start it.")


def turns(*findings: Finding | None) -> list[str]:
    """What is said, minute by minute: the standing of what turned, or “-”."""
    kept: dict[str, Observed] = {}
    said: list[str] = []
    for minute, finding in enumerate(findings):
        found = [Timed(finding, 3)] if finding is not None else []
        after, turned = observe(kept, found, NOON + timedelta(minutes=minute))
        kept = {one.name: one for one in after}
        said.append("".join(one.standing for one in turned) or "-")
    return said


def test_one_failure_turns_nothing() -> None:
    assert turns(GOOD, BAD, GOOD, BAD, GOOD) == ["-"] * 5


def test_the_second_failure_in_a_row_turns_it_and_no_further_one_does() -> None:
    assert turns(GOOD, BAD, BAD, BAD, BAD) == ["-", "-", "down", "-", "-"]


def test_one_that_fails_from_the_first_is_told_too() -> None:
    assert turns(BAD, BAD, BAD) == ["-", "down", "-"]


def test_the_second_success_in_a_row_turns_it_back() -> None:
    assert turns(BAD, BAD, GOOD, BAD, GOOD, GOOD, GOOD) == ["-", "down", "-", "-", "-", "up", "-"]


def test_a_warning_is_no_failure() -> None:
    assert turns(warning("redis", "It is full.", "Empty it."), warning("redis", "It is full.", "Empty it.")) == [
        "-",
        "-",
    ]


def test_what_is_not_looked_at_any_more_is_forgotten_and_where_it_was_down_taken_for_mended() -> None:
    assert turns(BAD, BAD, None, None, None) == ["-", "down", "-", "up", "-"]
    after, _ = observe({"redis": Observed("redis", Level.OK, "", None, 1, "up", NOON)}, [], NOON)
    assert after == []


async def test_each_check_is_kept_as_it_was_last_seen_with_how_long_it_took(database: Database) -> None:
    turned: list[Observed] = []
    for minute, finding in enumerate((GOOD, BAD, BAD)):
        async with database.system("a test") as session:
            also = [Timed(ok("storage", "A file came back."), 12)] if minute == 0 else []
            turned = await service.note(session, [Timed(finding, 5), *also], NOON + timedelta(minutes=minute))
    assert [(one.name, one.standing) for one in turned] == [("redis", "down")]
    [row] = await rows(database, "SELECT * FROM health_checks")
    assert (row.name, row.status, row.message, row.remedy) == ("redis", "error", "It does not answer.", "Start it.")
    assert (row.response_time, row.standing, row.turned_at) == (5, "down", NOON + timedelta(minutes=2))
