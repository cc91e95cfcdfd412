"""A task's final status is written in one file: whoever ends a task goes through it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from domain.tasks.states import TaskStatus
from tests.architecture.source import files, tree

ENDING = Path("domain/tasks/ending.py")
OPEN = {status.value for status in TaskStatus if not status.final}

_WRITES = re.compile(r"\b(?:UPDATE|INSERT\s+INTO)\s+tasks\b(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
_SETS = re.compile(r"\bSET\b(?P<sets>.*?)(?:\bFROM\b|\bWHERE\b|$)", re.DOTALL | re.IGNORECASE)
_STATUS = re.compile(r"(?<![\w.])status\s*=\s*(?P<value>'\w+'|[^,\s]+)")

NEW = "a new task"
"""It is PENDING, or what ``tasks.add`` is called with."""

NAMED = {
    "domain/tasks/control.py": {"PAUSED", "PENDING"},  # pause, go_on
    "domain/tasks/ending.py": {":status", "PENDING"},  # end, take_back
    "domain/tasks/repository.py": {"PAUSED", "RUNNING", NEW},  # wait_for; start_run; add
}
"""Every file whose statements write ``tasks.status``, and what they write: a new one is thought about here."""


def test_no_statement_outside_of_ending_writes_a_final_status() -> None:
    written: dict[str, set[str]] = defaultdict(set)
    for path in files():
        if not path.is_relative_to("migrations"):
            written[str(path)] |= {*_in_text(path), *_in_expressions(path)}
    assert {path: values for path, values in written.items() if values} == NAMED
    outside = {path: values - OPEN - {NEW} for path, values in written.items() if path != str(ENDING)}
    assert {path: values for path, values in outside.items() if values} == {}


def test_the_search_finds_what_it_is_for() -> None:
    sql = "WITH fence AS (SELECT 1) UPDATE tasks SET cost = 0, status = CASE WHEN true THEN 'FAILED' END WHERE id = :id"
    assert list(_of_sql(sql)) == ["CASE"]
    assert list(_of_sql("UPDATE tasks SET status = 'FAILED'")) == ["FAILED"]
    assert list(_of_sql("INSERT INTO tasks (id, status) VALUES (:id, 'FAILED')")) == [NEW]
    assert list(_of_sql("UPDATE tasks SET card = 1 WHERE status = 'FAILED'")) == []
    built = ast.parse("update(tasks).where(x).values(cost=1, status=TaskStatus.FAILED.value)")
    assert list(_of_calls(built)) == ["FAILED"]
    assert list(_of_calls(ast.parse("tasks.update().values(status=wanted)"))) == ["wanted"]
    assert list(_of_calls(ast.parse("tasks.add(session, status='FAILED')"))) == ["FAILED"]


def _in_text(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else " " for part in node.values)
            yield from _of_sql("".join(parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _of_sql(node.value)


def _of_sql(sql: str) -> Iterator[str]:
    """What it sets the status of tasks to, as it is written there."""
    for found in _WRITES.finditer(sql):
        if found[0].upper().startswith("INSERT"):
            yield NEW
            continue
        sets = _SETS.search(found["rest"])
        for status in _STATUS.finditer(sets["sets"] if sets is not None else ""):
            yield status["value"].strip("'")


def _in_expressions(path: Path) -> Iterator[str]:
    if path.parts[0] == "domain" and path.parts[1] == "core":
        return  # knows no tasks
    yield from _of_calls(tree(path))


def _of_calls(node: ast.AST) -> Iterator[str]:
    """What ``update(tasks)…values(status=…)``, ``_ADD….values(…)`` and ``tasks.add(…, status=…)`` set it to."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        names = {name.id for name in ast.walk(call.func) if isinstance(name, ast.Name)}
        about_tasks = "task_steps" not in names and names & {"tasks", "_ADD"}
        if about_tasks and call.func.attr in ("values", "add"):
            yield from (_value(word.value) for word in call.keywords if word.arg == "status")


def _value(node: ast.expr) -> str:
    """``TaskStatus.PAUSED.value`` and ``"PAUSED"`` are PAUSED; anything else is told as it is written."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    written = ast.unparse(node)
    found = re.fullmatch(r"TaskStatus\.(\w+)(?:\.value)?", written)
    return found[1] if found is not None else written
