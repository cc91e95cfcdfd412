"""Two files joined: every row stays, nothing is counted twice unsaid, and what has no match is named."""

from pathlib import Path

import pytest

from domain.core.errors import Invalid
from domain.reports.reading import Table, read_table
from tests.unit.reports.querying.shop import ask

ORDERS = """order,product,customer,amount
o1,P1,Ann,10
o2,p1 ,Bob,20
o3,P2,Ann,30
o4,P3,Cid,40
o5,P9,Ann,50
o6,,Bob,60
"""
PRODUCTS = """code,family,weight
P1,Tools,5
P2,Toys,7
P3,Tools,11
P4,Books,13
"""
PAYMENTS = """order,paid,method
o1,4,card
o1,6,cash
o2,20,card
o3,15,cash
o3,15,cash
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Table]:
    out: dict[str, Table] = {}
    for name, text in (("orders", ORDERS), ("products", PRODUCTS), ("payments", PAYMENTS)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        out[name] = read_table(path)
    return out


def test_a_sum_by_a_column_of_another_file(files: dict[str, Table]) -> None:
    found = ask(files["orders"], files["products"], select=[{"how": "sum", "column": "amount"}], by=["family"],
                join={"file": "products.csv", "on": ("product", "code")})  # fmt: skip
    assert dict(found.rows) == {"(none)": 110, "Tools": 70, "Toys": 30}
    assert "2 rows of orders.csv have no match in products.csv (product: P9 and nothing)." in found.notes
    assert "1 row of products.csv has no match in orders.csv (code: P4)." in found.notes


def test_a_condition_on_the_other_file(files: dict[str, Table]) -> None:
    found = ask(files["orders"], files["products"], select=[{"how": "count"}],
                where=[{"column": "family", "value": "tools"}],
                join={"file": "products.csv", "on": ("product", "code")})  # fmt: skip
    assert found.rows == ((3,),)
    assert [fact.rows for fact in found.facts] == [((2, 3), (5, 5))]


def test_a_row_that_matches_several_is_not_added_twice(files: dict[str, Table]) -> None:
    joined = {"file": "payments.csv", "on": "order"}
    found = ask(files["orders"], files["payments"], select=[
        {"how": "sum", "column": "amount"}, {"how": "sum", "column": "paid"}, {"how": "count"},
    ], join=joined)  # fmt: skip
    assert found.rows == ((210, 60, 6),)
    assert any("2 rows of orders.csv match several rows of payments.csv" in note for note in found.notes)
    by = ask(files["orders"], files["payments"], select=[{"how": "sum", "column": "amount"}], by=["method"],
             join=joined)  # fmt: skip
    assert dict(by.rows) == {"(none)": 150, "cash": 40, "card": 30}


def test_numbers_of_the_other_file_count_once(files: dict[str, Table]) -> None:
    found = ask(files["orders"], files["products"], select=[{"how": "sum", "column": "weight"}],
                join={"file": "products.csv", "on": ("product", "code")})  # fmt: skip
    assert found.rows == ((23,),)
    assert any("Each row of products.csv counts once" in note for note in found.notes)


def test_rows_are_listed_with_those_of_the_other_file(files: dict[str, Table]) -> None:
    found = ask(files["orders"], files["products"], columns=["order", "family"], order=[{"by": "order"}],
                join={"file": "products.csv", "on": ("product", "code")})  # fmt: skip
    assert found.rows[:3] == (("o1", "Tools"), ("o2", "Tools"), ("o3", "Toys"))
    assert found.rows[4:] == (("o5", None), ("o6", None))


def test_a_column_called_the_same_bears_its_files_name(files: dict[str, Table]) -> None:
    found = ask(files["payments"], files["orders"], by=["customer"], join={"file": "orders.csv", "on": "order"})
    assert dict(found.rows) == {"Ann": 4, "Bob": 1}
    with pytest.raises(Invalid, match=r"There is no column “article” in products.csv"):
        ask(files["orders"], files["products"], join={"file": "products.csv", "on": ("product", "article")})
    with pytest.raises(Invalid, match=r"products.csv is not here"):
        ask(files["orders"], None, join={"file": "products.csv", "on": ("product", "code")})


def test_numbers_and_words_that_say_the_same_match(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,size\n1,5\n2,6\n3,7\n4,1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,name\n1,one\n2,two\nx,other\n4,four\n", encoding="utf-8")
    found = ask(read_table(tmp_path / "a.csv"), read_table(tmp_path / "b.csv"), columns=["size", "name"],
                join={"file": "b.csv", "on": "id"})  # fmt: skip
    assert found.rows == ((5, "one"), (6, "two"), (7, None), (1, "four"))
