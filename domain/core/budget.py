"""How long one computation may take and how much memory it may hold, and what it leaves undone because of that."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Literal

SECONDS = 60.0
MEGABYTES = 1024
_MB = 1024 * 1024
_ALWAYS = 0.25
"""Of the memory, what a computation gets even in a process that holds much from earlier ones."""
_LISTED = 5
"""So many things that were left undone are named."""

Short = Literal["time", "memory"]


def resident() -> int:
    """The bytes this process holds in memory."""
    import psutil  # on first use: most processes never ask

    return int(psutil.Process(os.getpid()).memory_info().rss)


class Budget:
    """Time and memory for one computation, from now on. It is asked between the parts of the work; a part that is not
    begun any more is put down, and named in the end.

    ``clock`` tells seconds, ``held`` the bytes in use.
    """

    def __init__(
        self,
        seconds: float = SECONDS,
        megabytes: float = MEGABYTES,
        *,
        clock: Callable[[], float] = monotonic,
        held: Callable[[], int] = resident,
    ) -> None:
        self._clock, self._held = clock, held
        self._until: float = clock() + seconds
        self._most = max(megabytes * _MB, held() + _ALWAYS * megabytes * _MB)
        self._left: dict[Short, dict[str, list[str]]] = {"time": {}, "memory": {}}

    def short_of(self, needed: int = 0) -> Short | None:
        """What there is not enough of for a part that needs so many bytes more; None where there is."""
        if self._clock() >= self._until:
            return "time"
        return "memory" if self._held() + needed > self._most else None

    def allows(self, part: str, of: str = "", *, needed: int = 0) -> bool:
        """Whether a part of the work (``part`` of the thing ``of``) may begin; where not, it is put down."""
        short = self.short_of(needed)
        if short is not None:
            things = self._left[short].setdefault(part, [])
            if of and of not in things:
                things.append(of)
        return short is None

    @contextmanager
    def only(self, part: float) -> Generator[None]:
        """Within it there is only so much of the time that is left."""
        until: float = self._until
        now = self._clock()
        self._until = now + part * max(0.0, until - now)
        try:
            yield
        finally:
            self._until = until

    def left_undone(self) -> list[str]:
        """A sentence for each thing there was too little of: “Not looked at for lack of time: …”."""
        return [
            f"Not looked at for lack of {short}: {'; '.join(_named(part, of) for part, of in parts.items())}."
            for short, parts in self._left.items() if parts
        ]  # fmt: skip


def _named(part: str, things: list[str]) -> str:
    if len(things) <= _LISTED + 1:
        return " ".join([part, ", ".join(things)]).strip()
    return f"{part} {', '.join(things[:_LISTED])} and {len(things) - _LISTED:,} more"
