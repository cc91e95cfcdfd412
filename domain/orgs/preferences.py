"""How an organization is called, and what it has decided for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from domain.audit import Actor, record
from domain.core.db import Session
from domain.core.errors import Invalid, NotFound
from domain.orgs import queries, repository, service
from domain.orgs.access import Permission

LONGEST_NAME = 80
"""Characters of an organization's name."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an organization may decide; the first of ``values`` counts where it has not."""

    summary: str
    values: tuple[str, ...]


STRANGERS = "strangers"

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "approvals": Setting("who approves in shared chats: whom it works for, or admins too", ("own", "admins")),
        STRANGERS: Setting("whether people of other workspaces are served in shared channels", ("no", "yes")),
    }
)


async def name_of(session: Session, org_id: UUID) -> str:
    """Raises NotFound."""
    row = await queries.about(session, org_id)
    if row is None:
        raise NotFound("That organization is gone.")
    return str(row["name"])


async def rename(session: Session, org_id: UUID, name: str, *, by: UUID) -> None:
    """Raises Invalid."""
    if not name.isprintable() or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise Invalid(f"A name has 1 to {LONGEST_NAME} characters on one line.")
    await repository.rename(session, org_id, name.strip())
    _note(session, org_id, by, setting="name", value=name.strip())


async def keep_setting(session: Session, org_id: UUID, name: str, value: str, *, by: UUID) -> None:
    """Raises Invalid."""
    setting = SETTINGS.get(name)
    if setting is None:
        raise Invalid(f"“{name}” is no setting of an organization.", remedy=f"There are: name, {', '.join(SETTINGS)}.")
    if value not in setting.values:
        raise Invalid(f"“{name}” cannot be “{value}”.", remedy=f"It can be: {', '.join(setting.values)}.")
    if name == STRANGERS:  # who is there already is let in, or not any more
        await service.serve_strangers(session, org_id, serves=value == "yes", by=Actor("person", by))
        return
    await repository.set_setting(session, org_id, name, value)
    _note(session, org_id, by, setting=name, value=value)


def _note(session: Session, org_id: UUID, by: UUID, **details: object) -> None:
    """Write down that it is set otherwise."""
    record(
        session,
        "org.settings",
        org_id=org_id,
        actor=Actor("person", by),
        resource=("org", org_id),
        permission=Permission.MANAGE,
        details=details,
    )


def chosen(settings: Mapping[str, object], name: str) -> str:
    """What an organization has decided, or what counts where it has not."""
    kept = settings.get(name)
    if name == STRANGERS:
        return "yes" if kept is True else "no"
    return str(kept) if kept in SETTINGS[name].values else SETTINGS[name].values[0]
