"""What an agent tells its model."""

from domain.llm.model import Request


def told(request: Request) -> list[str]:
    """What the model reads of its calls, in order."""
    return [turn.text for turn in request.exchange if turn.role == "tool"]


def ordered(request: Request) -> str:
    """What the person and the program say to it last."""
    last = request.exchange[-1]
    return last.text if last.role == "user" else ""
