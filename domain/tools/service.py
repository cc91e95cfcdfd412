"""Calling a tool: arguments checked, time limited, failures told apart."""

import asyncio
import hashlib
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import ValidationError

from domain.core.db import Session
from domain.core.errors import Ambiguous, Invalid, Unavailable
from domain.core.text import storable_json
from domain.tools import repository
from domain.tools.registry import Arguments, Effect, Output, Registry, Tool, ToolContext

Given = TypeVar("Given", bound=Arguments)


def read_arguments(tool: Tool, given: dict[str, Any]) -> Arguments:
    """The tool's arguments from JSON. Raises Invalid, naming each wrong one."""
    return read_as(tool.arguments, given, tool.name)


def read_as(arguments: type[Given], given: dict[str, Any], name: str) -> Given:
    """The arguments of what is called by that ``name``. Raises Invalid, naming each wrong one."""
    try:
        return arguments.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg']}" for item in error.errors())
        raise Invalid(f"{name} cannot be called like this: {wrong}.", code="bad_arguments") from None


async def call(tool: Tool, arguments: Arguments, context: ToolContext) -> Output:
    """One attempt.

    A call that takes too long ends: as Unavailable where nothing can have happened, as Ambiguous where
    it was to change something outside.
    """
    try:
        async with asyncio.timeout(tool.timeout):
            return storable_json(await tool.run(arguments, context))
    except TimeoutError:
        sentence = f"{tool.display_name} did not finish within {tool.timeout:.0f} seconds."
        if tool.effect_of(arguments) is Effect.EXTERNAL:
            raise Ambiguous(sentence, code="timeout") from None
        raise Unavailable(sentence, code="timeout") from None


def digest(tool: Tool, arguments: Arguments, task_id: UUID, user_id: UUID) -> str:
    """Names one exact call: what a person approves is this and nothing else."""
    exact = [tool.name, arguments.model_dump(mode="json", by_alias=True), str(task_id), str(user_id)]
    return hashlib.sha256(orjson.dumps(exact, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def seed(session: Session, registry: Registry) -> None:
    """Bring the tools table in step with the registry; what an admin switched off stays off."""
    await repository.seed(session, list(registry))
