"""Listens to every statement a database is asked, and measures it on the spot: in the transaction it belongs to, with
the rows, locks and parameters it meets there, and undone before the statement itself runs.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

import greenlet
import orjson
from sqlalchemy import Connection, TextClause, event

from domain.core.db import Database, Session
from domain.core.db.direct import direct

EXECUTIONS = 9
SAMPLES = 1
"""How often on one journey one function's statement is measured; of all, the worst counts."""
_ROOT = Path(__file__).parents[2]
_PROGRAM = tuple(str(_ROOT / part) for part in ("domain", "bot", "jobs", "migrations"))
_TESTS = str(_ROOT / "tests")
_OWN = (str(_ROOT / "domain/core/db"), str(_ROOT / "tests/bench/rows_"))
_MEASURABLE = re.compile(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "
# The plan that the server keeps for every value, where it takes that for no worse than one made for these values.
_KEPT_PLAN = """
CREATE OR REPLACE FUNCTION pg_temp.kept_plan(statement text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE found json;
BEGIN
    EXECUTE 'EXPLAIN (GENERIC_PLAN, FORMAT JSON) ' || statement INTO found;
    RETURN found;
END $$
"""
_PLANNING = 2.5
"""What the server adds to the cost of making a plan anew, for each table and once (``cached_plan_cost``)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``nodes`` names every node with its index or table; ``scanned`` are the tables that are read from end to end."""

    nodes: tuple[str, ...]
    scanned: frozenset[str]
    cost: float


@dataclass(frozen=True, slots=True)
class Reading:
    """``milliseconds`` is the server's execution time, the median; ``rows`` were read by scans, ``pages`` in all."""

    milliseconds: float
    rows: int
    pages: int
    plan: Plan
    kept: Plan | None
    """The plan that the server may keep for all values, where it differs."""

    @property
    def scanned(self) -> frozenset[str]:
        return self.plan.scanned | (self.kept.scanned if self.kept is not None else frozenset())


@dataclass(frozen=True, slots=True)
class Asked:
    """``place`` is the function that asks, ``who`` the person for whom."""

    place: str
    statement: str
    who: str


@dataclass
class Probe:
    """``readings`` holds the worst of each."""

    readings: dict[Asked, Reading] = field(default_factory=dict[Asked, Reading])
    heard: set[str] = field(default_factory=set[str])
    """Every function of the program that a statement was run for."""
    who: str = ""
    during: str = ""
    """On what journey."""
    _met: dict[tuple[Asked, str], int] = field(default_factory=dict[tuple[Asked, str], int])
    _busy: bool = False

    def listen(self, database: Database) -> None:
        """To what is built from expressions; of what is written out a ``ProbedSession`` tells."""
        event.listen(database.connections.engine.sync_engine, "before_cursor_execute", self._before)

    def leave(self, database: Database) -> None:
        event.remove(database.connections.engine.sync_engine, "before_cursor_execute", self._before)

    def _before(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        # SQLAlchemy runs the driver in a greenlet: whoever awaits it stands in the one that began this one
        parent = greenlet.getcurrent().parent
        frame = parent.gr_frame if parent is not None else None
        self.look(connection, _places(frame), statement, parameters[0] if many else parameters)

    def look(self, connection: Connection, places: Sequence[str], statement: str, parameters: Any) -> None:
        """Measure a statement that is about to run, if it is to be: ``places`` asked for it."""
        if self._busy or not places or not self.who or not _MEASURABLE.match(statement):
            return
        self.heard.update(places)
        asked = Asked(places[0], " ".join(statement.split()), self.who)
        met = (asked, self.during)
        self._met[met] = self._met.get(met, 0) + 1
        if self._met[met] > SAMPLES:
            return
        self._busy = True
        try:
            reading = measure(connection, statement, parameters)
        finally:
            self._busy = False
        worst = self.readings.get(asked)
        if worst is None or reading.milliseconds > worst.milliseconds:
            self.readings[asked] = reading


def measure(connection: Connection, statement: str, parameters: Any) -> Reading:
    """Run a statement ``EXECUTIONS`` times and once more to warm up; the transaction is left as it was."""
    times: list[float] = []
    found: Mapping[str, Any] = {}
    for _ in range(EXECUTIONS + 1):
        _run(connection, "SAVEPOINT probe")
        found = _read(_run(connection, _EXPLAIN + statement, parameters))
        _run(connection, "ROLLBACK TO SAVEPOINT probe")
        times.append(found["Execution Time"])
    _run(connection, _KEPT_PLAN)
    kept = plan_of(_read(_run(connection, "SELECT pg_temp.kept_plan($1)", (statement,)))["Plan"])
    _run(connection, "ROLLBACK TO SAVEPOINT probe")
    _run(connection, "RELEASE SAVEPOINT probe")
    plan = plan_of(found["Plan"])
    tables = len({node["Alias"] for node in _nodes(found["Plan"]) if "Alias" in node})
    keeps = kept.cost < plan.cost + _PLANNING * (tables + 1)
    return Reading(
        milliseconds=median(times[1:]),
        rows=sum(_rows_read(node) for node in _nodes(found["Plan"])),
        pages=found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"],
        plan=plan,
        kept=kept if keeps and kept.nodes != plan.nodes else None,
    )


def plan_of(root: Mapping[str, Any]) -> Plan:
    nodes = list(_nodes(root))
    return Plan(
        nodes=tuple(_name(node) for node in nodes),
        scanned=frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
        cost=root["Total Cost"],
    )


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _name(node: Mapping[str, Any]) -> str:
    on = node.get("Index Name") or node.get("Relation Name")
    return f"{node['Node Type']} {on}" if on else node["Node Type"]


def _rows_read(node: Mapping[str, Any]) -> int:
    """What a node took from its table or index, rows that it then left out included."""
    if not node["Node Type"].endswith("Scan") or "Actual Loops" not in node:
        return 0
    left_out = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + left_out) * node["Actual Loops"])


def _run(connection: Connection, statement: str, parameters: Sequence[Any] = ()) -> Any:
    """By the driver's own cursor: what is measured makes no event of its own."""
    cursor = connection.connection.cursor()
    cursor.execute(statement, parameters)
    rows = cursor.fetchall() if cursor.description else []
    cursor.close()
    return rows


def _read(rows: Any) -> Mapping[str, Any]:
    found = rows[0][0]
    return (orjson.loads(found) if isinstance(found, str) else found)[0]


class ProbedSession(Session):
    """A session that has a probe look at what it asks asyncpg."""

    def __init__(self, session: Session, probe: Probe) -> None:
        super().__init__(session._connection)
        self.wakes, self.signals = session.wakes, session.signals
        self._probe = probe

    async def _run(self, statement: Any, parameters: Any) -> Any:
        if isinstance(statement, TextClause) and not isinstance(parameters, Sequence):
            places, asked = _places(sys._getframe()), direct(statement)
            values = asked.values(parameters)
            await self._connection.sqlalchemy.run_sync(
                lambda connection: self._probe.look(connection, places, asked.sql, values)
            )
        return await super()._run(statement, parameters)


def _places(frame: FrameType | None) -> list[str]:
    """The functions of the program that stand in a frame, the innermost first; none where it is a test's."""
    places: list[str] = []
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(_TESTS) and not name.startswith(_OWN):
            break
        if name.startswith(_PROGRAM) and not name.startswith(_OWN):
            function = f"{Path(name).relative_to(_ROOT).with_suffix('')}:{frame.f_code.co_qualname}"
            places.append(function.replace("/", "."))
        frame = frame.f_back
    return places
