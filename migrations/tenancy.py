"""The second wall: what the database itself keeps apart, whatever a statement forgets to ask for.

A transaction of one organization (``Database.transaction``) goes by the role ``legwork_tenant``, which owns nothing and
for which policies count: it sees, changes and adds rows of the organization that is set, and of none where none is.
Every table is named here: as one with a tenant's rows (``OWN``), or as another, with the reason (``OTHERS``).
Migrations call ``protect`` for the tables they make; the grants are brought in step after every migration.
"""

from collections.abc import Mapping

from alembic import op
from sqlalchemy import Connection, text

from domain.core.db.direct import TENANT
from domain.core.db.wall import ASKS, Wall

CRUD = "SELECT, INSERT, UPDATE, DELETE"
KEPT = "SELECT, INSERT, UPDATE"
_OF_AN_ACT = """id, org_id, actor_kind, actor_id, on_behalf_of, action, resource_type, resource_id, outcome, permission,
details, details_hash, request_id"""  # its place in the chain and its seal are not an act's to give
_OF_A_JOB = """status, run_at, priority, kind, data, task_id, lane, dedupe_key, attempts, max_attempts, worker,
lease_until, progress, note, completed_at"""  # whose it is stays as it was queued, and whose share it takes

OWN: Mapping[str, str] = {
    "approvals": KEPT,
    "audit_logs": f"SELECT, INSERT ({_OF_AN_ACT})",
    "button_values": "SELECT",
    "chats": KEPT,
    "invitations": KEPT,
    "mailed_links": "SELECT",
    "messages": KEPT,
    "organization_members": KEPT,
    "organizations": "SELECT, UPDATE (name, settings, kit_version, updated_at)",  # it does not let itself in
    "outbound_messages": KEPT,
    "slack_installations": KEPT,
    "task_artifacts": CRUD,
    "task_feedback": KEPT,
    "task_logs": "SELECT, INSERT",
    "task_notes": CRUD,
    "task_steps": CRUD,
    "tasks": KEPT,
    "threads": KEPT,
    "tool_executions": "SELECT, INSERT",
    "usages": "SELECT, INSERT",
    "workflow_versions": "SELECT, INSERT",
    "workflows": KEPT,
}
"""Tables with a tenant's rows, and what a tenant's transaction may do to them. Each has an ``org_id`` of its own (or is
the organization), and its policy."""

OTHERS: Mapping[str, tuple[str, str]] = {
    "account_links": ("", "two accounts of a person may be of two organizations"),
    "announcement_recipients": ("", "the installation's: whom it tells something, in whichever organization"),
    "announcements": ("", "the installation's: what it tells everybody"),
    "bots": ("SELECT", "what the bots are called, the same for everybody"),
    "chat_identities": ("SELECT", "a person's accounts belong to the person, in whichever organization"),
    "data_exports": ("", "one person's, in whichever organization"),
    "data_keys": ("", "the system's alone: no statement of a tenant's reads a key"),
    "erasures": ("", "one person's, in whichever organization; the journal outlives them"),
    "health_checks": ("", "the installation's"),
    "inbound_events": ("", "an event is known before anybody knows whose it is"),
    "magic_links": ("", "whoever opens a link is known by its token alone"),
    "maintenance_periods": ("SELECT", "the installation's; it comes back with every message that is understood"),
    "oauth_states": ("", "a browser on its way to a platform and back belongs to nobody yet"),
    "platform_admins": ("", "the installation's"),
    "queue_jobs": (
        f"SELECT, INSERT, UPDATE ({_OF_A_JOB})",
        "who works on a job that has become another's has to find that out; statements are fenced by job and epoch",
    ),
    "sessions": ("", "a browser is signed in as a person, in no organization"),
    "retention": ("", "the installation's, for each organization too"),
    "tools": ("SELECT", "the tools of this version, the same for everybody"),
    "user_profiles": ("SELECT", "a profile belongs to the person, in whichever organization"),
    "users": ("SELECT", "a person may be in several organizations"),
}
"""Tables whose rows are kept from nobody: what a tenant's transaction may do to them all the same, and why."""

ADDS_ITS_OWN = frozenset({"queue_jobs"})
"""Those of ``OTHERS`` to which a tenant's transaction adds rows of its organization alone."""

ALSO = {"chats": "also_of"}
"""Tables of ``OWN`` with rows that several organizations work with, and the column that names the others: in a private
chat what was begun for one goes on after the person has the chat work for another."""

POLICY, EVERYBODYS = "tenant", "everybodys"
SET = "nullif(current_setting('legwork.org_id', true), '')::uuid"
"""The organization of the transaction. A setting that was local ends as an empty text, not as null: none is set."""


def protect(table: str, column: str = "org_id") -> None:
    """For a migration: the table's rows are an organization's, by that column of its own. Name the table in ``OWN``."""
    for statement in _protecting(table, column):
        op.execute(statement)


def protect_additions(table: str) -> None:
    """For a migration: a tenant's transaction meets all rows of the table, and adds its organization's alone. Name the
    table in ``ADDS_ITS_OWN``."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {EVERYBODYS} ON {table} USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY {POLICY} ON {table} AS RESTRICTIVE FOR INSERT WITH CHECK (org_id = {SET})")


def let_in_before(table: str, column: str) -> None:
    """For a migration: rows of the table are met as well by the organizations that a column of ids names. Name it in
    ``ALSO``."""
    theirs = f"org_id = {SET} OR {SET} = ANY ({column})"
    op.execute(f"ALTER POLICY {POLICY} ON {table} USING ({theirs}) WITH CHECK ({theirs})")


def unprotect(table: str) -> None:
    """For a migration that goes back."""
    op.execute(f"DROP POLICY {POLICY} ON {table}")
    op.execute(f"DROP POLICY IF EXISTS {EVERYBODYS} ON {table}")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


# Not FORCEd: the owner's statements are the system's, and a backup (pg_dump sets row_security off) would fail.
def _protecting(table: str, column: str) -> tuple[str, str]:
    mine = f"{column} = {SET}"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY {POLICY} ON {table} USING ({mine}) WITH CHECK ({mine})",
    )


_LOCK = text("SELECT pg_advisory_xact_lock(5047411909)")
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")


def build(connection: Connection) -> tuple[str, ...]:
    """Make the role where this login may, and bring its grants in step with what is declared here. Returns what an
    administrator has to run first where it may not.
    """
    connection.execute(_LOCK)  # roles are the server's: other databases may be making the same one
    found = Wall.of(connection.execute(ASKS, {"role": TENANT}).mappings().one())
    if found.missing and not found.may_make:
        return found.missing
    for statement in (*found.missing, *_grants(connection)):
        connection.execute(text(statement))
    return ()


def _grants(connection: Connection) -> list[str]:
    there = set(connection.execute(_TABLES).scalars())
    schema: str = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    given = {**OWN, **{table: privileges for table, (privileges, _) in OTHERS.items()}}
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {TENANT}",
        f"GRANT USAGE ON SCHEMA {schema} TO {TENANT}",
        *(f"GRANT {may} ON {table} TO {TENANT}" for table, may in given.items() if may and table in there),
    ]
