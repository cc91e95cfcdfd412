"""One child process: in a group of its own, heard line by line, and gone with all it started."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from bot.supervision.output import Lines
from domain.core.embedded import lifeline

__all__ = ["Child", "start_child"]

_CHUNK = 64 * 1024
_LAST_WORDS = 1.0  # seconds for output that something outside the child's group may still hold open


class Child:
    def __init__(self, process: asyncio.subprocess.Process, hearing: "asyncio.Task[None]") -> None:
        self._process = process
        self._hearing = hearing

    def signal(self, number: int) -> None:
        """Send a signal to the child and everything in its group."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    async def wait(self) -> int:
        """The child's exit status (negative: the signal that ended it), once nothing of its group is left."""
        code = await self._process.wait()
        self.signal(signal.SIGKILL)  # what it started and did not end itself
        await asyncio.wait([self._hearing], timeout=_LAST_WORDS)
        self._hearing.cancel()
        return code


async def start_child(command: Sequence[str], environment: Mapping[str, str], say: Callable[[str], object]) -> Child:
    """Start a command that is killed when this process dies; ``say`` gets each line it prints.

    To be called on the main thread: the kernel watches the thread that started a child (prctl(2)).
    """
    reading, writing = os.pipe()  # our own: asyncio's would make ``wait`` wait for every holder of the pipe
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", lifeline.__file__),
            *(str(int(signal.SIGKILL)), str(os.getpid())),
            *command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return Child(process, asyncio.create_task(_hear(reading, Lines(say))))


async def _hear(descriptor: int, lines: Lines) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    try:
        while received := await reader.read(_CHUNK):
            lines.feed(received)
    finally:
        lines.end()
        transport.close()
