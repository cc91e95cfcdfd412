"""Whatever is asked of whatever table: the numbers stand on facts, or the refusal says why."""

import random
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest

from domain.core.errors import Invalid
from domain.reports.querying.query import STEPS, How, Is
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Column, Table, read_table
from tests.unit.reports.querying.shop import ask

TEXTS = {
    "a column without values": "name,n,m\nx,,1\ny,,2\nz,,3\n",
    "one name twice": "sales,sales,region\n1,2,W\n3,4,E\n5,6,W\n",
    "names with quotes, braces and letters of the world": (
        '"a ""quoted"" {name}","größe | x","日本",SUM(x)\n"v ""1"" {b}",2,あ,1\n"o\'b",3,い,2\n"x|y",4,あ,3\n'
    ),
    "dates with time zones": (
        "when,v\n2024-03-01T10:00:00+02:00,1\n2024-03-02T11:00:00+02:00,2\n2024-04-01T10:30:00Z,3\n"
    ),
    "no numbers among numbers": "k,v\n" + "".join(
        f"{name},{value}\n" for name, value in zip("abcdefghijkl", ["NaN", "inf", *range(10)], strict=True)
    ),
    "a region called NA": "region,v\nNA,1\nEU,2\nNA,3\nAP,4\n",
    "all below zero": "w,v\na,-1\nb,-2\na,-3\n",
    "nothing but zeros": "w,v\na,0\nb,0\nc,0\n",
    "names that hold numbers": "name,score\nModel 300,10\nModel 4000,20\nx 1.5,30\n2023,40\n",
    "gaps in dates": "start,end,x\n2024-01-05,2024-02-01,1\n2024-01-06,,2\n,2024-03-01,3\n2024-02-06,2024-03-09,5\n",
    "numbers beyond 64 bits": "k,v\na,123456789012345678901234567890\nb,5\nc,7\nd,8\ne,3\nf,2\ng,9\n",
    "a thousand columns": "\n".join(
        [",".join(f"c{at}" for at in range(1000)), *(",".join(str(a * b % 97) for a in range(1000)) for b in range(5))]
    ),
}  # fmt: skip
TABLES = {
    "no rows": Table("t.csv", None, [Column("a", "text", []), Column("n", "number", [], numbers=[])], []),
    "infinite": Table(
        "t.csv", None,
        [Column("a", "text", ["x", "y", "z"]),
         Column("n", "number", [1, 2, 3], numbers=[float("inf"), float("nan"), 3.0])], [2, 3, 4],
    ),
    "true and false": Table(
        "t.csv", None, [Column("a", "text", [True, False, True]), Column("n", "number", [1, 2, 3],
                                                                         numbers=[1.0, 2.0, 3.0])], [2, 3, 4],
    ),
}  # fmt: skip


def table(name: str, folder: Path) -> Table:
    if name in TABLES:
        return TABLES[name]
    (folder / "t.csv").write_text(TEXTS[name], encoding="utf-8")
    return read_table(folder / "t.csv")


def questions(given: Table) -> list[dict[str, Any]]:
    columns = [column.name for column in given.columns][:4]
    out: list[dict[str, Any]] = [{}, {"limit": 1}, {"select": [{"how": "count"}]}, {"select": [{"how": "share"}]}]
    for how, column in product(How, columns):
        select = {"how": how.value, "column": column, "of": columns[-1]}
        out += [{"select": [select]}, {"select": [select], "by": [columns[0]]}]
    out += [{"by": [step], "select": [{"how": "sum", "column": columns[-1]}]} for step in STEPS]
    for column, is_, value in product(columns, Is, ("x", 3, True, ["a", 1], None, "2024-03")):
        out.append({"where": [{"column": column, "is": is_.value, "value": value}], "select": [{"how": "count"}]})
    out += [{"order": [{"by": column}]} for column in columns]
    out += [{"by": [one], "order": [{"by": one, "descending": True}], "limit": 2} for one in columns]
    march = ("2024-03", "2024-03")
    out += [{"period": ("2024-01", "2024-03")}, {"period": ("2024-01", "2024-01"), "compare_to": march}]
    return [*out, {"period": march, "compare_to": ("2024-01", "2024-02"), "by": [columns[0]]}]


@pytest.mark.parametrize("name", [*TEXTS, *TABLES])
def test_an_odd_table_is_answered_from_facts_or_refused_by_name(name: str, tmp_path: Path) -> None:
    given = table(name, tmp_path)
    asked = questions(given)
    answered, refused = 0, set[str]()
    for one in random.Random(name).sample(asked, min(len(asked), 150 if len(given.columns) < 100 else 10)):
        try:
            found = ask(given, **one)
        except Invalid as error:
            refused.add(error.reason)
        else:
            answered += 1
            orjson.dumps(found.as_json())
    assert answered
    assert refused <= {UNANSWERABLE}


def test_a_region_called_na_is_a_region(tmp_path: Path) -> None:
    found = ask(table("a region called NA", tmp_path), select=[{"how": "sum", "column": "v"}], by=["region"])
    assert dict(found.rows) == {"NA": 4, "AP": 4, "EU": 2}


def test_what_the_reading_left_out_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "day,shop,leads,visits\n" + "".join(f"2024-03-{at:02d},{'ab'[at % 2]},{at},{at * 7}\n" for at in range(1, 20))
        + "2024-03-20,a,n.b.,4\n2024-03-21,b,7,many\n", encoding="utf-8",
    )  # fmt: skip
    given = read_table(tmp_path / "t.csv")
    found = ask(given, select=[{"how": "sum", "column": "leads"}])
    assert any("“n.b.” in row 21" in note for note in found.notes)
    assert not any("many" in note for note in found.notes)


def test_times_of_day_are_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("day,v\n2024-03-01,1\n2024-03-02,2\n2024-03-03,5\n", encoding="utf-8")
    with pytest.raises(Invalid, match="no times of day"):
        ask(read_table(tmp_path / "t.csv"), by=["hour"])


def test_what_rows_stand_for_is_counted(tmp_path: Path) -> None:
    lines = ["Class,Sex,Survived,Freq"]
    counts = {("1st", "Male", "No"): 118, ("1st", "Male", "Yes"): 62, ("1st", "Female", "No"): 4,
              ("1st", "Female", "Yes"): 141, ("3rd", "Male", "No"): 422, ("3rd", "Male", "Yes"): 88,
              ("3rd", "Female", "No"): 106, ("3rd", "Female", "Yes"): 90}  # fmt: skip
    lines += [",".join((*key, str(count))) for key, count in counts.items()]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    given = read_table(tmp_path / "t.csv")
    found = ask(given, select=[{"how": "share"}], where=[{"column": "Survived", "value": "yes"}])
    assert found.rows[0][0] == pytest.approx((62 + 141 + 88 + 90) / sum(counts.values()))
    assert any("8 rows" in note for note in found.notes)


def test_long_texts_do_not_swell_what_goes_on(tmp_path: Path) -> None:
    lines = [f"{'word ' * 4000}{at};{at * 7 % 11}" for at in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["text;v", *lines]), encoding="utf-8")
    given = read_table(tmp_path / "t.csv")
    for asked in ({}, {"by": ["text"], "select": [{"how": "sum", "column": "v"}]}):
        found = ask(given, **asked)
        assert len(orjson.dumps(found.as_json())) < 60_000
        assert len(str(found.rows[0][0])) > 10_000
