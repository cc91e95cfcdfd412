from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.core.db import WORDS_GONE, Fate, created_at, key, metadata, moment, personal, reference, updated_at
from domain.orgs.access import Admission, Standing


def _one_of(column: str, values: type[Admission] | type[Standing]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


organizations = Table(
    "organizations",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("settings", JSONB, nullable=False, server_default="{}"),
    Column("kit_version", BigInteger, nullable=False, server_default="0"),  # changes of what its tasks may use
    Column("admission", Text, nullable=False, server_default="admitted"),
    created_at(),
    updated_at(),
    CheckConstraint(_one_of("admission", Admission), name="admission"),
    info=personal(
        Fate.ANONYMISED,
        "only where nobody else belongs to it; what was spent in it hangs on its number",
        exported=None,
        of={"id": "organizations"},
        blank={"name": WORDS_GONE, "slug": "gone-{id}", "settings": {}},
        stays=("admission",),
    ),
)

organization_members = Table(
    "organization_members",
    metadata,
    key(),
    reference("org_id", "organizations.id", index=False),
    reference("user_id", "users.id"),
    Column("role", Text, nullable=False, server_default="member"),
    Column("status", Text, nullable=False, server_default="active"),
    Column("standing", Text),  # how the platform said last that they stand there; null: it did not say
    Column("decided_by", Uuid),  # who suspended, removed, took in or gave a role
    moment("decided_at"),  # null: nobody has
    moment("told_at"),  # when they were told last that they are not let in
    created_at(),
    updated_at(),
    UniqueConstraint("org_id", "user_id"),
    CheckConstraint("role IN ('owner', 'admin', 'member', 'viewer')", name="role"),
    CheckConstraint(_one_of("status", Standing), name="status"),
    info=personal(
        Fate.ERASED,
        "nobody belongs anywhere who is not there",
        exported="which organizations, as what, and since when",
        of={"user_id": "users"},
        names=("decided_by",),
    ),
)

invitations = Table(
    "invitations",
    metadata,
    key(),
    reference("org_id", "organizations.id"),
    Column("link_id", Uuid, nullable=False, unique=True),  # of magic_links: what is given to whoever is invited
    Column("role", Text, nullable=False),
    Column("meant_for", Text),  # as it was written
    Column("user_id", Uuid),  # the only one who may use it, where it is for somebody who is known
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("invited_by", Uuid, nullable=False),
    moment("expires_at", nullable=False),
    moment("revoked_at"),
    created_at(),
    CheckConstraint("role IN ('admin', 'member', 'viewer')", name="role"),
    CheckConstraint("used <= uses", name="used"),
    info=personal(
        Fate.ERASED,
        "what somebody gave away who is gone opens nothing",
        exported="whom you invited where, and as what",
        of={"invited_by": "users"},
        names=("user_id",),
    ),
)

platform_admins = Table(
    "platform_admins",
    metadata,
    key(),
    reference("user_id", "users.id", index=False),
    created_at(),
    UniqueConstraint("user_id"),
    info=personal(
        Fate.ERASED,
        "nobody runs anything who is not there",
        exported="since when you run this installation",
        of={"user_id": "users"},
    ),
)
