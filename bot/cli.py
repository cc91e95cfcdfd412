"""The ``legwork`` command. It starts fast: what a command needs is loaded when that command runs.

Exit status: 0 done, 1 failed (not understood, or waiting for a person), 2 wrongly used. Every failure is one sentence
and its remedy on standard error.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bot import cli_admin, cli_audit, cli_data, cli_facts, cli_keys
from bot.console.failures import FAILED, Misuse, explain, first, tell
from bot.shell import DONE, load, on_database, print_json

if TYPE_CHECKING:
    from domain.core.settings import Settings

WAITS = "It waits for you. “legwork chat” goes on with it: “/tasks show” shows what it asks."
_DEFAULT = "chat"


class _Parser(argparse.ArgumentParser):
    """Explains a mistake in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise Misuse(f"{message[:1].upper()}{message[1:]}.", remedy=f"“{self.prog} --help” shows how it is used.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign still gets the rest
    try:
        given = _with_default(list(sys.argv[1:] if arguments is None else arguments))
        options = _parser().parse_args(given)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except KeyboardInterrupt:
        return tell("Stopped.", FAILED)
    except Exception as error:  # noqa: BLE001 - the outermost edge: every failure is told in one sentence
        if isinstance(first(error), BrokenPipeError):  # whoever read our output has left
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        return explain(error)


# -- how it is written --------------------------------------------------------------------------------


def _with_default(arguments: list[str]) -> list[str]:
    """``legwork`` alone, or with options only, is ``legwork chat``."""
    if arguments and (not arguments[0].startswith("-") or arguments[0] in ("-h", "--help", "--version")):
        return arguments
    return [_DEFAULT, *arguments]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="legwork",
        description="An agent service that lives in chat: it plans, does the legwork and reports back in the thread.",
        epilog="Without a command, “legwork” is “legwork chat”.",
    )
    parser.add_argument("--version", action="version", version=f"legwork {version('legwork')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)

    chat = commands.add_parser("chat", help="talk to Legwork in this terminal")
    chat.add_argument("--once", metavar="TEXT", help="send one message, print its answer and end")
    chat.add_argument("--file", metavar="PATH", action="append", default=[], help="add a file (may be repeated)")
    chat.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    chat.add_argument("--timeout", metavar="SECONDS", type=float, help="of --once: stop and fail after so long (600)")
    chat.set_defaults(run=_chat)

    cli_facts.declare(commands)
    cli_admin.declare(commands)
    cli_keys.declare(commands)

    manifest = commands.add_parser("manifest", help="print what a platform has to be told about the app")
    manifest.add_argument("platform", choices=["slack"])
    manifest.add_argument("--url", metavar="ADDRESS", help="the public address, where events come over HTTP")
    manifest.add_argument(
        "--installs", metavar="ADDRESS", help="the public address, where workspaces install the app by themselves"
    )
    manifest.set_defaults(run=_manifest)

    up = commands.add_parser(
        "up",
        help="start everything on this machine",
        description="Start everything on this machine and keep it running: worker, web and chat platforms, and the "
        "servers whose address is not set. With embedded servers it is one process; where DATABASE_URL or REDIS_URL is "
        "set, one for each line of the Procfile.",
    )
    up.add_argument("--apart", action="store_true", help="one process for each line of the Procfile in any case")
    up.set_defaults(run=_up)

    for name, purpose, run in (
        ("doctor", "check every setting and service, and say how to mend what is wrong", _doctor),
        ("migrate", "bring the database up to date", _migrate),
        ("seed", "store what a new database starts with", _seed),
        ("version", "print the version", _version),
    ):
        commands.add_parser(name, help=purpose).set_defaults(run=run)
    cli_audit.declare(commands, on_database)
    cli_data.declare(commands)
    return parser


# -- chat ---------------------------------------------------------------------------------------------


def _chat(options: argparse.Namespace) -> int:
    from domain.core.loop import loading

    loading()
    if options.once is None:
        if options.json or options.file or options.timeout is not None:
            belongs = "--json and --file belong" if options.timeout is None else "--timeout belongs"
            raise Misuse(f"{belongs} to --once.", remedy="Write: legwork chat --once “…” --file PATH.")
        return asyncio.run(_converse(load()))
    if options.timeout is not None and not options.timeout > 0:
        raise Misuse("--timeout takes a number of seconds above 0.", remedy="Write: --timeout 60.")
    settings = load()
    files = _readable(options.file, settings)
    if not options.once.strip() and not files:
        raise Misuse("There is nothing to send.", remedy="Write a message after --once.")
    return (
        _once_as_json(options.once, files, settings, options.timeout)
        if options.json
        else asyncio.run(_once(options.once, files, settings, options.timeout))
    )


async def _converse(settings: "Settings") -> int:
    from bot.console import chat
    from bot.runtime import open_runtime

    async with open_runtime(settings) as runtime:
        if chat.is_terminal():
            from bot.commands.table import NOUNS  # to complete what is typed

            return await chat.interactive(runtime, settings, commands=[f"/{noun.name}" for noun in NOUNS])
        return await chat.piped(runtime, settings, sys.stdin, sys.stdout)


async def _once(text: str, files: Sequence[Path], settings: "Settings", limit: float | None) -> int:
    from bot.console import chat
    from bot.console.patience import LIMIT
    from bot.runtime import open_runtime

    async with open_runtime(settings) as runtime:
        err = None if sys.stdout.isatty() else sys.stderr  # a terminal shows it as it goes
        outcome = await chat.once(runtime, settings, text, files, sys.stdout, err=err, limit=limit or LIMIT)
    if outcome is not None and outcome.status == "paused":
        sys.stderr.write(f"{WAITS}\n")
    return DONE if outcome is None or outcome.status == "succeeded" else FAILED


def _once_as_json(text: str, files: Sequence[Path], settings: "Settings", limit: float | None) -> int:
    """Nothing but the object reaches standard output, whatever a library prints."""
    from bot.console import chat
    from bot.console.outcome import as_json, failure, nothing
    from bot.console.patience import LIMIT
    from bot.runtime import open_runtime

    async def answered() -> Mapping[str, Any]:
        async with open_runtime(settings) as runtime:
            outcome = await chat.once(runtime, settings, text, files, err=sys.stderr, limit=limit or LIMIT)
        return as_json(outcome) if outcome is not None else nothing()

    out = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        try:
            printed, status = asyncio.run(answered()), DONE
        except Exception as error:  # noqa: BLE001 - a reader of JSON gets an object in any case
            printed, status = failure(first(error)), explain(error)
    print_json(printed, out)
    return status if printed["status"] == "succeeded" else FAILED


def _readable(paths: Sequence[str], settings: "Settings") -> list[Path]:
    """The files given, each checked. Raises Misuse."""
    from bot.console.attachments import check
    from domain.core.errors import Invalid

    try:
        files = [Path(path).expanduser() for path in paths]
        for file in files:
            check(file, max_bytes=settings.max_file_bytes)
    except Invalid as error:
        raise Misuse(error.sentence, remedy=error.remedy) from error
    return files


# -- the machine --------------------------------------------------------------------------------------


def _up(options: argparse.Namespace) -> int:
    from bot.supervision.form import chosen
    from bot.up import up

    settings = load()
    return asyncio.run(up(settings, chosen(settings, apart=options.apart, here=Path("Procfile"))))


def _manifest(options: argparse.Namespace) -> int:
    from bot.slack.manifest import manifest

    print(json.dumps(manifest(options.url, options.installs), indent=2))
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from bot.doctor import doctor

    return DONE if asyncio.run(doctor(sys.stdout)) else FAILED


def _migrate(options: argparse.Namespace) -> int:
    from migrations import upgrade

    asyncio.run(on_database(lambda _, database: upgrade(database), migrates=True))
    print("The database is up to date.")
    return DONE


def _seed(options: argparse.Namespace) -> int:
    from bot.upkeep import seed

    asyncio.run(on_database(seed))
    print("The database holds what it starts with.")
    return DONE


def _version(options: argparse.Namespace) -> int:
    print(f"legwork {version('legwork')}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
