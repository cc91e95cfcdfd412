"""Work that no step is yet, which a person may stop all the same."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from domain.core.db import AWAY
from domain.core.errors import Invalid
from domain.flow.common.advance import Advance
from domain.tasks import repository as tasks

T = TypeVar("T")

STOPPED = "stopped"
"""The code of the error that is raised where a person has stopped the task."""


async def unless_stopped(advance: Advance, work: Coroutine[Any, Any, T]) -> T:
    """What comes of the work. Raises Invalid as soon as a person has stopped the task: nobody waits for it any more."""
    poked, done = advance.held.poked, asyncio.create_task(work)
    changed = asyncio.create_task(poked.wait())
    try:
        while True:
            await asyncio.wait((done, changed), return_when=asyncio.FIRST_COMPLETED)
            if done.done():
                return done.result()
            poked.clear()
            if await _is_over(advance):
                raise Invalid("It was stopped.", code=STOPPED)
            changed = asyncio.create_task(poked.wait())
    finally:
        for waiting in (done, changed):
            waiting.cancel()
        await asyncio.gather(done, changed, return_exceptions=True)


async def _is_over(advance: Advance) -> bool:
    try:
        async with advance.legwork.database.system("one statement, of one task", single=True) as session:
            return (await tasks.status_of(session, advance.task.id)).final
    except AWAY:
        return False  # it is seen when what came of the work is stored
