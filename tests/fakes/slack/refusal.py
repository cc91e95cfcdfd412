"""How the double says no."""

from typing import Any


class Refusal(Exception):
    """An answer ``{"ok": false, "error": code}``; ``more`` is added to it."""

    def __init__(self, code: str, *, status: int = 200, retry_after: int | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.more = more


def invalid(*messages: str, code: str = "invalid_arguments") -> Refusal:
    """A refusal that says what is wrong with which argument, in the place where Slack says it."""
    return Refusal(
        code,
        errors=list(messages),
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )
