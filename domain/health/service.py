"""Keeping what was seen of the services, from minute to minute."""

from collections.abc import Sequence
from datetime import datetime

from domain.core.db import Session
from domain.health import repository
from domain.health.check import Timed
from domain.health.observed import Observed, observe


async def note(session: Session, found: Sequence[Timed], now: datetime) -> list[Observed]:
    """Keep what was found. Returns the checks that turned with it, for better or worse."""
    after, turned = observe(await repository.kept(session), found, now)
    await repository.keep(session, after)
    return turned
