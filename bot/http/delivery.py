"""What the routes that chat platforms deliver to have in common: how much they read, and how they turn away."""

from starlette.requests import Request
from starlette.responses import JSONResponse

__all__ = ["answer", "body"]


async def body(request: Request, most: int) -> bytes | None:
    """The raw body, to which signatures belong; None above ``most`` bytes, of which no more is read."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            return None
        parts.append(part)
    return b"".join(parts)


def answer(status: int, said: str) -> JSONResponse:
    """A word beside the status, for whoever looks at what the platform recorded; it tells nothing of the inside."""
    return JSONResponse({"status": said}, status_code=status)
