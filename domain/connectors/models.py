from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from domain.core.db import Fate, created_at, key, metadata, moment, nobodys, personal, reference, sealed, updated_at

oauth_states = Table(
    "oauth_states",
    metadata,
    key(),
    Column("hash", LargeBinary, nullable=False, unique=True),  # of the state and what its browser keeps, together
    moment("expires_at", nullable=False),
    moment("used_at"),
    created_at(),
    info=nobodys("a browser on its way to a platform and back; it goes with the day"),
)

slack_installations = Table(
    "slack_installations",
    metadata,
    key(),
    reference("org_id", "organizations.id"),
    Column("team", Text, nullable=False),  # the workspace
    Column("team_name", Text, nullable=False),
    Column("enterprise", Text),
    Column("app", Text, nullable=False),
    Column("bot", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # between commas, as Slack writes them
    sealed("token"),  # null once it is no longer good
    sealed("refresh_token"),  # null where tokens do not expire
    Column("key_version", Integer),  # of the data key that both are sealed under
    moment("expires_at"),
    moment("refreshing_until"),  # a process is asking for the next token, and for so long no other does
    Column("installed_by", Uuid),
    moment("granted_at", nullable=False),  # by Slack's clock: what happened before does not concern this installation
    Column("status", Text, nullable=False, server_default="active"),
    moment("ended_at"),
    Column("revision", Integer, nullable=False, server_default="1"),  # counts what processes have to read anew
    created_at(),
    updated_at(),
    UniqueConstraint("team"),
    ForeignKeyConstraint(["org_id", "key_version"], ["data_keys.org_id", "data_keys.version"]),
    CheckConstraint("status IN ('active', 'revoked', 'uninstalled', 'lapsed')", name="status"),
    Index("ix_slack_installations_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    info=personal(
        Fate.KEPT,
        "the app in a workspace is its organization's, and goes with it; its token is sealed, and goes when it ends",
        exported=None,
        of={"installed_by": "users"},
        stays=("team", "team_name", "enterprise", "app", "bot", "scopes", "status"),
    ),
)
