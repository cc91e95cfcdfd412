"""Work that holds the interpreter runs in other processes, so that the event loop stays free for leases."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from domain.core.embedded.lifeline import end_with_parent
from domain.core.errors import Invalid, Unavailable

T = TypeVar("T")


LONGEST_SECONDS = 290
"""A computation that takes longer is ended, or whoever gave up on it would leave its process occupied."""


def _settle_in(parent: int) -> None:
    """A computing process leaves signals to its worker, and ends with it however that ends."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each has one processor; more threads wait for one another
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(signal.SIGKILL, parent)


def _within(seconds: int, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """In the computing process: run it, and end it when its time is over."""

    def end(*_: object) -> None:
        raise Invalid("That takes too long to work out.", remedy="Give me a smaller part of it.", code="compute_long")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        return function(*arguments)
    finally:
        signal.alarm(0)


class ProcessCompute:
    """A small pool of fresh interpreters, started with the first piece of work and grown on demand."""

    def __init__(self, processes: int | None = None, *, longest: int = LONGEST_SECONDS) -> None:
        self._longest = longest
        self._processes = processes or min(4, os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """``function(*arguments)`` in another process.

        Raises what the function raises, Invalid where it takes longer than ``longest`` seconds, and Unavailable where
        its process died (out of memory, say).
        """
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._ready(), _within, self._longest, function, arguments)
        except BrokenProcessPool:
            self._pool = None
            raise Unavailable("The process that was computing this died.", code="compute_died") from None

    def _ready(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # spawned, not forked: the worker's threads and connections must not be copied
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_settle_in,
                initargs=(os.getpid(),),
            )
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
