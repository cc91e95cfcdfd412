"""``legwork doctor``: every setting and service looked at, one line each, with what to do about it."""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

import migrations
from bot import mail_check, model_check, registry
from bot.views.clean import visible
from domain.core import embedded
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.db import AWAY, Database, open_database
from domain.core.embedded import Servers
from domain.core.errors import LegworkError, Misconfigured, Unavailable
from domain.core.logging import configure, logger
from domain.core.settings import Settings, load, variables
from domain.core.storage import open_storage
from domain.health import Check, Finding, Level, broken, error, examine, failing, machine, ok, outside
from domain.health.admission import admission
from domain.health.keys import key, secrets
from domain.health.maintenance import maintenance
from domain.health.postgres import postgres
from domain.health.redis import connect, redis
from domain.health.tenants import tenants
from domain.health.workers import workers
from domain.orgs import operators
from domain.personal import retention

__all__ = ["doctor", "findings", "lines"]

log = logger(__name__)

_MARKS = {Level.OK: "✓", Level.WARNING: "!", Level.ERROR: "✗"}


async def doctor(out: TextIO) -> bool:
    """Look at everything and write what was found. Returns whether nothing is wrong; warnings are no fault.

    What goes wrong in looking is kept in ``logs/doctor.log`` of the data directory, where there is room for it.
    """
    _keep_log()
    found = await findings()
    out.write("\n".join(lines(found)) + "\n")
    return not failing(found)


def _keep_log() -> None:
    try:
        settings = load()
    except Misconfigured:  # a finding of its own
        return
    folder = settings.data_dir / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        configure(settings, file=folder / "doctor.log")
    except OSError:  # a finding of its own as well
        configure(settings, file=Path(os.devnull))


async def findings() -> list[Finding]:
    """What was found, in a fixed order. Never raises for what is being looked at."""
    interpreter = Check("python", machine.interpreter)
    try:
        settings = load()
    except Misconfigured as failure:
        return [*await examine([interpreter]), error("settings", failure.sentence, "Correct or unset it.")]
    here = await examine([interpreter, *_of_this_machine(settings)])
    return [*here, *await _of_servers(settings)]


def _of_this_machine(settings: Settings) -> Sequence[Check]:
    async def names() -> Sequence[Finding]:
        return machine.unknown_settings(variables())

    async def storage() -> Sequence[Finding]:
        return await outside.storage(open_storage(settings))

    return [
        Check("settings", names),
        Check("data directory", partial(machine.data_directory, settings)),
        Check("embedded servers", partial(machine.embedded_wheels, settings)),
        Check("key", partial(key, settings), limit=30),
        Check("storage", storage, limit=10),
        Check("model", partial(model_check.model, settings), limit=model_check.LIMIT),
        Check("mail", partial(mail_check.mail, settings), limit=mail_check.LIMIT),
        Check("web search", partial(outside.search, settings)),
        Check("pdf", partial(machine.pdf, _page), limit=20),
        *registry.checks(settings),
    ]


def _page() -> bytes:
    from domain.tools.builtin.writing.pdf import pdf  # loads the typefaces

    return pdf([], "Legwork")[0]


async def _of_servers(settings: Settings) -> list[Finding]:
    try:
        async with embedded.running(settings) as servers:  # started for this check where they do not run
            return await _look_at(settings, servers)
    except LegworkError as failure:
        return [error("servers", failure.sentence, failure.remedy)]
    except Exception as failure:
        log.warning("the servers could not be looked at", exc_info=failure)
        return [broken("servers", failure)]


async def _look_at(settings: Settings, servers: Servers) -> list[Finding]:
    is_embedded = settings.database_url is None
    database, client = open_database(servers.database_url, pool=1), connect(servers.redis_url)
    try:
        return await examine(
            [
                Check(
                    "postgres",
                    partial(postgres, database, migrations.newest(), migrations.revision, is_embedded=is_embedded),
                ),
                Check("tenants", partial(tenants, database, migrations.wall, is_embedded=is_embedded)),
                Check("redis", partial(redis, client)),
                Check("secrets", partial(secrets, Keyring(database, Keys(settings))), limit=30),
                Check("maintenance", partial(maintenance, database)),
                Check("admission", partial(_admitted, settings, database)),
                Check("retention", partial(_kept, database)),
                Check("workers", partial(workers, database, client, is_embedded=is_embedded)),
                *registry.stored_checks(settings, database),
            ]
        )
    finally:
        await client.aclose()
        await database.close()


async def _admitted(settings: Settings, database: Database) -> Sequence[Finding]:
    """Who is let in, and by whom. Raises Unavailable where the database does not answer."""
    try:
        async with database.system("a check of the installation") as session:
            there = len(await operators.appointed(session)) if await retention.is_migrated(session) else 0
    except AWAY as failure:
        raise Unavailable("Who is let in cannot be looked at.", remedy="See what is said about Postgres.") from failure
    return await admission(settings, there)


async def _kept(database: Database) -> Sequence[Finding]:
    """For how long things are kept. Raises Unavailable where the database does not answer."""
    try:
        async with database.system("a check of the installation") as session:
            found = await retention.terms(session) if await retention.is_migrated(session) else []
    except AWAY as failure:
        raise Unavailable("What is kept cannot be looked at.", remedy="See what is said about Postgres.") from failure
    return [ok("retention", f"Kept: {'; '.join(retention.worded(found))}.")]


def lines(found: Sequence[Finding]) -> list[str]:
    """One line a finding, names aligned, the remedy below; then what it comes to."""
    width = max(len(finding.name) for finding in found)
    shown: list[str] = []
    for finding in found:
        shown.append(f"{_MARKS[finding.level]} {finding.name:<{width}}  {visible(finding.message)}")
        if finding.remedy is not None:
            shown.append(f"  {'':<{width}}  → {visible(finding.remedy)}")
    return [*shown, "", _summary(found)]


def _summary(found: Sequence[Finding]) -> str:
    errors = len(failing(found))
    warnings = sum(1 for finding in found if finding.level is Level.WARNING)
    if errors:
        return f"{_counted(errors, 'error')} to mend" + (f", {_counted(warnings, 'warning')}." if warnings else ".")
    return f"Nothing is wrong; {_counted(warnings, 'warning')}." if warnings else "Nothing is wrong."


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
