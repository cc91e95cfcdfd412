"""accounts of one person, browsers that are signed in, and what people say of themselves

Revision ID: 0026
Revises: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PROFILE = (
    "preferred_airlines",
    "preferred_cabin_class",
    "frequent_flyer_numbers",
    "social_accounts",
    "resume_url",
    "linkedin_url",
    "github_url",
    "portfolio_url",
)


def _of_profile(name: str) -> sa.Column[object]:
    if name == "preferred_airlines":
        return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    if name in ("frequent_flyer_numbers", "social_accounts"):
        return sa.Column(name, postgresql.JSONB(), server_default="{}", nullable=False)
    return sa.Column(name, sa.Text())


def upgrade() -> None:
    op.add_column("users", sa.Column("merged_into", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_users_merged_into_users"), "users", "users", ["merged_into"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        "ix_users_merged_into", "users", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )
    for column in (
        sa.Column("linked_at", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("chat_identities", column)
    for name in _PROFILE:
        op.add_column("user_profiles", _of_profile(name))
    op.create_check_constraint(
        op.f("ck_user_profiles_cabin_class"),
        "user_profiles",
        "preferred_cabin_class IN ('economy', 'business', 'first')",
        postgresql_not_valid=True,
    )
    op.create_table(
        "account_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("other_user_id", sa.Uuid()),
        sa.Column("other_identity_id", sa.Uuid()),
        sa.Column("other_thread_id", sa.Uuid()),
        sa.Column("status", sa.Text(), server_default="wanted", nullable=False),
        sa.Column("agreed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("other_agreed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("roles", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('wanted', 'typed', 'joined', 'refused', 'undone')", name=op.f("ck_account_links_status")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_account_links_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_user_id"], ["users.id"], name=op.f("fk_account_links_other_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
    )
    for column in ("user_id", "other_user_id"):
        op.create_index(op.f(f"ix_account_links_{column}"), "account_links", [column])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("account_links")
    op.drop_constraint(op.f("ck_user_profiles_cabin_class"), "user_profiles")
    for name in _PROFILE:
        op.drop_column("user_profiles", name)
    for name in ("tried_at", "tries", "linked_at"):
        op.drop_column("chat_identities", name)
    op.drop_column("users", "merged_into")
