"""Advisory locks that the kernel takes back when their last holder is gone (flock(2))."""

import fcntl
import os
from pathlib import Path

__all__ = ["open_lock", "take"]


def open_lock(path: Path) -> int:
    """A descriptor to lock by; closing it, and every copy a child inherited, gives the lock back."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take(lock: int) -> bool:
    """Take the lock alone if it is free; whether it was."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
