"""the audit trail is sealed into chains, and only grows

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Two changes are let through: a row without a seal is given one, and details are forgotten. After the row, since what
# is generated is not there before.
_ONLY_GROWS = """
CREATE FUNCTION audit_logs_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.seq IS NULL AND OLD.hash IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL THEN
            OLD.seq := NEW.seq;
            OLD.hash := NEW.hash;
        ELSIF NEW.details IS NULL THEN
            OLD.details := NULL;
        END IF;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_logs only grows: no row of it is changed or removed'
        USING ERRCODE = 'insufficient_privilege', HINT = 'Details can be erased; nothing else can.';
END $$
"""


def upgrade() -> None:
    op.add_column(
        "audit_logs",
        sa.Column(
            "chain",
            sa.Uuid(),
            sa.Computed("COALESCE(org_id, '00000000-0000-0000-0000-000000000000'::uuid)", persisted=True),
            nullable=False,
        ),
    )
    for name in ("org_id", "actor_id", "unsealed"):
        op.drop_index(f"ix_audit_logs_{name}", "audit_logs")
    sealed, unsealed = sa.text("seq IS NOT NULL"), sa.text("seq IS NULL")
    op.create_index("uq_audit_logs_seq", "audit_logs", ["chain", "seq"], unique=True, postgresql_where=sealed)
    op.create_index("ix_audit_logs_unsealed", "audit_logs", ["created_at", "id"], postgresql_where=unsealed)
    op.create_index("ix_audit_logs_created_at", "audit_logs", ["chain", "created_at", "id"])
    op.create_index("ix_audit_logs_action", "audit_logs", ["chain", "action", "created_at", "id"])
    op.create_index(
        "ix_audit_logs_refused",
        "audit_logs",
        ["chain", "created_at", "id"],
        postgresql_where=sa.text("outcome = 'refused'"),
    )
    op.create_index(
        "ix_audit_logs_actor_id",
        "audit_logs",
        ["actor_id", "created_at", "id"],
        postgresql_where=sa.text("actor_id IS NOT NULL"),
    )
    op.execute(_ONLY_GROWS)
    op.execute("""
    CREATE TRIGGER only_grows AFTER UPDATE OR DELETE ON audit_logs
    FOR EACH ROW EXECUTE FUNCTION audit_logs_only_grow()""")
    op.execute("""
    CREATE TRIGGER only_grows_by_rows BEFORE TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION audit_logs_only_grow()""")


def downgrade() -> None:
    op.execute("DROP TRIGGER only_grows_by_rows ON audit_logs")
    op.execute("DROP TRIGGER only_grows ON audit_logs")
    op.execute("DROP FUNCTION audit_logs_only_grow()")
    for name in ("actor_id", "refused", "action", "created_at", "unsealed"):
        op.drop_index(f"ix_audit_logs_{name}", "audit_logs")
    op.drop_index("uq_audit_logs_seq", "audit_logs")
    op.drop_column("audit_logs", "chain")
    op.create_index("ix_audit_logs_unsealed", "audit_logs", ["id"], postgresql_where=sa.text("seq IS NULL"))
    op.create_index(
        "ix_audit_logs_actor_id", "audit_logs", ["actor_id", "id"], postgresql_where=sa.text("actor_id IS NOT NULL")
    )
    op.create_index("ix_audit_logs_org_id", "audit_logs", ["org_id", "id"])
