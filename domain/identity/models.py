from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Fate, created_at, key, metadata, moment, personal, reference, updated_at

users = Table(
    "users",
    metadata,
    key(),
    Column("email", Text),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("name", Text),
    Column("profile_image_url", Text),
    moment("deleted_at"),
    created_at(),
    updated_at(),
    UniqueConstraint("email"),
    info=personal(
        Fate.ANONYMISED,
        "what others have and what was spent hangs on its number, which leads to no name then",
        exported="names, picture and mail address",
        of={"id": "users"},
        blank={"email": None, "first_name": None, "last_name": None, "name": None, "profile_image_url": None},
    ),
)

user_profiles = Table(
    "user_profiles",
    metadata,
    key(),
    reference("user_id", "users.id", index=False),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("locale", Text),
    Column("notifications", JSONB, nullable=False, server_default="{}"),
    created_at(),
    updated_at(),
    UniqueConstraint("user_id"),
    info=personal(Fate.ERASED, "it is about one person alone", exported="all of it", of={"user_id": "users"}),
)

chat_identities = Table(
    "chat_identities",
    metadata,
    key(),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("platform_user_id", Text, nullable=False),
    reference("user_id", "users.id"),
    reference("first_user_id", "users.id"),  # whose it was before any account was linked
    created_at(),
    UniqueConstraint("platform", "workspace", "platform_user_id"),
    info=personal(
        Fate.ERASED,
        "who writes under that name afterwards is a new person",
        exported="all of it",
        of={"user_id": "users", "first_user_id": "users"},
    ),
)

magic_links = Table(
    "magic_links",
    metadata,
    key(),
    Column("purpose", Text, nullable=False),  # what holding it is good for
    Column("token_hash", LargeBinary, unique=True),  # null until it is shown to somebody
    Column("code_hash", LargeBinary),  # the same as letters to type
    reference("user_id", "users.id", nullable=True),  # whom it was made for, where that is known
    Column("email", Text),  # where it was mailed to
    Column("details", JSONB, nullable=False, server_default="{}"),  # what its purpose needs to know
    Column("uses", Integer, nullable=False, server_default="1"),  # that are left
    moment("expires_at", nullable=False),
    moment("used_at"),
    created_at(),
    CheckConstraint("uses >= 0", name="uses"),
    Index("ix_magic_links_code_hash", "code_hash", postgresql_where=text("code_hash IS NOT NULL")),
    info=personal(
        Fate.ERASED,
        "it opens nothing for somebody who is gone; a hash tells nobody anything",
        exported="what it was for, and when",
        of={"user_id": "users"},
        names=("email",),
        left_out=("token_hash", "code_hash"),
    ),
)
