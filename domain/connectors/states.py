"""The state that goes along to a platform where something is to be allowed, and comes back with the answer.

It is good once, for ten minutes, and only together with what the same browser keeps: an answer that somebody has
prepared elsewhere, or that arrives in another browser, changes nothing.
"""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from domain.connectors import repository
from domain.core.db import Database
from domain.core.tokens import hash_of

LASTS = timedelta(minutes=10)
_LONGEST = 100
"""Characters of either part; what is longer is none of ours."""


@dataclass(frozen=True, slots=True)
class State:
    """``sent`` goes to the platform, ``kept`` to the browser; only a hash of both together is stored."""

    sent: str = field(repr=False)
    kept: str = field(repr=False)


class States:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self) -> State:
        """A new one, from now on."""
        state = State(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        async with self._database.system("a browser on its way belongs to nobody yet", single=True) as session:
            await repository.add_state(session, _hash(state.sent, state.kept), LASTS)
        return state

    async def take(self, sent: str, kept: str) -> bool:
        """Whether it is good; it is not afterwards."""
        if not 0 < len(sent) <= _LONGEST or not 0 < len(kept) <= _LONGEST:
            return False
        async with self._database.system("a browser on its way belongs to nobody yet", single=True) as session:
            return await repository.take_state(session, _hash(sent, kept))


def _hash(sent: str, kept: str) -> bytes:
    return hash_of(f"{sent}\n{kept}")
