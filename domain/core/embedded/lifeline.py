"""Let a process end with the one that started it, however that one ends.

As a program: ``python -I -S lifeline.py SIGNAL PARENT COMMAND...`` asks for the signal and becomes the
command. A program, because a process with threads may not run Python between fork and exec.
"""

import ctypes
import os
import signal
import sys

__all__ = ["end_with_parent"]

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent(number: int, parent: int) -> None:
    """Have the kernel send this process a signal when the thread that started it ends (Linux only).

    A change of account takes the request back (prctl(2)), so it comes after that.
    """
    if sys.platform == "linux":
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
        if os.getppid() != parent:  # it ended before the request was made
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    end_with_parent(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - no shell is wanted
