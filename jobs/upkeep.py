"""What is done beside the work of people: a declared list, each of its entries a job that comes back by itself.

An entry runs as often as it says, once at a time over all processes, by the database's clock, and has to be
idempotent: one that is cut off runs again. It is served by every light worker. One whose ``early`` holds is run before
its time: that is asked with the statement that a sweep makes in any case.

Work that comes once, such as an export, is a job of the queue UPKEEP with a handler of its own (``worker.HANDLERS``).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.audit.sealing import UNSEALED
from domain.core.db import Database, Session
from domain.core.errors import LeaseLost
from domain.core.logging import logger
from domain.core.queue import Again, Held, Snooze, enqueue, recurring
from domain.flow.common.legwork import Legwork
from jobs.handlers import audit, health, own_data, tended

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """``early`` is SQL that is true where it is worth a run before its time; it has to be cheap."""

    name: str
    every: timedelta
    run: Callable[[Legwork, Held], Awaitable[None]]
    early: str | None = None


UPKEEP: tuple[Upkeep, ...] = (
    Upkeep("audit.seal", timedelta(hours=1), audit.seal, early=UNSEALED),
    Upkeep("audit.heads", timedelta(hours=1), audit.heads),
    Upkeep("health.probe", timedelta(minutes=1), health.probe),
    Upkeep("data.due", timedelta(minutes=10), own_data.see_to),
    Upkeep("data.retention", timedelta(hours=24), own_data.let_go),
    Upkeep("platforms.tend", timedelta(minutes=5), tended.platforms),
    Upkeep("keys.tend", timedelta(hours=1), tended.keys),
)
"""All there is."""

BY_NAME = {one.name: one for one in UPKEEP}

AFTER_A_FAULT = timedelta(seconds=30)
"""What ended in an error is tried again so soon, or at its time where that is sooner."""

AFTER_CRASHES = timedelta(hours=1)
"""What took its workers down three times is left alone for so long, or for as long as it says where that is longer."""


def _after_crashes(one: Upkeep) -> timedelta:
    return max(AFTER_CRASHES, one.every)


_ENTRIES = ", ".join(
    f"CASE WHEN {one.early} AND {recurring.waits(one.name, _after_crashes(one))} THEN '{one.name}' END"
    for one in UPKEEP
    if one.early is not None
)
WORTH_IT = f"array_remove(ARRAY[{_ENTRIES}]::text[], NULL)"
"""SQL: the names of those that are worth a run now. One that runs, or went wrong, comes at its own time."""


async def keep(session: Session) -> None:
    """Have every entry come back; nothing where all do."""
    await recurring.keep(session, {one.name: one.every for one in UPKEEP})


async def bring_forward(database: Database, name: str) -> None:
    """Run it now, unless it runs or goes wrong by now."""
    async with database.system("upkeep is of no organization", single=True) as session:
        await recurring.bring_forward(session, name)


async def resume(session: Session, kind: str) -> None:
    """A job of that kind was set aside: where it is one of these, it comes back all the same, later."""
    if kind in BY_NAME:
        await enqueue(session, recurring.command(kind, _after_crashes(BY_NAME[kind])))


def handler(one: Upkeep) -> Callable[[Legwork, Held], Awaitable[None]]:
    """Runs that entry. It never fails for good: whatever goes wrong is logged, and it comes back."""

    async def handle(legwork: Legwork, held: Held) -> None:
        try:
            await one.run(legwork, held)
        except (LeaseLost, Snooze):
            raise
        except Exception as error:
            log.error("upkeep failed and will be tried again", upkeep=one.name, exc_info=error)
            raise Again(min(one.every, AFTER_A_FAULT), str(error) or type(error).__name__) from error
        raise Again(one.every)

    return handle
