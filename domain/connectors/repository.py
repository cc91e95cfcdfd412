"""The table of Slack installations: one row a workspace, whoever installs there again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.db.moments import is_ahead, is_good
from domain.core.ids import new_id

_FIND = text("""
SELECT id, org_id, team, team_name, bot, token, refresh_token, key_version, expires_at, status, revision,
       expires_at - now() AS left
FROM slack_installations WHERE team = :team
""")


async def find(session: Session, team: str) -> RowMapping | None:
    return await session.first(_FIND, {"team": team})


_PUT = text("""
INSERT INTO slack_installations (id, org_id, team, team_name, enterprise, app, bot, scopes, token, refresh_token,
                                 key_version, expires_at, installed_by, granted_at)
VALUES (:id, :org_id, :team, :team_name, :enterprise, :app, :bot, :scopes, :token, :refresh_token,
        :key_version, now() + CAST(:lasts AS interval), :installed_by, :granted_at)
ON CONFLICT (team) DO UPDATE SET
    team_name = excluded.team_name, enterprise = excluded.enterprise, app = excluded.app,
    bot = excluded.bot, scopes = excluded.scopes, token = excluded.token,
    refresh_token = excluded.refresh_token, key_version = excluded.key_version, expires_at = excluded.expires_at,
    refreshing_until = NULL, installed_by = excluded.installed_by, granted_at = excluded.granted_at,
    status = 'active', ended_at = NULL, revision = slack_installations.revision + 1, updated_at = now()
WHERE slack_installations.id = excluded.id AND slack_installations.org_id = excluded.org_id
  AND slack_installations.granted_at <= excluded.granted_at
RETURNING id
""")


async def put(session: Session, **values: Any) -> bool:
    """Install, or install again. False: there is another row by now, or a newer installation."""
    return await session.scalar(_PUT, values) is not None


_END = text("""
UPDATE slack_installations SET status = :status, ended_at = now(), token = NULL, refresh_token = NULL,
       key_version = NULL, expires_at = NULL, refreshing_until = NULL, revision = revision + 1, updated_at = now()
WHERE team = :team AND status = 'active' AND (CAST(:at AS timestamptz) IS NULL OR granted_at <= :at)
  AND (CAST(:revision AS integer) IS NULL OR revision = :revision)
RETURNING id, org_id, team, team_name, status, revision
""")


async def end(
    session: Session, team: str, status: str, *, at: datetime | None = None, revision: int | None = None
) -> RowMapping | None:
    """Erase what it is spoken to with. None: it has ended before, or what ended it (``at``, by Slack's clock) is older
    than the installation, or (``revision``) it was changed meanwhile."""
    return await session.first(_END, {"team": team, "status": status, "at": at, "revision": revision})


_UNINSTALLED = text("""
UPDATE slack_installations SET status = 'uninstalled', updated_at = now()
WHERE team = :team AND status IN ('revoked', 'lapsed') AND granted_at <= :at
""")


async def mark_uninstalled(session: Session, team: str, *, at: datetime) -> None:
    """Of one that has ended already it is heard that the app is gone as well."""
    await session.execute(_UNINSTALLED, {"team": team, "at": at})


# Where the clock was set back since, its token is good for less than it says.
_DUE = f"(expires_at < now() + CAST(:ahead AS interval) OR expires_at IS NOT NULL AND {is_ahead('updated_at')})"
_EXPIRING = text(f"SELECT team FROM slack_installations WHERE {_DUE} ORDER BY expires_at LIMIT 100")  # noqa: S608 - of the constant above


async def expiring(session: Session, ahead: timedelta) -> Sequence[str]:
    """Workspaces whose tokens are good for less than that."""
    return [str(row[0]) for row in await session.execute(_EXPIRING, {"ahead": ahead})]


# Whoever waited for another began before it, by the clock: what that one has written is a little ahead of them.
_ASKED = f"(refreshing_until > now() AND NOT {is_ahead('refreshing_until - CAST(:lasts AS interval)')})"
_CLAIM = text(f"""
UPDATE slack_installations SET refreshing_until = now() + CAST(:lasts AS interval)
WHERE team = :team AND status = 'active' AND refresh_token IS NOT NULL
  AND {_DUE} AND {_ASKED} IS NOT TRUE
RETURNING id, org_id, refresh_token, revision, expires_at < now() AS expired
""")  # noqa: S608 - of the constants above


async def claim(session: Session, team: str, *, ahead: timedelta, lasts: timedelta) -> RowMapping | None:
    """Be the one that asks for the next token. None: another does, or nobody needs to."""
    return await session.first(_CLAIM, {"team": team, "ahead": ahead, "lasts": lasts})


_REFRESHED = text("""
UPDATE slack_installations SET token = :token, refresh_token = :refresh_token, key_version = :key_version,
       expires_at = now() + CAST(:lasts AS interval), refreshing_until = NULL, revision = revision + 1,
       updated_at = now()
WHERE id = :id AND status = 'active' AND revision = :revision RETURNING id
""")


async def refreshed(session: Session, **values: Any) -> bool:
    """Keep the next token. False: the workspace was installed anew meanwhile, or the app removed."""
    return await session.scalar(_REFRESHED, values) is not None


async def let_go(session: Session, installation_id: UUID) -> None:
    """The next token could not be asked for: another may."""
    await session.execute(
        text("UPDATE slack_installations SET refreshing_until = NULL WHERE id = :id"), {"id": installation_id}
    )


async def is_migrated(session: Session) -> bool:
    """Whether there is the table."""
    return bool(await session.scalar(text("SELECT to_regclass('slack_installations') IS NOT NULL")))


async def stand(session: Session) -> Sequence[RowMapping]:
    """Every installation as ``legwork doctor`` tells of it."""
    return await session.all(
        text("""SELECT team, team_name, status, scopes, expires_at - now() AS left
        FROM slack_installations ORDER BY team_name, team""")
    )


async def forget(session: Session, after: timedelta) -> Sequence[RowMapping]:
    """Remove those that ended that long ago: org_id, team."""
    return await session.all(
        text("""DELETE FROM slack_installations WHERE status <> 'active' AND ended_at < now() - CAST(:after AS interval)
        RETURNING org_id, team"""),
        {"after": after},
    )


async def erase_of(session: Session, orgs: Sequence[UUID]) -> None:
    """Those of organizations that go, whatever their status, with what opens them."""
    await session.execute(text("DELETE FROM slack_installations WHERE org_id = ANY(:orgs)"), {"orgs": list(orgs)})


# -- states -------------------------------------------------------------------------------------------

_ADD_STATE = text("""
INSERT INTO oauth_states (id, hash, expires_at) VALUES (:id, :hash, now() + CAST(:lasts AS interval))
""")
_TAKE_STATE = text(f"""
UPDATE oauth_states SET used_at = now() WHERE hash = :hash AND used_at IS NULL AND {is_good()} RETURNING id
""")  # noqa: S608 - of a constant


async def add_state(session: Session, hashed: bytes, lasts: timedelta) -> None:
    await session.execute(_ADD_STATE, {"id": new_id(), "hash": hashed, "lasts": lasts})


async def take_state(session: Session, hashed: bytes) -> bool:
    """Use it up. Of many who come with the same one at once, one has it."""
    return await session.scalar(_TAKE_STATE, {"hash": hashed}) is not None


async def forget_states(session: Session) -> None:
    await session.execute(text("DELETE FROM oauth_states WHERE expires_at < now() - interval '1 day'"))
