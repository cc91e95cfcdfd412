"""Delays until a moment on people's own clocks, around the hours in which those are changed, in five time zones.

Time is brought nearer in the database, as far as each delay's moment; no clock is touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from domain.core import queue
from domain.flow.execute.nodes.control import LONGEST_DELAY
from tests.chaos.ground import Ground
from tests.chaos.platforms import PATIENT
from tests.chaos.row import Outcome, Row
from tests.factories.specs import node, tool
from tests.fixtures.travel import travel
from tests.fixtures.waiting import eventually

ZONES = ("Europe/Warsaw", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Europe/Dublin")
"""North and south of the equator, a change of half an hour, and one zone whose winter is the exception."""

BEFORE = timedelta(minutes=1)
WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Wait:
    """What a person writes, and the moment it means."""

    name: str
    zone: str
    written: str
    moment: datetime


def _moment(wait: Wait) -> datetime:
    return wait.moment


async def drive(ground: Ground, count: int) -> Outcome:
    """In each zone, of the next changes of its clocks: an hour that comes twice means its first, one that does not
    come is counted on from the hour before, and the day after is as any other."""
    ground.environment.update(PATIENT)
    await ground.crew.muster(2)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    waits = list(islice(_waits(now), count))
    for wait in waits:
        call = tool("n2", "http_request", method="GET", url=ground.web.url(f"/{wait.name}"))
        await ground.crew.keep(
            wait.name, [node("n1", "delay", until=wait.written), call], [["n1", "n2"]], timezone=wait.zone
        )
        await ground.crew.say(f"/workflows run {wait.name}", wait.name, timezone=wait.zone)
    await eventually(lambda: _waiting(ground, len(waits)), WITHIN)
    due = await _due(ground)
    off = [wait for wait in waits if abs(due[wait.name] - wait.moment) > timedelta(seconds=1)]
    early, late, passed = 0, 0, timedelta(0)
    for moment, together in groupby(sorted(waits, key=_moment), key=_moment):
        paths = [f"/{wait.name}" for wait in together]
        passed = await _reach(ground, moment - BEFORE, passed)
        early += sum(ground.web.count(path) for path in paths)
        passed = await _reach(ground, moment + BEFORE, passed)
        late += sum(not ground.web.count(path) for path in paths)
    return Outcome(
        zero={
            "delays with another moment than is meant": len(off),
            "delays over a minute before": early,
            "delays not over a minute after": late,
            "delays over twice": sum(ground.web.count(f"/{wait.name}") > 1 for wait in waits),
        },
        told={"delays": len(waits), "zones": len({wait.zone for wait in waits})},
        remarks=[f"{wait.zone}, “{wait.written}” is {due[wait.name]}" for wait in off],
    )


def _waits(now: datetime) -> Iterator[Wait]:
    """One of each zone before the second of any; each moment is found by reading the zone's clock minute by minute."""
    changes = {zone: list(islice(_changes(ZoneInfo(zone), now), 2)) for zone in ZONES}
    for number in range(4):
        for zone, found in changes.items():
            change, difference = found[number % 2]
            local = _last_before(change, ZoneInfo(zone))
            if number >= 2:
                wall = local.replace(hour=9, minute=0) + timedelta(days=1)
            else:  # half of what the change takes away, or gives twice
                wall = local + (abs(difference) / 2 + timedelta(minutes=1)) * (1 if difference > timedelta(0) else -1)
            name = f"zone{ZONES.index(zone)}-{number}"
            moment = _meant(wall, change, ZoneInfo(zone))
            if moment - now < LONGEST_DELAY:
                yield Wait(name, zone, wall.isoformat(), moment)


def _changes(zone: ZoneInfo, now: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """The moments from which a zone's clocks show something else, and by how much more."""
    moment = now + timedelta(days=2)
    while True:
        following = moment + timedelta(minutes=30)
        if difference := _offset(following, zone) - _offset(moment, zone):
            yield _sharp(moment, following, zone), difference
        moment = following


def _sharp(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        middle = middle.replace(second=0)
        before, after = (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
    return after


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _last_before(change: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows in the minute before it is changed."""
    return (change - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)


def _meant(wall: datetime, change: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which the clock shows that; one it never shows, as the clock before the change would."""
    moment = change - timedelta(hours=3)
    while moment < change + timedelta(days=2):
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        moment += timedelta(minutes=1)
    return change + (wall - _last_before(change, zone)) - timedelta(minutes=1)


async def _due(ground: Ground) -> dict[str, datetime]:
    """When each delay ends, by the name of its workflow."""
    rows = await ground.crew.rows(
        """SELECT replace(m.content, '/workflows run ', '') AS name, s.wake_at FROM task_steps s
        JOIN tasks t ON t.id = s.task_id JOIN messages m ON m.id = t.message_id WHERE s.node_id = 'n1'"""
    )
    return {row["name"]: row["wake_at"] for row in rows}


async def _reach(ground: Ground, moment: datetime, passed: timedelta) -> timedelta:
    """Let time pass until that moment. Returns how much of it has passed in all; a moment that is past is left."""
    ahead = moment - datetime.now(UTC)
    if ahead > passed:
        await travel(ground.database, ahead - passed)
        async with ground.database.system("a test") as session:
            await queue.sweep(session)
        passed = ahead
    await eventually(lambda: _quiet(ground), WITHIN, every=0.02)
    return passed


async def _waiting(ground: Ground, count: int) -> bool:
    return await ground.crew.count("task_steps WHERE node_id = 'n1' AND status = 'WAITING'") == count


async def _quiet(ground: Ground) -> bool:
    """Whether nothing is under way or due."""
    return not await ground.crew.count(
        "queue_jobs WHERE status IN ('available', 'running') OR (status = 'scheduled' AND run_at < now())"
    )


ROW = Row(
    name="daylight-saving",
    fault="clocks are changed for summer and winter, in five time zones",
    promise="a delay ends at the moment the person meant, and once",
    full=20,
    short=5,
    drive=drive,
)
