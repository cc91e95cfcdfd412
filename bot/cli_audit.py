"""``legwork audit``: whether the trail is what was written, and the heads by which a missing end shows."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot.console.failures import FAILED, Misuse
from bot.shell import DONE, runs

if TYPE_CHECKING:
    from domain.audit.chain import Head
    from domain.audit.verify import Misfit
    from domain.core.db import Database
    from domain.core.settings import Settings

Work = Callable[["Settings", "Database"], Awaitable[None]]
OnDatabase = Callable[[Work], Awaitable[None]]
"""Does some work on the configured database."""


def declare(commands: Any, on_database: OnDatabase) -> None:
    """Add the command with its two verbs."""
    audit = commands.add_parser("audit", help="prove what was done: verify the audit trail, print its heads")
    verbs = audit.add_subparsers(title="verbs", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="name the first row of each chain that does not fit")
    verify.add_argument(
        "--head", metavar="HEAD", action="append", default=[], help="a head from the log; may be repeated"
    )
    verify.add_argument(
        "--heads", metavar="PATH", help="a file with a head in each line, as “legwork audit heads” prints"
    )
    runs(verify, lambda options: _verify(options, on_database))
    heads = verbs.add_parser("heads", help="print the end of every chain, to be kept somewhere else")
    runs(heads, lambda _: _heads(on_database))


async def _verify(options: argparse.Namespace, on_database: OnDatabase) -> int:
    from domain.audit.chain import KEY
    from domain.audit.verify import verify
    from domain.core.crypto.given import Keys
    from domain.core.crypto.keyring import Keyring

    known, status = _known(options), [DONE]

    async def work(settings: "Settings", database: "Database") -> None:
        key = await Keyring(database, Keys(settings)).derive(KEY)
        found = await verify(database, key, known)
        for misfit in found.misfits:
            sys.stdout.write(f"✗ {_told(misfit)}\n")
        rows = f"{found.rows:,} rows of {found.chains:,} chains"
        if found.misfits:
            status[0] = FAILED
            sys.stdout.write(f"The trail is not what was written. {rows} were read.\n")
        else:
            sys.stdout.write(f"{rows} are what was written; the details of {found.erased:,} have been erased.\n")
        if found.waiting:
            sys.stdout.write(f"{found.waiting:,} more have no seal yet: a worker gives them one within seconds.\n")

    await on_database(work)
    return status[0]


async def _heads(on_database: OnDatabase) -> int:
    async def work(settings: "Settings", database: "Database") -> None:
        await _print_heads(database, sys.stdout)

    await on_database(work)
    return DONE


async def _print_heads(database: "Database", out: TextIO) -> None:
    from domain.audit import chain, repository

    async with database.system("the trail is everybody's") as session:
        for head in await repository.heads_of(session, await repository.chains(session)):
            out.write(f"{chain.written(head)}\n")


def _known(options: argparse.Namespace) -> "list[Head]":
    """Raises Misuse, Invalid."""
    from domain.audit import chain

    lines: list[str] = list(options.head)
    if options.heads is not None:
        try:
            lines += Path(options.heads).expanduser().read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            raise Misuse(f"{options.heads} cannot be read.", remedy="Name a file with a head in each line.") from error
    return [chain.read(line) for line in lines]


def _told(misfit: "Misfit") -> str:
    from domain.audit.chain import PLATFORM

    of = "the platform" if misfit.chain == PLATFORM else f"organization {misfit.chain}"
    return f"Row {misfit.seq:,} of {of}{f' ({misfit.id})' if misfit.id is not None else ''} {misfit.what}."
