"""What a tool is, and the registry that holds the ones a process can run.

A tool is declared where it is written: its name, its arguments as a pydantic model (whose JSON Schema
is what a planner sees and a spec is validated against), its effect, and one coroutine.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.core.clock import Clock
from domain.core.errors import NotFound
from domain.core.queue import Queue

T = TypeVar("T")


class Effect(StrEnum):
    """What a call changes: nothing, something inside Legwork, or something outside of it."""

    READ = "read"
    WRITE = "write"
    EXTERNAL = "external"


class Category(StrEnum):
    BROWSER = "BROWSER"
    API = "API"
    FILE = "FILE"
    EMAIL = "EMAIL"
    SOCIAL = "SOCIAL"
    TRAVEL = "TRAVEL"
    JOB = "JOB"
    GENERAL = "GENERAL"


class Arguments(BaseModel):
    """Base of every tool's arguments: unknown names are errors, so that a planner's slip is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in Legwork's storage. ``size`` is in bytes, ``sha256`` in hexadecimal."""

    key: str
    name: str
    mime_type: str
    size: int
    sha256: str


class Files(Protocol):
    """The files a call may see (those of its thread and task) and the place for new ones."""

    async def find(self, name: str) -> StoredFile:
        """The newest file of that name (or that key). Raises NotFound, naming the files there are."""
        ...

    async def local_path(self, file: StoredFile) -> Path:
        """The file's content on the local disk, to be read only; its suffix is that of its name."""
        ...

    async def add(self, name: str, mime_type: str, content: bytes, *, description: str = "") -> StoredFile:
        """Store a new file as an artifact of the task."""
        ...


class Compute(Protocol):
    """Where work that holds the interpreter runs: never on the event loop."""

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """``function(*arguments)`` in another process; both must be importable and picklable."""
        ...


class Progress(Protocol):
    """Where a call says how far it is: as often as it likes, since it is shown once a second at most."""

    def __call__(self, percent: float, note: str = "") -> None:
        """``percent`` of 0 to 100 is done; ``note`` says of what, in a few words."""
        ...


def unheard(percent: float, note: str = "") -> None:
    """Nobody is shown how far it is."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Everything a call may use besides its arguments."""

    task_id: UUID
    org_id: UUID
    user_id: UUID
    timezone: tzinfo
    clock: Clock
    files: Files
    compute: Compute
    idempotency_key: str
    """The same for every attempt at one effect: passed on wherever the receiver takes one."""
    progress: Progress = unheard


Output = dict[str, Any]
Run = Callable[[Any, ToolContext], Awaitable[Output]]
Check = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing Legwork can do.

    ``run`` takes an instance of ``arguments`` and a context; what it returns is stored as the step's
    output, so it is JSON and small (long text is cut by the tool, with a mark; bytes become files).
    Errors: Invalid (will fail again), Unavailable (worth another attempt), Refused, Ambiguous.
    """

    name: str
    display_name: str
    description: str
    category: Category
    effect: Effect
    arguments: type[Arguments]
    run: Run
    timeout: float = 60.0
    """Seconds one attempt may take."""
    external_when: Callable[[Any], bool] | None = field(default=None, repr=False)
    """For a tool whose effect depends on its arguments: whether this call leaves the house."""
    configured: bool = True
    """Whether this installation has what it needs; what it has not is neither offered nor promised."""
    check: Check | None = field(default=None, repr=False)
    """Raises, as ``run`` would, for a call that could not be made: nobody is asked to approve such a one."""
    volatile: bool = False
    """Whether the same call may say something else a moment later, so that an agent asks for it again and again: then
    it waits longer before each."""
    queue: Queue = Queue.TASK
    """Where it is called: by the worker that has the task, or handed over to one of that queue, in whose slots it may
    take its time. Worth it from a second on; a queue that nobody serves is refused when it is called."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments, without titles: every token of it costs. To be read only."""
        return _schema(self.arguments)

    def effect_of(self, arguments: Arguments) -> Effect:
        if self.external_when is None:
            return self.effect
        return Effect.EXTERNAL if self.external_when(arguments) else self.effect


@cache  # written anew it would cost more than everything else a call of the model needs
def _schema(arguments: type[Arguments]) -> dict[str, Any]:
    return _without_titles(arguments.model_json_schema())


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, dict):
        named = cast("dict[str, Any]", schema)
        return {
            key: {name: _without_titles(part) for name, part in value.items()}
            if key == "properties"
            else _without_titles(value)
            for key, value in named.items()
            if not (key == "title" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [_without_titles(part) for part in cast("list[Any]", schema)]
    return schema


class Registry:
    """The tools of one process, by name."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, Tool] = {}
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are called {tool.name}")
            self._tools[tool.name] = tool

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def get(self, name: str) -> Tool:
        """The tool of that name. Raises NotFound."""
        try:
            return self._tools[name]
        except KeyError:
            raise NotFound(f"There is no tool called {name}.", remedy="“tools” lists those there are.") from None
