"""data keys, each wrapped by a key that is kept elsewhere

Revision ID: 0020
Revises: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("known", sa.LargeBinary()),
        sa.Column("rotating_since", sa.DateTime(timezone=True)),
        sa.Column("rotating_from", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_data_keys_org_id_organizations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        sa.UniqueConstraint("org_id", "version", name=op.f("uq_data_keys_org_id_version")),
    )
    op.create_index(
        "uq_data_keys_installation", "data_keys", ["version"], unique=True, postgresql_where=sa.text("org_id IS NULL")
    )


def downgrade() -> None:
    op.drop_table("data_keys")
