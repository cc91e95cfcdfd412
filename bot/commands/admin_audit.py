"""``/admin audit``: who did what, newest first; an organization's for its admins, the platform's for who runs it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Verb
from bot.commands.pages import ROWS, listing
from domain.audit import chain, repository
from domain.audit.repository import Asked
from domain.audit.service import SALT
from domain.conversations.said import Said
from domain.core import ids
from domain.core.errors import Invalid, NotFound
from domain.identity import repository as identity
from domain.orgs import queries
from domain.orgs.access import Permission

_SPAN = re.compile(r"(?P<count>\d{1,4})(?P<unit>[mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_USAGE = "Write for example: /admin audit actor @Ana action tasks.stop since 7d refused."
_LONGEST = 60
"""Characters of the details that a row shows."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What was asked for, as it was written."""

    actor: str | None = None
    action: str | None = None
    since: str | None = None
    refused: bool = False
    before: tuple[datetime, UUID] | None = None

    def again(self, verb: str, last: RowMapping) -> str:
        """The command for the next page."""
        asked = [
            *(
                f'{name} "{value}"'
                for name in ("actor", "action", "since")
                if (value := getattr(self, name)) is not None
            ),
            *(["refused"] if self.refused else []),
        ]
        return " ".join(
            ["admin", verb, *asked, "before", last["created_at"].isoformat(), ids.text("audit", last["id"])]
        )


def _read(words: Sequence[str]) -> _Words:
    """Raises Invalid."""
    found: dict[str, Any] = {}
    left = list(words)
    while left:
        word = left.pop(0).lower()
        if word == "refused":
            found[word] = True
        elif word in ("actor", "action", "since") and left:
            found[word] = left.pop(0).replace('"', "")
        elif word == "before" and len(left) >= 2:
            found[word] = (_moment(left.pop(0)), ids.parse("audit", left.pop(0)))
        else:
            raise Invalid(f"“{word}” is nothing to look for in the trail.", remedy=_USAGE)
    return _Words(**found)


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(f"“{written}” is no moment of a list.", remedy="“/admin audit” begins it anew.")
    return moment


def _span(written: str | None) -> timedelta | None:
    if written is None:
        return None
    found = _SPAN.fullmatch(written.lower())
    if found is None:
        raise Invalid(f"“{written}” is no span of time.", remedy="Write 30m, 12h, 7d or 4w.")
    return timedelta(**{_UNITS[found["unit"]]: int(found["count"])})


async def _audit(call: Call) -> Sequence[Said]:
    words, org_id = _read(call.words), call.person.org_id
    actors: list[UUID] | None = None
    if words.actor is not None:
        members = await queries.named(call.session, org_id, words.actor)
        actors = [one.user_id for one in members]
        _found(words.actor, actors)
    return await _page(call, "audit", "Audit trail", org_id, words, actors)


async def _platform(call: Call) -> Sequence[Said]:
    words = _read(call.words)
    actors: list[UUID] | None = None
    async with call.session.system("who runs the installation is no organization's"):
        if words.actor is not None:
            actors = await identity.called(call.session, words.actor.removeprefix("@"))
            _found(words.actor, actors)
        return await _page(call, "audit platform", "Audit trail of the platform", chain.PLATFORM, words, actors)


def _found(written: str, actors: Sequence[UUID]) -> None:
    if not actors:
        raise NotFound(f"There is nobody called “{written}”.", remedy="“/org members” lists who belongs here.")


async def _page(
    call: Call, verb: str, title: str, of: UUID, words: _Words, actors: Sequence[UUID] | None
) -> Sequence[Said]:
    asked = Asked(of, actors, words.action and words.action.lower(), _span(words.since), words.refused)
    rows = await repository.page(call.session, asked, before=words.before, limit=ROWS + 1)
    people = {row[name] for row in rows for name in ("actor_id", "on_behalf_of") if row[name] is not None}
    names = await identity.names(call.session, people)
    shown = listing(
        title,
        ("when", "who", "did", "to", "", ""),
        rows,
        lambda row: _row(call, row, names),
        lambda last: words.again(verb, last),
        empty="Nothing of that kind is on the trail.",
        footer=f"“/admin {verb} since 7d refused” shows what was refused in a week.",
    )
    return (shown,)


def _row(call: Call, row: RowMapping, names: Mapping[UUID, str]) -> tuple[str, ...]:
    at = row["created_at"].astimezone(call.person.timezone)
    to = " ".join(filter(None, (row["resource_type"], _short(row["resource_id"]))))
    outcome = "refused" if row["outcome"] == "refused" else ""
    return (f"{at:%d %b %H:%M:%S}", _who(row, names), row["action"], to or "-", outcome, _details(row["details"]))


def _who(row: RowMapping, names: Mapping[UUID, str]) -> str:
    if row["actor_kind"] in ("system", "operator"):
        who = "Legwork" if row["actor_kind"] == "system" else "the operator"
        known = names.get(row["actor_id"]) if row["actor_id"] is not None else None
        who += f" ({known})" if known else ""
    else:
        known = names.get(row["actor_id"]) if row["actor_kind"] == "person" else None
        who = known or ids.short("usr" if row["actor_kind"] == "person" else "key", row["actor_id"])
    behalf = row["on_behalf_of"]
    return who if behalf is None else f"{who} for {names.get(behalf) or ids.short('usr', behalf)}"


def _short(resource_id: str | None) -> str:
    """The end of a number, as lists show it; anything else as it is."""
    if resource_id is None:
        return ""
    try:
        return ids.text("", UUID(resource_id))[-6:]
    except ValueError:
        return resource_id[:_LONGEST]


def _told(name: str, value: Any) -> str:
    """What was changed, as what it was and is; nothing of what stayed as it was."""
    match value:
        case [before, now]:
            return f"{name}: {before or '-'} → {now}" if before != now else ""
        case _:
            return f"{name}: {value}"


def _details(details: Mapping[str, Any] | None) -> str:
    if details is None:
        return "(erased)"
    told = ", ".join(told for name, value in sorted(details.items()) if name != SALT and (told := _told(name, value)))
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 2]} …"


VERBS = (
    Verb(
        "audit",
        "who did what in this organization, and what was refused",
        "/admin audit actor @Ana action tasks.stop since 7d refused",
        _audit,
        Permission.MANAGE,
        private=True,
        audited=False,
    ),
    Verb(
        "audit platform",
        "the same of the installation",
        "/admin audit platform since 7d",
        _platform,
        Permission.OPERATE,
        private=True,
        audited=False,
    ),
)
