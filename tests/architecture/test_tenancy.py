"""Who works for one organization, and who for none: the second kind stands in a list. So do tables."""

import ast
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from domain.core.db import Database
from domain.metadata import metadata
from migrations.tenancy import ADDS_ITS_OWN, ALSO, EVERYBODYS, OTHERS, OWN, POLICY
from tests.architecture.source import files, tree
from tests.architecture.system_callers import CALLERS


def _callers(path: Path) -> Iterator[tuple[str, str]]:
    """Every function of a file that begins a transaction of the system, with the reason it gives."""

    def walk(node: ast.AST, function: str) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.name
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "system":
            for reason in node.args[:1]:  # ``platform.system`` has none
                assert isinstance(reason, ast.Constant), f"{path}: the reason of {function} is not written out"
                yield f"{path.as_posix()} {function}", str(reason.value)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, function)

    return walk(tree(path), "")


def test_transactions_of_the_system_are_those_that_are_listed() -> None:
    found = {caller for path in files() for caller in _callers(path)}
    assert found == set(CALLERS), "begin a transaction of the organization, or list the caller with its reason"


def test_every_table_is_an_organizations_or_says_why_not() -> None:
    assert not OWN.keys() & OTHERS.keys()
    assert OTHERS.keys() >= ADDS_ITS_OWN
    assert OWN.keys() | OTHERS.keys() == metadata.tables.keys(), "name it in OWN or OTHERS of migrations/tenancy.py"
    assert all(why for _, why in OTHERS.values())
    for name in OWN.keys() - {"organizations"}:
        assert "org_id" in metadata.tables[name].columns, f"{name} has no org_id of its own"


_POLICIES = text("""
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polcmd, p.polpermissive AS permits,
       p.polroles = '{0}' AS of_all,
       pg_get_expr(p.polqual, c.oid) AS using, pg_get_expr(p.polwithcheck, c.oid) AS checks
FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
""")


def _policies(table: str) -> set[tuple[object, ...]]:
    """Name, for which statements, whether it permits, and its two conditions."""
    column = "id" if table == "organizations" else "org_id"
    org = "(NULLIF(current_setting('legwork.org_id'::text, true), ''::text))::uuid"
    mine = f"({column} = {org})"
    if table in ALSO:
        mine = f"({mine} OR ({org} = ANY ({ALSO[table]})))"
    if table in ADDS_ITS_OWN:
        return {(EVERYBODYS, b"*", True, "true", "true"), (POLICY, b"a", False, None, mine)}
    return {(POLICY, b"*", True, mine, mine)} if table in OWN else set()


async def test_every_table_has_the_policies_of_its_kind_and_no_other(migrated: Database) -> None:
    async with migrated.system("a test") as session:
        found = await session.all(_POLICIES)
    assert {row["relname"] for row in found if row["relrowsecurity"]} == OWN.keys() | ADDS_ITS_OWN
    assert not any(row["relforcerowsecurity"] for row in found), "an owner's backup would fail"
    there = [row for row in found if row["polname"] is not None]
    assert all(row["of_all"] for row in there)
    for table in metadata.tables:
        policies = [
            (row["polname"], row["polcmd"], row["permits"], row["using"], row["checks"])
            for row in there
            if row["relname"] == table
        ]
        assert len(policies) == len(set(policies))
        assert set(policies) == _policies(table), table
