"""How states, times and sizes are worded, in one place."""

from domain.conversations.said import StepState

MARKS: dict[StepState, str] = {
    StepState.WAITING: "○",
    StepState.RUNNING: "◐",
    StepState.RETRYING: "↻",
    StepState.ASKING: "?",
    StepState.DONE: "✓",
    StepState.FAILED: "✗",
    StepState.SKIPPED: "–",
}


def marked(state: StepState, label: str, note: str = "") -> str:
    """``✓ Read leads.csv - 1,204 rows``."""
    return f"{MARKS[state]} {label} - {note}" if note else f"{MARKS[state]} {label}"


_STATUSES = {
    "pending": "Waiting",
    "running": "Working",
    "paused": "Paused",
    "no_access": "Paused: whom it works for may not have work done here any more",
    "succeeded": "Done",
    "partial": "Stopped early",
    "failed": "Failed",
    "cancelled": "Stopped",
}
_FINAL = frozenset({"succeeded", "partial", "failed", "cancelled"})


def status(name: str) -> str:
    """The word for a task's status; one that is not known is shown as it is."""
    return _STATUSES.get(name.lower(), name)


def is_final(name: str) -> bool:
    """Whether a task of this status will not change any more by itself."""
    return name.lower() in _FINAL


def duration(milliseconds: int) -> str:
    """``0.4 s``, ``12 s``, ``3 min 05 s``, ``2 h 07 min``."""
    seconds = max(milliseconds, 0) / 1000
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def size(count: int) -> str:
    """Bytes as a person says them, in steps of 1,024: ``512 B``, ``1.4 KB``, ``20 MB``."""
    amount = float(count)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


def counted(count: int, noun: str) -> str:
    """``1 number``, ``1,204 numbers``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def checked(numbers: int | None, facts: int | None) -> str:
    """What was verified about an answer; empty where nothing was."""
    parts = [counted(count, noun) for count, noun in ((numbers, "number"), (facts, "fact")) if count]
    return f"checked: {', '.join(parts)}" if numbers else ""
