"""The outcome of one message as the JSON object that ``legwork chat --once --json`` prints."""

from typing import Any

from bot.console.session import Outcome
from domain.core import ids
from domain.core.errors import LegworkError


def as_json(outcome: Outcome) -> dict[str, Any]:
    """``cost`` is in US dollars, None where no price is known; a model's tokens are priced to the millionth."""
    return {
        "status": outcome.status,
        "task": ids.text("task", outcome.task_id) if outcome.task_id is not None else None,
        "text": outcome.text,
        "facts": list(outcome.facts),
        "artifacts": list(outcome.artifacts),
        "error": outcome.error,
        "cost": float(outcome.cost) if outcome.cost is not None else None,
        "duration_ms": outcome.duration_ms,
    }


def nothing() -> dict[str, Any]:
    """The same object where there was nothing to answer."""
    return as_json(Outcome("succeeded", None, ""))


def failure(error: BaseException) -> dict[str, Any]:
    """The same object where nothing could be done at all."""
    if isinstance(error, LegworkError):
        told = {"code": error.reason, "sentence": error.sentence, "remedy": error.remedy}
        return as_json(Outcome("failed", None, str(error), error=told))
    sentence = f"Something unexpected went wrong ({type(error).__name__})."
    return as_json(
        Outcome("failed", None, sentence, error={"code": "unexpected", "sentence": sentence, "remedy": None})
    )
