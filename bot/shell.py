"""What the commands of the shell have in common: settings, a database to work on, and how an object is printed."""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from domain.core.db import Database
    from domain.core.settings import Settings

DONE = 0
"""The exit status of what was done."""


def load() -> "Settings":
    """The settings; what reads them is loaded when a command needs them."""
    from domain.core import settings

    return settings.load()


async def on_database(work: "Callable[[Settings, Database], Awaitable[None]]", *, migrates: bool = False) -> None:
    """Do some work on the configured database, or on the embedded one, whose schema is the newest unless that is what
    the work is for. Raises as ``migrations.ready`` does."""
    from domain.core import embedded
    from domain.core.db import open_database
    from migrations import ready, revision

    settings = load()
    async with embedded.running(settings) as servers:
        database = open_database(servers.database_url, pool=1)
        try:
            if migrates:
                await revision(database)  # says so when it does not answer
            else:
                await ready(database, embedded=settings.database_url is None)
            await work(settings, database)
        finally:
            await database.close()


def runs(verb: argparse.ArgumentParser, work: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]) -> None:
    """Have a verb do that work, whose result is the exit status."""

    def run(options: argparse.Namespace) -> int:
        return asyncio.run(work(options))

    verb.set_defaults(work=work, run=run)


def print_json(value: Mapping[str, Any], out: TextIO) -> None:
    readable = (out.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, ensure_ascii=not readable), file=out, flush=True)
