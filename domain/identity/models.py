from sqlalchemy import Column, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import created_at, key, metadata, moment, reference, updated_at

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
)

chat_identities = Table(
    "chat_identities",
    metadata,
    key(),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("platform_user_id", Text, nullable=False),
    reference("user_id", "users.id"),
    created_at(),
    UniqueConstraint("platform", "workspace", "platform_user_id"),
)
