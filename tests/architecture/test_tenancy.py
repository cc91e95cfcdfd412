"""Who works for one organization, and who for none: the second kind stands in a list."""

import ast
from collections.abc import Iterator
from pathlib import Path

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
