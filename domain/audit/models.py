from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Index, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import Fate, created_at, key, metadata, personal

audit_logs = Table(
    "audit_logs",
    metadata,
    key(),
    Column("org_id", Uuid),  # null: of the platform. Bare: a row outlives what it tells of
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Uuid),  # of a person or a key; of an operator, their account of the machine
    Column("on_behalf_of", Uuid),  # the person for whom a key or the system acts
    Column("action", Text, nullable=False),  # noun.verb
    Column("resource_type", Text),
    Column("resource_id", Text),
    Column("outcome", Text, nullable=False),
    Column("permission", Text),
    Column("details", JSONB(none_as_null=True)),  # with their salt; null once they are erased
    Column("details_hash", LargeBinary, nullable=False),
    Column("request_id", Text),  # what caused it: a message, a request
    created_at(),
    Column("seq", BigInteger),  # its place in the chain of its organization; null until it is sealed
    Column("hash", LargeBinary),
    Column("chain", Uuid, Computed("COALESCE(org_id, '00000000-0000-0000-0000-000000000000'::uuid)"), nullable=False),
    CheckConstraint("actor_kind IN ('person', 'key', 'system', 'operator')", name="actor_kind"),
    CheckConstraint("outcome IN ('done', 'refused')", name="outcome"),
    Index("uq_audit_logs_seq", "chain", "seq", unique=True, postgresql_where=text("seq IS NOT NULL")),
    Index("ix_audit_logs_unsealed", "created_at", "id", postgresql_where=text("seq IS NULL")),
    # what a trail is asked for, the newest first
    Index("ix_audit_logs_created_at", "chain", "created_at", "id"),
    Index("ix_audit_logs_action", "chain", "action", "created_at", "id"),
    Index("ix_audit_logs_refused", "chain", "created_at", "id", postgresql_where=text("outcome = 'refused'")),
    Index("ix_audit_logs_actor_id", "actor_id", "created_at", "id", postgresql_where=text("actor_id IS NOT NULL")),
    info=personal(
        Fate.KEPT,
        "it proves who was let do what, and its chain has to hold; its details are erased, which the chain allows",
        exported="what you did, when, and whether it was refused",
        of={"actor_id": "users", "on_behalf_of": "users"},
        left_out=("details", "details_hash", "request_id", "seq", "hash"),
    ),
)
