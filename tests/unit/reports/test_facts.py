"""Facts: each number is what an independent sum over the same rows gives, for the segment and time it names."""

import csv
import json
import pickle
from collections import defaultdict
from pathlib import Path

import pytest

from domain.core.errors import Invalid
from domain.reports.facts import Focus, Period, analyse
from tests.unit.reports.tables import daily, one, read_back, told, write


def test_totals_shares_and_ranks_are_sums_of_the_rows(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv")
    rows, found = read_back(path), analyse(path)
    revenue = defaultdict[str, float](float)
    for row in rows:
        revenue[row["Region"]] += float(row["Revenue"])
    whole = sum(revenue.values())
    assert one(found, "total", "Revenue").value == pytest.approx(whole)
    assert one(found, "share", "Revenue", {"Region": "North"}).value == pytest.approx(revenue["North"] / whole)
    assert one(found, "ranking", "Revenue", {"Region": "North"}).value == 1
    assert one(found, "total", "Revenue").rows == ((2, len(rows) + 1),)
    assert found.facts[0].metric == "Revenue"


def test_noise_and_weekends_are_no_news(tmp_path: Path) -> None:
    for seed in range(4):
        found = analyse(daily(tmp_path / "orders.csv", seed=seed))
        assert not told(found, "anomaly") + told(found, "change") + told(found, "data_quality")


def test_a_passing_fall_is_told_for_the_segment_that_had_it(tmp_path: Path) -> None:
    path = daily(
        tmp_path / "orders.csv", factor=lambda at, region, _: 0.1 if region == "South" and at in (60, 61) else 1
    )
    fact = one(analyse(path), "anomaly", "Orders", {"Region": "South"})
    assert fact.period == Period("2024-03-01", "2024-03-02")
    observed = sum(
        int(row["Orders"])
        for row in read_back(path)
        if row["Region"] == "South" and row["Day"] in ("2024-03-01", "2024-03-02")
    )
    assert fact.value == observed
    assert "to be expected" in fact.text


def test_a_fall_of_everything_is_told_for_the_whole_table(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv", factor=lambda at, *_: 2.5 if at == 80 else 1)
    found = told(analyse(path), "anomaly", "Orders")
    assert [fact.segment for fact in found] == [()]


def test_a_sunday_like_a_weekday_is_odd(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv", factor=lambda at, *_: 2.5 if at == 62 else 1)  # 3 March 2024
    assert one(analyse(path), "anomaly", "Orders").period == Period("2024-03-03", "2024-03-03")


def test_a_lasting_new_level_is_compared_with_all_that_lay_before(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv", factor=lambda at, _, channel: 1.5 if channel == "shop" and at >= 91 else 1)
    fact = one(analyse(path), "change", "Orders", {"Channel": "shop"})
    assert fact.period is not None
    assert fact.baseline is not None
    assert fact.period.end == "2024-05-29"
    assert abs(int(fact.period.start[-2:]) - 1) <= 1
    sums = defaultdict[bool, list[int]](list)
    for row in read_back(path):
        if row["Channel"] == "shop":
            sums[row["Day"] >= fact.period.start].append(int(row["Orders"]))
    after, before = sum(sums[True]) / (len(sums[True]) / 2), sum(sums[False]) / (len(sums[False]) / 2)
    assert fact.value == pytest.approx(after / before - 1)


def test_missing_days_are_a_gap_and_no_fall(tmp_path: Path) -> None:
    found = analyse(daily(tmp_path / "orders.csv", skip=(70, 71, 72)))
    gap = one(found, "data_quality", "Day")
    assert (gap.value, gap.unit, gap.period) == (3, "missing dates", Period("2024-03-11", "2024-03-13"))
    assert not told(found, "anomaly") + told(found, "change")


def test_a_slip_of_the_unit_is_suspect_and_no_event(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv")
    rows = [list(row.values()) for row in read_back(path)]
    rows[201][4] = str(float(rows[201][4]) * 100)
    found = analyse(write(path, ["Day", "Region", "Channel", "Orders", "Revenue"], rows))
    suspect = one(found, "data_quality", "Revenue", {"Region": rows[201][1], "Channel": rows[201][2]})
    assert (suspect.unit, suspect.rows) == ("suspect values", ((203, 203),))
    assert not told(found, "anomaly") + told(found, "change")


def test_steady_growth_is_the_news_where_nothing_else_is(tmp_path: Path) -> None:
    rows = [
        (f"{2021 + at // 12}-{at % 12 + 1:02d}", kind, round(900 * size * (1 + 0.02 * at)))
        for at in range(36)
        for kind, size in (("a", 1), ("b", 2))
    ]
    found = analyse(write(tmp_path / "growth.csv", ["Month", "Kind", "Fees"], rows))
    sums = [sum(row[2] for row in rows[at * 2 : at * 2 + 2]) for at in range(36)]
    x, y = 17.5, sum(sums) / 36
    slope = sum((at - x) * (number - y) for at, number in enumerate(sums)) / sum((at - x) ** 2 for at in range(36))
    trend = one(found, "trend", "Fees")
    assert trend.value == pytest.approx(slope / y)
    assert trend.unit == "ratio/month"
    assert trend in found.facts[:3]
    assert not told(found, "change") + told(found, "anomaly")


def test_a_level_is_told_at_its_last_date_and_never_added_over_time(tmp_path: Path) -> None:
    rows = [
        (f"2024-{month:02d}", kind, count + month // 4)
        for month in range(1, 13)
        for kind, count in (("a", 40), ("b", 90), ("c", 20))
    ]
    found = analyse(write(tmp_path / "staff.csv", ["Month", "Team", "Headcount"], rows))
    total = one(found, "total", "Headcount")
    assert (total.value, total.period) == (40 + 90 + 20 + 9, Period("2024-12", "2024-12"))
    assert total.rows == ((35, 37),)


def test_a_rate_is_weighed(tmp_path: Path) -> None:
    rows = [
        (f"2024-{month:02d}", kind, visits + month, sales + month % 3)
        for month in range(1, 13)
        for kind, visits, sales in (("a", 400, 8), ("b", 70, 21))
    ]
    rated = [(*row, f"{row[3] / row[2]:.2%}") for row in rows]
    found = analyse(write(tmp_path / "rates.csv", ["Month", "Kind", "Visits", "Sales", "Share of visits"], rated))
    average = one(found, "average", "Share of visits")
    assert average.value == pytest.approx(sum(row[3] for row in rows) / sum(row[2] for row in rows))


def test_an_order_that_reverses_inside_the_groups_is_told_with_both_sides(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = []
    for month in range(1, 13):
        for channel, device, visits, rate in (
            ("x", "desk", 900, 0.10),
            ("x", "mob", 100, 0.02),
            ("y", "desk", 100, 0.12),
            ("y", "mob", 900, 0.03),
        ):
            seen = visits + month
            bought = round(seen * rate)
            rows.append((f"2024-{month:02d}", channel, device, seen, bought, f"{bought / seen:.2%}"))
    found = analyse(write(tmp_path / "simpson.csv", ["Month", "Channel", "Device", "Visits", "Buys", "Rate"], rows))
    inside = [fact.segment for fact in found.facts[:10] if fact.type == "ranking" and len(fact.segment) == 2]
    assert (("Device", "desk"), ("Channel", "y")) in inside
    assert (("Device", "mob"), ("Channel", "y")) in inside
    assert one(found, "ranking", "Rate", {"Channel": "x"}).text.endswith("by its mix alone.")


def test_a_renamed_category_is_no_event(tmp_path: Path) -> None:
    rows: list[tuple[str, str, int]] = []
    for at in range(24):
        for plan, size in (("Team" if at < 14 else "Team Plus", 2), ("Solo", 1), ("Firm", 3)):
            rows.append((f"{2023 + at // 12}-{at % 12 + 1:02d}", plan, 500 * size + (at * 7) % 23))
    found = analyse(write(tmp_path / "plans.csv", ["Month", "Plan", "Orders"], rows))
    renamed = one(found, "data_quality", "Plan", {"Plan": "Team Plus"})
    assert (renamed.value, renamed.unit, renamed.period) == (10, "renamed category", Period("2024-03", "2024-12"))
    assert not told(found, "anomaly") + told(found, "change")


def cases(path: Path, *, currency: bool = False) -> Path:
    """Bookings with references: six in seven in EUR, where ``currency``; one far too large; two written again."""
    rows: list[list[object]] = []
    for at in range(210):
        amount = -9_000.0 if at == 100 else -600.0 - (at * 37) % 90 if at % 3 else 2_900.0 + (at * 53) % 300
        kind = "travel" if at % 3 else "sales"
        rows.append(
            [
                f"2024-{at // 30 + 1:02d}-{at % 28 + 1:02d}",
                7_000 + at * 3,
                kind,
                f"{amount:.2f}",
                "USD" if currency and at % 7 == 0 else "EUR",
            ]
        )
    rows.insert(50, rows[49])
    rows.insert(150, rows[149])
    return write(path, ["Booked", "Reference", "Kind", "Amount", "Currency"], rows)


def test_rows_written_again_count_once_where_rows_have_a_key(tmp_path: Path) -> None:
    found = analyse(cases(tmp_path / "bookings.csv"))
    again = one(found, "data_quality", "rows")
    assert (again.value, again.unit, again.rows) == (2, "duplicate rows", ((52, 52), (152, 152)))
    assert one(found, "total", "rows").value == 210
    assert found.rows == 212


def test_equal_answers_of_different_people_are_no_duplicates(tmp_path: Path) -> None:
    rows = [("2024-09-02", "abc"[at % 3], 1 + at % 5, 1 + at % 2) for at in range(120)]
    found = analyse(write(tmp_path / "answers.csv", ["Day", "Team", "Mood", "Load"], rows))
    assert not told(found, "data_quality")
    assert one(found, "total", "rows").value == 120
    assert one(found, "average", "Mood").value == pytest.approx(3)
    assert not told(found, "total", "Mood")


def test_currencies_are_never_added(tmp_path: Path) -> None:
    path = cases(tmp_path / "bookings.csv", currency=True)
    found = analyse(path)
    assert one(found, "data_quality", "Amount").value == 30
    assert all(
        ("Currency", "EUR") in fact.segment or ("Currency", "USD") in fact.segment
        for fact in told(found, "total", "Amount")
    )
    rows = {row["Reference"]: row for row in read_back(path)}.values()
    for currency in ("EUR", "USD"):
        own = sum(float(row["Amount"]) for row in rows if row["Currency"] == currency)
        assert one(found, "total", "Amount", {"Currency": currency}).value == pytest.approx(own)


def test_a_booking_far_from_its_category_is_odd(tmp_path: Path) -> None:
    found = analyse(cases(tmp_path / "bookings.csv"))
    odd = one(found, "anomaly", "Amount", {"Kind": "travel"})
    assert odd.period is not None
    assert odd.period.start == odd.period.end == "2024-04-17"


def test_numbers_that_are_names_are_neither_added_nor_averaged(tmp_path: Path) -> None:
    rows = [
        (f"2024-{month:02d}", code, kind, month * size)
        for month in range(1, 13)
        for code, kind, size in ((4110, "a", 3), (4120, "b", 5), (4130, "c", 9))
    ]
    found = analyse(write(tmp_path / "centres.csv", ["Month", "Unit", "Kind", "Cost"], rows))
    assert not [fact for fact in found.facts if fact.metric == "Unit"]


def test_empty_cells_are_counted_by_column(tmp_path: Path) -> None:
    rows = [
        (f"T{at}", f"2024-03-{at % 28 + 1:02d}", "ab"[at % 2], "" if at % 4 == 0 else 1 + at % 5) for at in range(100)
    ]
    found = analyse(write(tmp_path / "tickets.csv", ["Ticket", "Day", "Team", "Mood"], rows))
    empty = one(found, "data_quality", "Mood")
    assert (empty.value, empty.unit) == (25, "empty cells")


def test_a_group_far_from_the_rest_is_told_early(tmp_path: Path) -> None:
    rows = [("2024-09-02", "abcd"[at % 4], (2 if at % 4 == 1 else 7) + at % 3) for at in range(400)]
    found = analyse(write(tmp_path / "answers.csv", ["Day", "Team", "Recommend"], rows))
    assert one(found, "average", "Recommend", {"Team": "b"}) in found.facts[:4]


# -- the form of what is returned ------------------------------------------------------------------------


def test_an_analysis_can_be_sent_to_another_process_and_printed(tmp_path: Path) -> None:
    found = analyse(daily(tmp_path / "orders.csv"))
    assert pickle.loads(pickle.dumps(found)) == found
    printed = json.loads(json.dumps(found.as_json(limit=3), allow_nan=False))
    assert len(printed["facts"]) == 3
    assert printed["step"] == "day"
    assert {column["name"]: column["role"] for column in printed["columns"]} == {
        "Day": "date", "Region": "category", "Channel": "category", "Orders": "flow", "Revenue": "flow",
    }  # fmt: skip
    assert all(0 <= fact["score"] <= 100 and fact["rows"] for fact in printed["facts"])


def test_importing_the_facts_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = "{'numpy', 'openpyxl', 'polars'}"
    code = f"import sys, domain.reports.facts, domain.reports.reading; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# -- follow-ups ----------------------------------------------------------------------------------------------


def test_a_breakdown_comes_first_and_names_are_matched_loosely(tmp_path: Path) -> None:
    found = analyse(daily(tmp_path / "orders.csv"), focus=Focus(by=("régions",), metric="REVENUE"))
    assert [fact.segment for fact in found.facts[2:5]] == [(("Region", "North"),)] * 3
    assert {fact.metric for fact in found.facts[:5]} == {"Revenue"}


def test_a_question_in_words_names_columns_and_times(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv")
    found = analyse(path, focus=Focus(words="And orders by channel in March 2024?"))
    first = found.facts[0]
    assert (first.metric, first.period) == ("Orders", Period("2024-03-01", "2024-03-31"))
    assert first.value == sum(int(row["Orders"]) for row in read_back(path) if row["Day"].startswith("2024-03"))
    assert found.facts[1].segment == (("Channel", "web"),)


def test_the_last_month_is_the_tables_last(tmp_path: Path) -> None:
    found = analyse(daily(tmp_path / "orders.csv"), focus=Focus(words="only the last month"))
    assert found.facts[0].period == Period("2024-05-01", "2024-05-29")


def test_an_unknown_column_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="Region, Channel"):
        analyse(daily(tmp_path / "orders.csv"), focus=Focus(by=("colour",)))


def test_a_time_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no rows in that time"):
        analyse(daily(tmp_path / "orders.csv"), focus=Focus(period=Period("2019", "2019")))


def test_a_column_without_a_header_word_is_still_understood(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv", factor=lambda at, region, _: 3 if region == "South" and at == 60 else 1)
    renamed = write(
        tmp_path / "x.csv", ["k1", "k2", "k3", "k4", "k5"], (tuple(row.values()) for row in read_back(path))
    )
    assert one(analyse(renamed), "anomaly", "k4", {"k2": "South"}).period == Period("2024-03-01", "2024-03-01")


def test_row_numbers_name_only_data_rows(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv")
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(["Total", "", "", "99999", "1"])
    last = len(read_back(path))
    for fact in analyse(path).facts:
        assert all(2 <= first <= end <= last for first, end in fact.rows)


def test_what_hardly_moves_is_told_at_its_last_date_whatever_it_is_called(tmp_path: Path) -> None:
    rows = [
        (f"2024-{month:02d}", plan, 2_000 * size + month * size, round(19.5 * (2_000 * size + month * size), 2))
        for month in range(1, 13)
        for plan, size in (("a", 1), ("b", 3))
    ]
    found = analyse(write(tmp_path / "x.csv", ["k1", "k2", "k3", "k4"], rows))
    total = one(found, "total", "k4")
    assert total.period == Period("2024-12", "2024-12")
    assert total.value == pytest.approx(rows[-1][3] + rows[-2][3])
