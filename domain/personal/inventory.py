"""What every table has declared of the people in it, to be read by whoever exports, erases or describes it."""

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter

from domain.core.db.tables import Declared, Fate, Personal, people_in
from domain.metadata import metadata

PEOPLE, CHATS, THREADS, ORGANIZATIONS = "users", "chats", "threads", "organizations"
"""The tables that others lead to: whose a row is, and where it was said."""


def personal_tables() -> Sequence[Declared]:
    """Every table with rows of people. One that leads or refers to another comes before it: what is a person's by way
    of a row is found, and erased, while that row is there."""
    declared = dict(_personal())
    order: TopologicalSorter[str] = TopologicalSorter()
    for name, one in declared.items():
        order.add(name)
        told = one.told
        above = {*told.of.values(), *(key.column.table.name for key in one.table.foreign_keys)}
        above |= {CHATS} if told.place else set()
        above |= {THREADS} if "thread_id" in told.place else set()
        for parent in above & declared.keys() - {name}:
            order.add(parent, name)
    return [declared[name] for name in order.static_order()]


def _personal() -> Iterator[tuple[str, Declared]]:
    for name, table in sorted(metadata.tables.items()):
        declared = people_in(table)
        if isinstance(declared, Personal):
            yield name, Declared(table, declared)


_HEAD = """# Data inventory

What there is of a person in which table, what of it they get with `/export my data`, and what becomes of it after
`/delete my data`. Each table says this of itself, where it is declared (`info=` in the `models.py` of its feature); the
export and the erasure go by nothing else, and a test fails for a table, or a column that names a person, that is not
declared. This page is written by `make docs`.

- **erased**: the rows go.
- **anonymised**: the rows stay for others, and the columns named here hold nothing of the person any more.
- **kept**: the rows stay as they are. They hold no word, and the number in them leads to a person without a name.

Whatever was said or done in a private chat, or in an organization to which nobody else belongs, goes with it, in
anonymised tables too. Files in storage go before the rows that name them.
"""


def page() -> str:
    """docs/data-inventory.md."""
    lines = [_HEAD, "| table | whose a row is | exported | when one's data is deleted | why |", "|---|---|---|---|---|"]
    empty = ["", "Nothing of anybody stands in:", ""]
    for name, table in sorted(metadata.tables.items()):
        declared = people_in(table)
        if isinstance(declared, Personal):
            cells = (f"`{name}`", _whose(declared), declared.exported or "no", _becomes(declared), declared.why)
            lines.append(f"| {' | '.join(cells)} |")
        else:
            empty.append(f"- `{name}`: {declared}.")
    return "\n".join([*lines, *(empty if len(empty) > 3 else ())]) + "\n"


def _whose(told: Personal) -> str:
    by = [f"`{column}`" if target == PEOPLE else f"`{column}`, of `{target}`" for column, target in told.of.items()]
    by += [f"its chat (`{'`, `'.join(told.place)}`)"] if told.place else []
    besides = f"; names others: `{'`, `'.join(told.names)}`" if told.names else ""
    return "; ".join(by) + besides


def _becomes(told: Personal) -> str:
    blank = f": `{'`, `'.join(told.blank)}`" if told.fate is Fate.ANONYMISED else ""
    return f"{told.fate}{blank}{', with its files' if told.files else ''}"
