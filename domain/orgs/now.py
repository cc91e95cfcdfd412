"""How somebody stands in an organization at this moment, for statements that have to come back with it."""

ROLE = """(
    SELECT om.role FROM organization_members om
    WHERE om.org_id = {org} AND om.user_id = {user} AND om.status = 'active')"""
"""SQL of their role; null where they are no member, or no active one."""

HELD_ROLE = f"{ROLE[:-1]} FOR SHARE)"
"""The same, which nobody changes until the transaction ends: whoever does so just then is waited for."""
