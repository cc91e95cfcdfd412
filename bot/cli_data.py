"""``legwork data``: what is done with the data of people as a whole: how long it is kept, and erasing again after a
restore what had been erased."""

import argparse
import sys
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.console.failures import Misuse
from bot.shell import DONE, on_database, runs

if TYPE_CHECKING:
    from domain.core.db import Database
    from domain.core.settings import Settings
    from domain.personal.retention import Kind

EVER = "ever"
"""Written for a number of days: no time is set."""


def declare(commands: Any) -> None:
    """Add the command with its verbs."""
    data = commands.add_parser("data", help="how long things are kept; erase again what a restore brought back")
    verbs = data.add_subparsers(title="verbs", metavar="VERB", required=True)
    keep = verbs.add_parser("keep", help="show or set for how long things are kept")
    keep.add_argument("kind", metavar="KIND", nargs="?", help="logs, events, messages, artifacts or audit")
    keep.add_argument("days", metavar="DAYS", nargs="?", help=f"a number of days, or “{EVER}”")
    keep.add_argument("--org", metavar="SLUG", help="of one organization; else wherever nothing else is said")
    runs(keep, _keep)
    reapply = verbs.add_parser("reapply", help="after a restore: erase again what had been erased")
    runs(reapply, _reapply)


async def _keep(options: argparse.Namespace) -> int:
    term = _term(options) if options.kind is not None else None

    async def work(settings: "Settings", database: "Database") -> None:
        lines = await keep(database, term, options.org)
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    await on_database(work)
    return DONE


async def keep(database: "Database", term: "tuple[Kind, int | None] | None", slug: str | None) -> list[str]:
    """Set for how many days a kind is kept, None being for ever, in an organization or wherever nothing else is said;
    None leaves all as it is. Returns how everything is kept, in words. Raises Misuse."""
    from domain.audit import OPERATOR, record
    from domain.orgs import repository as orgs
    from domain.personal import retention

    async with database.system("how long things are kept is the operator's to say") as session:
        if term is not None:
            org_id: UUID | None = None
            if slug is not None:
                org_id = await orgs.find(session, slug)
                if org_id is None:
                    raise Misuse(
                        f"There is no organization “{slug}”.", remedy="Write its slug, as in “legwork admin orgs”."
                    )
            kind, days = term
            await retention.set_term(session, kind, days, org_id)
            details = {"days": days if days is not None else EVER, **({"org": str(org_id)} if org_id else {})}
            record(session, "data.keep", org_id=None, actor=OPERATOR, resource=("kind", kind), details=details)
        return retention.worded(await retention.terms(session))


def _term(options: argparse.Namespace) -> "tuple[Kind, int | None]":
    """Raises Misuse."""
    from domain.personal.retention import LEAST_DAYS, MOST_DAYS, Kind

    if options.kind not in set(Kind):
        raise Misuse(f"Nothing is called “{options.kind}”.", remedy=f"There are {', '.join(Kind)}.")
    if options.days == EVER:
        return Kind(options.kind), None
    if options.days is None or not options.days.isdecimal() or not LEAST_DAYS <= int(options.days) <= MOST_DAYS:
        raise Misuse(
            f"Say for how many days: from {LEAST_DAYS} to {MOST_DAYS:,}.", remedy=f"Write a number, or “{EVER}”."
        )
    return Kind(options.kind), int(options.days)


async def _reapply(_: argparse.Namespace) -> int:
    async def work(settings: "Settings", database: "Database") -> None:
        from domain.core.storage import open_storage
        from domain.personal import service

        count = await service.reapply(database, open_storage(settings))
        sys.stdout.write(f"{count} erasures of the journal are carried out again by the next worker that runs.\n")

    await on_database(work)
    return DONE
