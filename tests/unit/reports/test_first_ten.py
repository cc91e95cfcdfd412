"""The first ten facts: none says what another has said; what moves together is told once, with its companions."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.reports.facts import Analysis, Fact, Segment, analyse
from tests.unit.reports.tables import one, told, write

PLAIN = ("total", "average", "share", "ranking")


def branches(path: Path, *, falls: tuple[str, ...] = ("leads", "appointments", "sales")) -> Analysis:
    """Leads, appointments and sales of four branches by week; Hillside loses half from July on."""
    chance = random.Random(11)
    rows: list[tuple[object, ...]] = []
    for week in range(48):
        for branch, size in (("Hillside", 300), ("Station", 420), ("Harbour", 260), ("Market", 200)):
            half = {name: 0.5 if branch == "Hillside" and week >= 26 and name in falls else 1.0 for name in falls}
            leads = round(size * half["leads"] * chance.gauss(1, 0.04))
            rows.append(
                (
                    (date(2024, 1, 1) + timedelta(days=7 * week)).isoformat(), branch, leads,
                    round(leads * 0.5 * chance.gauss(1, 0.03)), round(leads * 0.2 * chance.gauss(1, 0.03)),
                )
            )  # fmt: skip
    return analyse(write(path / "branches.csv", ["week", "branch", "leads", "appointments", "sales"], rows))


def test_one_fall_in_three_columns_is_one_fact_that_names_them(tmp_path: Path) -> None:
    found = branches(tmp_path)
    falls = [fact for fact in found.facts[:10] if fact.type == "change"]
    assert [(fact.metric, dict(fact.segment)) for fact in falls] == [("leads", {"branch": "Hillside"})]
    for name in ("appointments", "sales"):
        each = one(found, "change", name, {"branch": "Hillside"})
        assert f"{name} ({-each.value:.0%} lower)".replace("%", " %") in falls[0].text
        assert found.facts.index(each) >= 10


def said(facts: tuple[Fact, ...]) -> list[tuple[str, Segment]]:
    """What each plain fact about a group is about."""
    return [(fact.metric, fact.segment) for fact in facts if fact.type in PLAIN and fact.segment]


def test_no_group_is_told_twice_in_one_metric(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows = [
        (region, kind, round(size * chance.gauss(10, 1), 2), round(chance.gauss(4 if kind == "b" else 8, 1), 1))
        for _ in range(60)
        for region, size in (("North", 5), ("South", 3), ("East", 2))
        for kind in "abcd"
    ]
    first = analyse(write(tmp_path / "sales.csv", ["region", "kind", "revenue", "score"], rows)).facts[:10]
    about = said(first)
    assert len(set(about)) == len(about)
    assert any(fact.segment == (("kind", "b"),) and "is number 4 of 4 by average score" in fact.text for fact in first)


def test_of_two_values_one_is_enough(tmp_path: Path) -> None:
    rows = [
        (f"2024-03-{day:02d}", side, 10 * size + day % 3) for day in range(1, 29) for side, size in (("l", 3), ("r", 1))
    ]
    first = analyse(write(tmp_path / "sides.csv", ["day", "side", "units"], rows)).facts[:2]
    assert [fact.type for fact in first] == ["total", "share"]
    assert first[1].segment == (("side", "l"),)


def test_the_leader_of_several_columns_is_named_once(tmp_path: Path) -> None:
    found = branches(tmp_path)
    leaders = [fact for fact in found.facts[:10] if fact.segment == (("branch", "Station"),)]
    assert len(leaders) == 1
    assert "leads" in leaders[0].text
    assert "sales" in leaders[0].text


def test_what_all_groups_share_alike_is_no_story(tmp_path: Path) -> None:
    """Averages that differ by chance name no first and no last."""
    for seed in range(20):
        chance = random.Random(seed)
        rows = [(chance.choice("abcdefgh"), chance.choice("uvw"), round(chance.gauss(50, 9), 1)) for _ in range(300)]
        found = analyse(write(tmp_path / "noise.csv", ["kind", "place", "score"], rows))
        assert not [fact for fact in told(found, "ranking", "score") + told(found, "average", "score") if fact.segment]


def reversal(path: Path, cases: int, seed: int = 2) -> Analysis:
    """Scores of two teams at two sites: b is ahead at both, a overall; ``cases`` rows in the smaller cells."""
    chance = random.Random(seed)
    rows = [
        (team, site, round(chance.gauss(level, 0.5), 2))
        for team, site, level, count in (
            ("a", "east", 8.0, 9 * cases), ("a", "west", 4.0, cases),
            ("b", "east", 8.8, cases), ("b", "west", 4.8, 9 * cases),
        )
        for _ in range(count)
    ]  # fmt: skip
    chance.shuffle(rows)
    return analyse(write(path / "teams.csv", ["team", "site", "score"], rows))


def test_a_reversal_needs_twenty_rows_on_both_sides(tmp_path: Path) -> None:
    assert not [fact.text for fact in reversal(tmp_path, 8).facts if "reverses" in fact.text]
    found = reversal(tmp_path, 30)
    turned = [fact for fact in found.facts[:10] if "reverses" in fact.text]
    assert len(turned) == 1
    assert turned[0].segment[-1] == ("team", "b")


def test_only_one_reversal_is_among_the_first(tmp_path: Path) -> None:
    chance = random.Random(9)
    rows: list[tuple[object, ...]] = []
    for team, site, level, count in (
        ("a", "east", 8.0, 270),
        ("a", "west", 4.0, 30),
        ("b", "east", 8.8, 30),
        ("b", "west", 4.8, 270),
    ):
        for _ in range(count):
            speed, ease = (round(chance.gauss(level, 0.5), 2) for _ in range(2))
            rows.append((team, site, speed, ease))
    found = analyse(write(tmp_path / "teams.csv", ["team", "site", "speed score", "ease score"], rows))
    assert len([fact for fact in found.facts[:10] if "reverses" in fact.text]) == 1


def test_numbers_of_a_moment_are_not_added(tmp_path: Path) -> None:
    rows = [
        (country, year, round(47 + (year - 1952) / 3 + place, 1), 10**6 * (place + 1) + year * 1000, 900 + year + place)
        for place, country in enumerate(("Kenya", "Chad", "Peru"))
        for year in range(1952, 2008, 5)
    ]  # fmt: skip
    found = analyse(write(tmp_path / "world.csv", ["country", "year", "lifeExp", "pop", "gdpPercap"], rows))
    assert not [fact.text for fact in found.facts if "adds up" in fact.text]
    assert one(found, "total", "pop").value == pytest.approx(sum(row[3] for row in rows if row[1] == 2007))


def test_the_reading_of_a_counter_is_left_to_what_it_counts(tmp_path: Path) -> None:
    chance = random.Random(1)
    readings = {"a": 51_000, "b": 20_400}
    rows: list[tuple[object, ...]] = []
    for day in range(60):
        for meter in readings:
            used = chance.randint(80, 120)
            readings[meter] += used
            rows.append(((date(2024, 1, 1) + timedelta(days=day)).isoformat(), meter, readings[meter], used))
    found = analyse(write(tmp_path / "meters.csv", ["day", "meter", "reading", "used"], rows))
    assert {fact.metric for fact in found.facts} == {"used"}


def test_equal_groups_have_no_leader(tmp_path: Path) -> None:
    rows = [(kind, 5 + (at * 7) % 11) for at in range(50) for kind in "abc"]
    found = analyse(write(tmp_path / "flowers.csv", ["species", "score"], rows))
    assert not told(found, "ranking", "rows") + told(found, "share", "rows")


def test_a_small_table_is_not_filled_up_with_the_same_in_other_words(tmp_path: Path) -> None:
    rows = [
        (area, party, size * part)
        for area, size in (("n", 90), ("s", 50))
        for party, part in (("r", 4), ("b", 3), ("g", 1))
    ]
    first = analyse(write(tmp_path / "votes.csv", ["area", "party", "votes"], rows)).facts[:10]
    about = said(first)
    assert len(set(about)) == len(about)
    assert len({dict(segment).get("area") for _, segment in about if dict(segment).get("area")}) == 1


def test_the_best_and_the_worst_month_are_by_what_a_day_brings(tmp_path: Path) -> None:
    rows = [
        (day.isoformat(), 100 + (9 if day.month == 2 else -9 if day.month == 7 else 0) + day.day % 2)
        for day in (date(2023, 1, 1) + timedelta(days=at) for at in range(365))
    ]
    found = analyse(write(tmp_path / "visits.csv", ["day", "visits"], rows))
    best, worst = (
        next(fact for fact in found.facts if f"the {which} of any month" in fact.text) for which in ("most", "least")
    )
    assert "in February 2023" in best.text
    assert "in July 2023" in worst.text
    assert best.value == pytest.approx(sum(row[1] for row in rows if row[0].startswith("2023-02")) / 28)


def test_each_currency_has_its_total(tmp_path: Path) -> None:
    rows = [(f"b{at}", ("EUR", "USD")[at % 4 == 0], f"{100 + at % 9}.50") for at in range(60)]
    found = analyse(write(tmp_path / "bills.csv", ["bill", "Currency", "Amount"], rows))
    assert {dict(fact.segment)["Currency"] for fact in told(found, "total", "Amount")} == {"EUR", "USD"}


def test_what_differs_by_one_column_is_not_told_by_another_that_is_much_like_it(tmp_path: Path) -> None:
    chance = random.Random(6)
    rows = [
        (species, island if chance.random() < 0.9 else "Dream", round(chance.gauss(mass, 90)))
        for species, island, mass in (
            ("Adelie", "Torgersen", 3700),
            ("Gentoo", "Biscoe", 5080),
            ("Chinstrap", "Dream", 3730),
        )
        for _ in range(100)
    ]
    first = analyse(write(tmp_path / "penguins.csv", ["species", "island", "body_mass"], rows)).facts[:3]
    assert [fact.segment for fact in first if fact.segment] == [(("species", "Gentoo"),)]


def test_a_short_list_says_who_has_most(tmp_path: Path) -> None:
    rows = [("United States", 44, 42), ("China", 27, 24), ("Japan", 12, 13), ("France", 26, 22), ("Italy", 13, 15)]
    found = analyse(write(tmp_path / "medals.csv", ["Country", "Silver", "Bronze"], rows))
    most = next(fact for fact in found.facts if fact.type == "ranking")
    assert most.text == "Country United States has the most Silver of 5: 44; also by Bronze."
