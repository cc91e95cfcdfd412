"""``python profiled.py FOLDER MODULE [ARGUMENT ...]``: a module run as ``python -m`` would, and where its time went.

From one SIGUSR1 to the next the stack of the main thread is noted every millisecond of processor time, so that what a
line calls in C counts as the line's, and nothing is slowed down. At the second ``FOLDER/MODULE-PID.txt`` has the
functions by the share of samples they were in, with what they called and alone.
"""

import os
import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY = 0.001
SHOWN = 120


class Sampled:
    def __init__(self) -> None:
        self.count = 0
        self.within: Counter[str] = Counter()
        self.alone: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        self.called: Counter[str] = Counter()
        """What the event loop called."""

    def note(self, _: int, frame: FrameType | None) -> None:
        self.count += 1
        seen: set[str] = set()
        innermost, above = True, ""
        while frame is not None:
            code = frame.f_code
            name = f"{_short(code.co_filename)}:{code.co_qualname}"
            if innermost:
                self.alone[name] += 1
                self.lines[f"{name}:{frame.f_lineno}"] += 1
                innermost = False
            if code.co_qualname == "Runner.run" and code.co_filename.endswith("asyncio/runners.py"):
                self.called[above] += 1
            seen.add(name)
            frame, above = frame.f_back, name
        self.within.update(seen)

    def told(self) -> str:
        parts = [f"{self.count} samples of {EVERY * 1000:g} ms"]
        found_by = {"by what the loop called": self.called, "with what they call": self.within, "alone": self.alone}
        for title, found in (found_by | {"lines": self.lines}).items():
            parts += ["", title, *(f"{n / self.count:7.1%} {n:7} {name}" for name, n in found.most_common(SHOWN))]
        return "\n".join(parts)


def _short(path: str) -> str:
    return path.rpartition("site-packages/")[2].replace(f"{Path.cwd()}/", "")


def main() -> None:
    folder, module, *arguments = sys.argv[1:]
    sampled = Sampled()
    written = Path(folder) / f"{module}-{os.getpid()}.txt"

    def turn(*_: object) -> None:
        _, every = signal.getitimer(signal.ITIMER_PROF)
        signal.setitimer(signal.ITIMER_PROF, 0 if every else EVERY, EVERY)
        if every:
            written.write_text(sampled.told(), encoding="utf-8")

    signal.signal(signal.SIGPROF, sampled.note)
    signal.signal(signal.SIGUSR1, turn)
    for number in (signal.SIGPROF, signal.SIGUSR1):
        signal.siginterrupt(number, False)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
