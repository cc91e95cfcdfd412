from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from domain.core.db import created_at, key, metadata, moment, nobodys, reference

data_keys = Table(
    "data_keys",
    metadata,
    key(),
    reference("org_id", "organizations.id", nullable=True, index=False),  # null: of the installation itself, one row
    Column("version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),  # of the key it is wrapped with
    # of the installation's row: by what it is known that the key opens it; a rotation that is under way, and from where
    Column("known", LargeBinary),
    moment("rotating_since"),
    Column("rotating_from", Text),
    created_at(),
    UniqueConstraint("org_id", "version"),
    Index("uq_data_keys_installation", "version", unique=True, postgresql_where=text("org_id IS NULL")),
    info=nobodys("keys of organizations, each wrapped by one that is kept elsewhere; they go with their organization"),
)
