"""The role that a tenant's transactions go by, as the server has it."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, text

from domain.core.db.direct import TENANT

# Since Postgres 16 who may make roles gives on those alone that are theirs to give, and a member may have been given a
# role without going by it, as whoever made one is.
ASKS = text("""
SELECT own.rolsuper OR (own.rolcreaterole AND (r.oid IS NULL OR NOT open.to_others AND (
           version < 160000 OR pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')))) AS may_make,
       r.oid IS NOT NULL AS made, open.to_others AS is_open,
       coalesce(pg_has_role(r.oid, CASE WHEN version < 160000 THEN 'MEMBER' ELSE 'SET' END), false) AS taken,
       quote_ident(own.rolname) AS login
FROM pg_roles own LEFT JOIN pg_roles r ON r.rolname = :role,
     LATERAL (SELECT coalesce(r.rolbypassrls OR r.rolsuper OR r.rolcanlogin, false) AS to_others) open,
     CAST(current_setting('server_version_num') AS integer) AS version
WHERE own.rolname = current_user
""")
"""What ``Wall.of`` reads; ``role`` is ``TENANT``."""


@dataclass(frozen=True, slots=True)
class Wall:
    """How the role stands for the login that asks. ``login`` is quoted."""

    may_make: bool
    """The login may make the role, or what is missing of it."""
    made: bool
    """There is the role."""
    is_open: bool
    """It passes policies, or somebody can log in as it: it keeps nothing apart."""
    taken: bool
    """The login may go by it."""
    login: str

    @classmethod
    def of(cls, row: RowMapping) -> "Wall":
        return cls(**row)

    @property
    def stands(self) -> bool:
        return self.made and self.taken and not self.is_open

    @property
    def missing(self) -> tuple[str, ...]:
        """The statements after which it stands, for whoever may make roles."""
        needed: list[str] = []
        if not self.made:
            needed.append(f"CREATE ROLE {TENANT} NOLOGIN NOBYPASSRLS")
        elif self.is_open:
            needed.append(f"ALTER ROLE {TENANT} NOLOGIN NOBYPASSRLS NOSUPERUSER")
        if not self.taken:
            needed.append(f"GRANT {TENANT} TO {self.login}")
        return tuple(needed)
