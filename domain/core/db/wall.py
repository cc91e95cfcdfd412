"""The role that a tenant's transactions go by, as the server has it."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, text

from domain.core.db.direct import TENANT

ASKS = text("""
SELECT own.rolsuper OR own.rolcreaterole AS may_make, r.oid IS NOT NULL AS made,
       coalesce(r.rolbypassrls OR r.rolsuper OR r.rolcanlogin, false) AS is_open,
       CASE WHEN r.oid IS NULL THEN false ELSE pg_has_role(r.oid, 'MEMBER') END AS taken,
       quote_ident(own.rolname) AS login
FROM pg_roles own LEFT JOIN pg_roles r ON r.rolname = :role WHERE own.rolname = current_user
""")
"""What ``Wall.of`` reads; ``role`` is ``TENANT``."""


@dataclass(frozen=True, slots=True)
class Wall:
    """How the role stands for the login that asks. ``login`` is quoted."""

    may_make: bool
    """The login may make roles."""
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
