"""Engines for questions to a table, each in a fresh interpreter: ``python -m tests.bench.query_engines polars``.

``duckdb`` is no dependency: install it to see its figures. What was measured stands in decision 15.
"""

import random
import resource
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

ROWS = 300_000
PRODUCTS = [f"P{number}" for number in range(200)]
FAMILIES = [f"F{number % 9}" for number in range(200)]


def columns() -> dict[str, list[Any]]:
    """What the readers leave: eight columns as lists of Python objects."""
    chance = random.Random(1)
    begin = datetime.fromisoformat("2023-01-01")
    return {
        "region": [chance.choice(["West", "East", "North", "South"]) for _ in range(ROWS)],
        "product": [chance.choice(PRODUCTS) for _ in range(ROWS)],
        "customer": [f"C{chance.randrange(20_000)}" for _ in range(ROWS)],
        "date": [begin + timedelta(days=chance.randrange(730)) for _ in range(ROWS)],
        "sales": [round(chance.random() * 1000, 2) if chance.random() > 0.01 else None for _ in range(ROWS)],
        "quantity": [float(chance.randrange(20)) for _ in range(ROWS)],
        "price": [round(chance.random() * 90, 2) for _ in range(ROWS)],
        "profit": [chance.gauss(0, 50) for _ in range(ROWS)],
    }


def with_polars(given: dict[str, list[Any]], lap: Callable[[str], None]) -> None:
    import polars as pl

    lap("import")
    frame = pl.DataFrame(given, strict=False)
    lap("load")
    by = ["region", pl.col("date").dt.truncate("1mo")]
    frame.group_by(by).agg(
        pl.col("sales").median().alias("median"), pl.col("sales").sum().alias("sum"), pl.col("customer").n_unique()
    )
    lap("group")
    products = pl.DataFrame({"product": PRODUCTS, "family": FAMILIES})
    frame.join(products, on="product", how="left").group_by("family").agg(pl.col("sales").sum())
    lap("join")
    frame["customer"].n_unique()
    lap("distinct")
    frame.filter(pl.col("region").str.to_lowercase() == "west").sort("sales", descending=True).head(5).rows()
    lap("filter")


def with_duckdb(given: dict[str, list[Any]], lap: Callable[[str], None]) -> None:
    import duckdb
    import numpy as np

    lap("import")
    con = duckdb.connect()
    con.execute(
        "create table t(region text, product text, customer text, date timestamp, sales double, quantity double, "
        "price double, profit double)"
    )
    loaded = {  # noqa: F841 - the statement below names it
        name: np.array(cells, dtype=object)
        if isinstance(cells[0], str)
        else np.array(cells, dtype="datetime64[us]" if name == "date" else np.float64)
        for name, cells in given.items()
    }
    con.execute("insert into t select * from loaded")
    lap("load")
    con.execute(
        "select region, date_trunc('month', date), median(sales), sum(sales), count(distinct customer) from t "
        "group by 1, 2"
    ).fetchall()
    lap("group")
    other = {"product": np.array(PRODUCTS, dtype=object), "family": np.array(FAMILIES, dtype=object)}  # noqa: F841
    con.execute("select family, sum(sales) from t left join other using (product) group by 1").fetchall()
    lap("join")
    con.execute("select count(distinct customer) from t").fetchall()
    lap("distinct")
    con.execute("select * from t where lower(region) = 'west' order by sales desc limit 5").fetchall()
    lap("filter")


def with_numpy(given: dict[str, list[Any]], lap: Callable[[str], None]) -> None:
    import numpy as np

    def coded(cells: list[Any]) -> tuple[Any, list[Any]]:
        known: dict[Any, int] = {}
        return np.fromiter((known.setdefault(cell, len(known)) for cell in cells), np.int64, len(cells)), list(known)

    lap("import")
    codes = {name: coded(given[name]) for name in ("region", "product", "customer")}
    numbers = {name: np.array(given[name], dtype=np.float64) for name in ("sales", "quantity", "price", "profit")}
    dates = np.array(given["date"], dtype="datetime64[s]")
    lap("load")
    key = codes["region"][0] * 10_000 + dates.astype("datetime64[M]").astype(np.int64)
    inverse = np.unique(key, return_inverse=True)[1]
    order = np.argsort(inverse, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(inverse[order]) > 0) + 1):
        sales = numbers["sales"][rows]
        np.nanmedian(sales), np.nansum(sales), len(np.unique(codes["customer"][0][rows]))
    lap("group")
    at = {name: place for place, name in enumerate(PRODUCTS)}
    row = np.array([at[name] for name in codes["product"][1]])[codes["product"][0]]
    np.bincount(coded(FAMILIES)[0][row], weights=np.nan_to_num(numbers["sales"]))
    lap("join")
    len(codes["customer"][1])
    lap("distinct")
    west = [place for place, name in enumerate(codes["region"][1]) if name.casefold() == "west"]
    rows = np.flatnonzero(np.isin(codes["region"][0], west))
    rows[np.argsort(-np.nan_to_num(numbers["sales"][rows], nan=-np.inf), kind="stable")[:5]]
    lap("filter")


ENGINES = {"polars": with_polars, "duckdb": with_duckdb, "numpy": with_numpy}


def main(name: str) -> None:
    given = columns()
    before, begun = _resident(), perf_counter()

    def lap(what: str) -> None:
        nonlocal begun
        took = perf_counter() - begun
        print(f"{name:7} {what:9} {took * 1000:6.0f} ms, +{_resident() - before:.0f} MB")
        begun = perf_counter()

    ENGINES[name](given, lap)
    print(f"{name:7} peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _resident() -> float:
    """The process's memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


if __name__ == "__main__":
    main(sys.argv[1])
