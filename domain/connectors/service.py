"""Slack installations: whose they are, what opens them, and what becomes of them. Tokens are sealed before a
transaction is opened, and opened after it: sealing asks for keys."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from domain.audit import SYSTEM, Actor, record
from domain.connectors import repository
from domain.core.crypto.keyring import DataKey, Keyring
from domain.core.crypto.sealing import Place
from domain.core.db import Database, Session
from domain.core.errors import Unavailable
from domain.core.ids import new_id

AHEAD = timedelta(hours=2)
"""So long before a token expires the next one is asked for."""
ASKING = timedelta(minutes=1)
"""How long one process may take to ask for it."""
KEPT = timedelta(days=30)
"""How long what an installation has led to is kept after its end."""

_TOKEN, _REFRESH = "slack_installations.token", "slack_installations.refresh_token"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a workspace is spoken to with; neither shows in a log. ``lasts`` None: for ever."""

    token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What Slack grants where the app is installed; ``granted_at`` by Slack's clock."""

    team: str
    team_name: str
    enterprise: str | None
    app: str
    bot: str
    scopes: str
    tokens: Tokens
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation as it stands. ``token`` None: it has ended, and ``status`` says how."""

    team: str
    org_id: UUID
    status: str
    revision: int
    token: str | None = field(default=None, repr=False)
    left: timedelta | None = None
    """For how much longer the token is good; None: for ever."""


@dataclass(frozen=True, slots=True)
class Ended:
    """An installation whose end was just heard of."""

    id: UUID
    org_id: UUID
    team: str
    team_name: str
    status: str
    revision: int


Tell = Callable[[Session, Ended], Awaitable[None]]
"""Tells those who administer an organization that its installation has ended: elsewhere than there."""


@dataclass(frozen=True, slots=True)
class Due:
    """An installation whose next token this process is to ask for."""

    id: UUID
    org_id: UUID
    revision: int
    expired: bool
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stands:
    """An installation as an operator is told of it. ``left``: for how much longer its token is good."""

    team: str
    team_name: str
    status: str
    scopes: frozenset[str]
    left: timedelta | None


async def standing(database: Database) -> list[Stands]:
    """Every installation; none where the schema is missing."""
    async with database.system("a check of the installation") as session:
        rows = await repository.stand(session) if await repository.is_migrated(session) else ()
    return [
        Stands(row["team"], row["team_name"], row["status"], frozenset(row["scopes"].split(",")), row["left"])
        for row in rows
    ]


class Installations:
    """Those of one database."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def find(self, team: str) -> Installation | None:
        """The installation in a workspace, its token opened; None where there has been none."""
        async with self._database.system("a platform says which workspace, not whose it is", single=True) as session:
            row = await repository.find(session, team)
        if row is None:
            return None
        token = row["token"]
        opened = await self._keyring.open(row["org_id"], _TOKEN, row["id"], token) if token is not None else None
        return Installation(
            team,
            row["org_id"],
            row["status"],
            row["revision"],
            opened.decode() if opened is not None else None,
            row["left"],
        )

    async def install(self, grant: Grant, *, org_id: UUID, user_id: UUID) -> None:
        """Keep what was granted; where the app was installed before, instead of that. Raises Unavailable where a newer
        installation of the same workspace comes first.
        """
        async with self._database.system("a platform says which workspace, not whose it is", single=True) as session:
            known = await repository.find(session, grant.team)
        row = known["id"] if known is not None else new_id()
        values = await self._sealed(org_id, row, grant.tokens)
        async with self._database.transaction(org_id) as session:
            kept = await repository.put(
                session,
                id=row,
                org_id=org_id,
                team=grant.team,
                team_name=grant.team_name,
                enterprise=grant.enterprise,
                app=grant.app,
                bot=grant.bot,
                scopes=grant.scopes,
                installed_by=user_id,
                granted_at=grant.granted_at,
                **values,
            )
            if not kept:
                raise Unavailable("The workspace was installed by somebody else at the same moment.")
            record(
                session,
                "slack.install",
                org_id=org_id,
                actor=Actor("person", user_id),
                resource=("slack_installation", row),
                details={"team": grant.team, "team_name": grant.team_name, "scopes": grant.scopes},
            )

    async def end(
        self, team: str, status: str, tell: Tell, *, at: datetime | None = None, revision: int | None = None
    ) -> Ended | None:
        """Erase the tokens of a workspace (``status``: revoked, uninstalled, lapsed), and ``tell`` of it in the same
        transaction. None: nothing is changed by that, see ``repository.end``."""
        async with self._database.system("a platform says which workspace, not whose it is") as session:
            row = await repository.end(session, team, status, at=at, revision=revision)
            if row is None:
                if status == "uninstalled" and at is not None:
                    await repository.mark_uninstalled(session, team, at=at)
                return None
            record(
                session,
                "slack.end",
                org_id=row["org_id"],
                actor=SYSTEM,
                resource=("slack_installation", row["id"]),
                details={"team": team, "status": status},
            )
            ended = Ended(row["id"], row["org_id"], row["team"], row["team_name"], row["status"], row["revision"])
            await tell(session, ended)
        return ended

    # -- tokens that expire ---------------------------------------------------------------------------

    async def expiring(self) -> list[str]:
        """The workspaces whose next token is due."""
        async with self._database.system("a platform says which workspace, not whose it is", single=True) as session:
            return list(await repository.expiring(session, AHEAD))

    async def claim(self, team: str) -> Due | None:
        """Be the one process that asks for the next token. None: another is at it, or it is not due."""
        async with self._database.system("a platform says which workspace, not whose it is", single=True) as session:
            row = await repository.claim(session, team, ahead=AHEAD, lasts=ASKING)
        if row is None:
            return None
        refresh = await self._keyring.open(row["org_id"], _REFRESH, row["id"], row["refresh_token"])
        return Due(row["id"], row["org_id"], row["revision"], row["expired"], refresh.decode())

    async def refreshed(self, due: Due, tokens: Tokens) -> bool:
        """Keep the next token. False: the installation is another by now, and has its own."""
        values = await self._sealed(due.org_id, due.id, tokens)
        async with self._database.system("a platform says which workspace, not whose it is", single=True) as session:
            return await repository.refreshed(session, id=due.id, revision=due.revision, **values)

    async def forget(self) -> None:
        """Remove installations that ended ``KEPT`` ago, and states that nobody came back with."""
        async with self._database.system("a platform says which workspace, not whose it is") as session:
            await repository.forget(session, KEPT)
            await repository.forget_states(session)

    async def let_go(self, due: Due) -> None:
        async with self._database.system("a platform says which workspace, not whose it is", single=True) as session:
            await repository.let_go(session, due.id)

    async def _sealed(self, org_id: UUID, row: UUID, tokens: Tokens) -> dict[str, object]:
        key: DataKey = await self._keyring.data_key(org_id)
        refresh = tokens.refresh_token
        return {
            "token": key.seal(Place(_TOKEN, org_id, row), tokens.token.encode()),
            "refresh_token": key.seal(Place(_REFRESH, org_id, row), refresh.encode()) if refresh is not None else None,
            "key_version": key.version,
            "lasts": tokens.lasts,
        }
