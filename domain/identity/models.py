from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("merged_into", Uuid, ForeignKey("users.id", ondelete="SET NULL")),  # whose other account this was
    moment("deleted_at"),
    created_at(),
    updated_at(),
    UniqueConstraint("email"),
    Index("ix_users_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    info=personal(
        Fate.ANONYMISED,
        "what others have and what was spent hangs on its number, which leads to no name then",
        exported="names, picture and mail address",
        of={"id": "users"},
        names=("merged_into",),
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
    Column("preferred_airlines", ARRAY(Text), nullable=False, server_default="{}"),  # IATA designators
    Column("preferred_cabin_class", Text),
    Column("frequent_flyer_numbers", JSONB, nullable=False, server_default="{}"),  # by airline
    Column("social_accounts", JSONB, nullable=False, server_default="{}"),  # addresses by network
    Column("resume_url", Text),
    Column("linkedin_url", Text),
    Column("github_url", Text),
    Column("portfolio_url", Text),
    created_at(),
    updated_at(),
    UniqueConstraint("user_id"),
    CheckConstraint("preferred_cabin_class IN ('economy', 'business', 'first')", name="cabin_class"),
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
    moment("linked_at"),
    Column("tries", SmallInteger, nullable=False, server_default="0"),  # codes typed since ``tried_at``
    moment("tried_at"),
    Column("name", Text),  # what the platform calls them, and their time zone, as it said last
    Column("timezone", Text),
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

account_links = Table(
    "account_links",
    metadata,
    key(),
    reference("user_id", "users.id"),  # who began it
    Column("identity_id", Uuid, nullable=False),  # of chat_identities: by which account
    Column("thread_id", Uuid, nullable=False),  # where, in private
    reference("other_user_id", "users.id", nullable=True),  # who typed its code
    Column("other_identity_id", Uuid),
    Column("other_thread_id", Uuid),
    Column("status", Text, nullable=False, server_default="wanted"),
    Column("agreed", Boolean, nullable=False, server_default="false"),  # the first has pressed Join
    Column("other_agreed", Boolean, nullable=False, server_default="false"),
    Column("roles", JSONB, nullable=False, server_default="[]"),  # what it changed of memberships, to be undone
    moment("typed_at"),
    moment("decided_at"),
    created_at(),
    CheckConstraint("status IN ('wanted', 'typed', 'joined', 'refused', 'undone')", name="status"),
    info=personal(
        Fate.ERASED,
        "it says which accounts were one person's",
        exported="when which accounts were linked",
        of={"user_id": "users", "other_user_id": "users"},
        names=("thread_id",),
        left_out=("roles",),
    ),
)

sessions = Table(
    "sessions",
    metadata,
    key(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    reference("user_id", "users.id"),
    Column("data", JSONB, nullable=False, server_default="{}"),  # the browser, as it calls itself
    moment("expires_at", nullable=False),
    created_at(),
    info=personal(
        Fate.ERASED,
        "nobody is signed in as who is gone",
        exported="which browsers were signed in, and when",
        of={"user_id": "users"},
        left_out=("token_hash",),
    ),
)
