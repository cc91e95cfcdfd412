"""The model's server refuses every call for six hours, and then answers again.

Nothing waits that long here: time is simulated. An interval of the circuit passes by bringing everything that is due
at a moment nearer by its length, in the database as in Redis; the processes' own clocks go on as they do. A call is
one request (``LEGWORK_LLM_ATTEMPTS=1``), so that requests are probes.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from redis.asyncio import Redis

from domain.core import queue
from domain.llm.circuit import INTERVAL
from tests.chaos.ground import Ground
from tests.chaos.platforms import PATIENT
from tests.chaos.row import Outcome, Row
from tests.fakes.openai import Behaviour, FakeOpenAI, fails
from tests.fakes.openai.rules import by_rules
from tests.fixtures.travel import travel
from tests.fixtures.waiting import eventually

AWAY = timedelta(hours=6)
TASKS = 50
"""With fewer of them the model is away for so much less."""
PEOPLE = 10
_PROBE = "circuit:*:probe"
RESUMED_WITHIN = 4
"""Intervals after the model is back: a probe is due within one, and whoever asked before it within the next two."""
WITHIN = 60.0


class Server:
    """What the model's server does now: plans may be had while nothing else is."""

    def __init__(self) -> None:
        self.plans = True
        self.answers = False

    def __call__(self, request: Mapping[str, Any]) -> Behaviour:
        is_plan = bool(request.get("text", {}).get("format"))
        return by_rules(dict(request)) if self.answers or (is_plan and self.plans) else fails(503, "out of order")


async def drive(ground: Ground, count: int) -> Outcome:
    """Half of the tasks have a plan when the model goes away, and are in the midst of a step; the others have none."""
    server = Server()
    async with FakeOpenAI(otherwise=server) as model:
        ground.environment.update(
            OPENAI_API_KEY=model.key or "",
            OPENAI_BASE_URL=model.base_url,
            LEGWORK_LLM_ATTEMPTS="1",
            **PATIENT,
        )
        await ground.crew.muster(2)
        for number in range(count):
            if number == count // 2:
                await eventually(lambda: _parked(ground, count // 2), WITHIN)
                server.plans = False
            await ground.crew.say(f"what is {number} * 17?", f"person{number % PEOPLE}")
        await eventually(lambda: _parked(ground, count), WITHIN)
        planned = await ground.crew.count("tasks WHERE plan IS NOT NULL")
        while not await _open(ground):  # the circuit opens at the fifth failure in a row
            await _interval(ground, model)
        before = len(model.ledger)
        probes = [await _interval(ground, model) for _ in range(AWAY // INTERVAL * count // TASKS)]
        failed = await ground.crew.count("tasks WHERE status = 'FAILED'")
        server.plans = server.answers = True
        took = await _resumed(ground, model, count)
        notes = await _notes(ground)
        return Outcome(
            zero={
                "tasks failed": failed + await ground.crew.count("tasks WHERE status = 'FAILED'"),
                "probes beyond one an interval": sum(made - 1 for made in probes if made > 1),
                "tasks that did not resume": count - await ground.crew.count("tasks WHERE status = 'SUCCEEDED'"),
                "people not told, or told twice, of one task": sum(notes.get(task, 0) != 1 for task in notes)
                + count
                - len(notes),
                "answers too many or too few": abs(
                    count - await ground.crew.count("outbound_messages WHERE body->>'type' = 'answer'")
                ),
            },
            told={
                "tasks": count,
                "with a plan already": planned,
                "hours away": len(probes) * INTERVAL / timedelta(hours=1),
                "probes": sum(probes),
                "requests before the circuit opened": before,
                "intervals until all were done": took,
            },
            remarks=[
                f"failed: {row['sentence']}"
                for row in await ground.crew.rows(
                    "SELECT DISTINCT error->>'sentence' AS sentence FROM tasks WHERE status = 'FAILED'"
                )
            ],
        )


async def _open(ground: Ground) -> bool:
    """Whether the circuit is open: then a key says until when nobody probes."""
    async with cast(Any, Redis).from_url(ground.valkey.url) as redis:
        return bool(await redis.keys(_PROBE))


async def _interval(ground: Ground, model: FakeOpenAI) -> int:
    """Let one interval pass. Returns how many requests the model got in it."""
    before = len(model.ledger)
    await travel(ground.database, INTERVAL)
    async with cast(Any, Redis).from_url(ground.valkey.url) as redis:
        async for key in redis.scan_iter(_PROBE):
            left = timedelta(milliseconds=await redis.pttl(key)) - INTERVAL
            await (redis.pexpire(key, left) if left > timedelta(0) else redis.delete(key))
    async with ground.database.system("a test") as session:
        await queue.sweep(session)
    await eventually(lambda: _quiet(ground), WITHIN, every=0.05)
    return len(model.ledger) - before


async def _resumed(ground: Ground, model: FakeOpenAI, count: int) -> int:
    """How many intervals it took until every task was done, or as many as it may take."""
    for number in range(1, RESUMED_WITHIN + 1):
        await _interval(ground, model)
        if await ground.crew.count("tasks WHERE status = 'SUCCEEDED'") == count:
            return number
    return RESUMED_WITHIN


async def _quiet(ground: Ground) -> bool:
    """Whether nothing is under way, and nothing will be in the next seconds."""
    return not await ground.crew.count(
        """queue_jobs WHERE status IN ('available', 'running')
        OR (status = 'scheduled' AND run_at < now() + interval '5 seconds')"""
    )


async def _parked(ground: Ground, count: int) -> bool:
    """Whether so many tasks wait for the model."""
    return len(await _notes(ground)) == count and await _quiet(ground)


async def _notes(ground: Ground) -> dict[UUID, int]:
    """How often the person was told that a task waits, by task."""
    rows = await ground.crew.rows(
        """SELECT task_id, count(*) AS notes FROM outbound_messages
        WHERE body->>'text' LIKE '%goes on by itself%' GROUP BY task_id"""
    )
    return {row["task_id"]: row["notes"] for row in rows}


ROW = Row(
    name="model-away",
    fault="the model is down for six hours",
    promise="no task fails, one probe an interval, and all resume",
    full=TASKS,
    short=2,
    drive=drive,
)
