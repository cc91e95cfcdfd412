"""How somebody stands in an organization at this moment, for statements that have to come back with it."""

from domain.orgs.access import WORKERS

ROLE = """(
    SELECT om.role FROM organization_members om
    WHERE om.org_id = {org} AND om.user_id = {user} AND om.status = 'active')"""
"""SQL of their role; null where they are no member, or no active one."""

MAY_WORK = f"coalesce({ROLE} IN ({', '.join(repr(role) for role in WORKERS)}), false)"
"""SQL that says whether they may have work done there."""
