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
from domain.core.errors import Unavailable

T = TypeVar("T")


def _settle_in(parent: int) -> None:
    """A computing process leaves signals to its worker, and ends with it however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(signal.SIGKILL, parent)


class ProcessCompute:
    """A small pool of fresh interpreters, started with the first piece of work and grown on demand."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or min(4, os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """``function(*arguments)`` in another process.

        Raises what the function raises, and Unavailable where its process died (out of memory, say).
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._ready(), function, *arguments)
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
