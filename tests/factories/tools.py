"""A context to run tools in: files in a folder, computing in place, a clock that stands still."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.core.clock import FixedClock
from domain.core.errors import NotFound
from domain.tools.registry import Output, StoredFile, Tool, ToolContext

T = TypeVar("T")

WARSAW = ZoneInfo("Europe/Warsaw")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class FolderFiles:
    """Files kept in a folder, the way storage keeps them: by key, with the newest of a name found first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stored: list[StoredFile] = []

    def put(self, name: str, content: bytes, mime_type: str = "application/octet-stream") -> StoredFile:
        key = f"{len(self.stored)}/{name}"
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        file = StoredFile(key, name, mime_type, len(content), hashlib.sha256(content).hexdigest())
        self.stored.append(file)
        return file

    def content(self, name: str) -> bytes:
        return (self.folder / next(file.key for file in reversed(self.stored) if file.name == name)).read_bytes()

    async def find(self, name: str) -> StoredFile:
        for file in reversed(self.stored):
            if name in (file.name, file.key):
                return file
        raise NotFound(f"There is no file called {name}.")

    async def local_path(self, file: StoredFile) -> Path:
        return self.folder / file.key

    async def add(self, name: str, mime_type: str, content: bytes, *, description: str = "") -> StoredFile:
        return self.put(name, content, mime_type)


class InlineCompute:
    """Runs the work at once, in this process."""

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        return function(*arguments)


def tool_context(
    folder: Path,
    *,
    timezone: tzinfo = WARSAW,
    now: datetime = NOON,
    idempotency_key: str = "task:n1:1",
) -> ToolContext:
    return ToolContext(
        task_id=UUID(int=1),
        org_id=UUID(int=2),
        user_id=UUID(int=3),
        timezone=timezone,
        clock=FixedClock(now),
        files=FolderFiles(folder),
        compute=InlineCompute(),
        idempotency_key=idempotency_key,
    )


async def call(tool: Tool, context: ToolContext, **arguments: Any) -> Output:
    """Run a tool the way the engine does: arguments are validated first."""
    return await tool.run(tool.arguments.model_validate(arguments), context)
