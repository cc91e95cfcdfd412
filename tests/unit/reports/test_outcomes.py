"""Outcomes: what says yes or no is told by the groups that explain it, as rows, as numbers and as counts."""

import random
from pathlib import Path

import pytest

from domain.reports.facts import Fact, analyse
from tests.unit.reports.people import counted, people
from tests.unit.reports.tables import one, told, write


def stories(facts: tuple[Fact, ...]) -> list[str]:
    """The columns by which a rate is told, in their order."""
    return [fact.segment[0][0] for fact in facts[:10] if " for " in fact.text and "of all" in fact.text]


def test_of_the_titanic_sex_and_class_are_told(tmp_path: Path) -> None:
    found = analyse(write(tmp_path / "titanic.csv", ["Class", "Sex", "Age", "Survived"], people()))
    assert stories(found.facts) == ["Sex", "Class", "Age"]
    women = next(fact for fact in found.facts if dict(fact.segment) == {"Sex": "Female", "Survived": "Yes"})
    assert women.value == pytest.approx(344 / 470)
    assert found.facts[1] == women
    assert found.facts[2].segment[0] == ("Class", "1st")
    assert "73 % of Sex Female and 21 % of Male (32 % of all)" in women.text
    assert not told(found, "data_quality")  # people alike in all are people still


def test_a_column_of_0_and_1_is_an_outcome(tmp_path: Path) -> None:
    rows = [(int(survived == "Yes"), of, sex) for of, sex, _, survived in people()]
    found = analyse(write(tmp_path / "titanic.csv", ["survived", "pclass", "sex"], rows))
    assert stories(found.facts) == ["sex", "pclass"]
    assert one(found, "average", "survived").value == pytest.approx(711 / 2201)
    assert one(found, "average", "survived", {"sex": "Female"}).value == pytest.approx(344 / 470)


def test_classes_written_as_numbers_are_groups(tmp_path: Path) -> None:
    rows = [(int(survived == "Yes"), "123".index(of[0]) + 1, sex) for of, sex, _, survived in people() if of != "Crew"]
    found = analyse(write(tmp_path / "titanic.csv", ["Survived", "Pclass", "Sex"], rows))
    assert stories(found.facts) == ["Sex", "Pclass"]
    assert one(found, "average", "Survived", {"Pclass": "1"}).value == pytest.approx(203 / 325)


def test_counts_weigh_the_rates(tmp_path: Path) -> None:
    found = analyse(write(tmp_path / "titanic.csv", ["Class", "Sex", "Age", "Survived", "Freq"], counted()))
    assert stories(found.facts) == ["Sex", "Class", "Age"]
    first = next(fact for fact in found.facts if dict(fact.segment) == {"Class": "1st", "Survived": "Yes"})
    assert (first.metric, first.value) == ("Freq", pytest.approx(203 / 325))


def test_what_explains_most_comes_first_however_many_rows_it_has(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows: list[tuple[object, ...]] = []
    for at in range(1500):
        contract, city = chance.choice(["monthly", "yearly"]), chance.choices(["Bonn", "Kiel", "Ulm"], [9, 2, 1])[0]
        likely = (0.45 if contract == "monthly" else 0.08) + (0.1 if city == "Ulm" else 0)
        rows.append((f"c{at}", city, contract, "left" if chance.random() < likely else "stayed"))
    found = analyse(write(tmp_path / "customers.csv", ["Customer", "City", "Contract", "Churn"], rows))
    assert stories(found.facts)[:1] == ["Contract"]


def test_the_same_column_in_other_words_explains_nothing(tmp_path: Path) -> None:
    rows = [(int(of == "Yes"), {"Yes": "true", "No": "false"}[of], sex) for _, sex, _, of in people()]
    found = analyse(write(tmp_path / "titanic.csv", ["survived", "alive", "sex"], rows))
    assert stories(found.facts) == ["sex"]


def test_chance_tells_no_rates(tmp_path: Path) -> None:
    for seed in range(30):
        chance = random.Random(seed)
        rows = [
            (chance.choice("ab"), chance.choice("uvwxyz"), chance.randint(1, 4), chance.choice(["yes", "no"]))
            for _ in range(400)
        ]
        found = analyse(write(tmp_path / "noise.csv", ["kind", "place", "grade", "renewed"], rows))
        assert not stories(found.facts), seed


def test_a_column_of_which_nothing_is_known_makes_room_for_one_that_is_explained(tmp_path: Path) -> None:
    """“default” is called an outcome and hangs on nothing here; “renewed” is what the table is about."""
    chance = random.Random(8)
    rows = [
        (
            chance.choice("abc"),
            chance.choices(["no", "yes"], [30, 1])[0],
            last,
            "yes" if chance.random() < likely else "no",
        )
        for last, likely in (("good", 0.6), ("bad", 0.1), ("none", 0.1))
        for _ in range(400)
    ]
    chance.shuffle(rows)
    found = analyse(write(tmp_path / "calls.csv", ["job", "default", "last_call", "renewed"], rows))
    assert stories(found.facts) == ["last_call"]
    assert "renewed is yes for" in found.facts[1].text + found.facts[2].text
