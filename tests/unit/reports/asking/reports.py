"""Three small reports with a fixed seed: a shop's orders, a weather log and a company's staff."""

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

Row = Sequence[object]


def _write(path: Path, header: Sequence[str], rows: Iterable[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def orders(folder: Path) -> Path:
    """600 orders of 2023 and 2024; every 40th has no price."""
    chance = random.Random(3)
    states = {"West": ["Oregon", "Nevada", "Utah"], "East": ["Maine", "Vermont"], "South": ["Texas", "Georgia"]}
    products = {
        "Technology": ["Phone", "Laptop", "Model 2", "Model 3"],
        "Furniture": ["Chair", "Desk"],
        "Office Supplies": ["Paper", "Binder", "Pen"],
    }
    rows: list[Row] = []
    for number in range(1, 601):
        day = date(2023, 1, 1) + timedelta(days=round((number - 1) * 1.22))
        category = chance.choice(list(products))
        product = chance.choice(products[category])
        region = chance.choice(list(states))
        quantity = chance.randint(1, 12)
        price = round(chance.uniform(3, 90) * (9 if category == "Technology" else 1), 2)
        sales = round(quantity * price, 2)
        profit = round(sales * chance.uniform(-0.2, 0.4), 2)
        customer = f"{chance.choice(['Ann', 'Bob', 'Cid', 'Dora', 'Emil'])} {chance.choice(['Hill', 'Moss', 'Reed'])}"
        shown = "" if number % 40 == 0 else price
        rows.append((
            f"O-{number:04}", day.isoformat(), customer, region, chance.choice(states[region]), category, product,
            quantity, shown, sales, profit,
        ))  # fmt: skip
    header = [
        "Order ID", "Order Date", "Customer", "Region", "State", "Category", "Product", "Quantity", "Unit Price",
        "Sales", "Profit",
    ]  # fmt: skip
    return _write(folder / "orders.csv", header, rows)


def weather(folder: Path) -> Path:
    """Four years of days, 2012 to 2015."""
    chance = random.Random(5)
    rows: list[Row] = []
    day = date(2012, 1, 1)
    while day <= date(2015, 12, 31):
        kind = chance.choice(["rain", "rain", "sun", "sun", "sun", "fog", "drizzle", "snow"])
        rain = round(chance.uniform(0.5, 30), 1) if kind in ("rain", "snow", "drizzle") else 0.0
        season = 12 - 10 * abs((day.month - 7) / 6)
        high = round(season + chance.gauss(6, 4), 1)
        rows.append(
            (day.isoformat(), rain, high, round(high - chance.uniform(3, 9), 1), round(chance.uniform(0.4, 9), 1), kind)
        )
        day += timedelta(days=1)
    return _write(folder / "weather.csv", ["date", "precipitation", "temp_max", "temp_min", "wind", "weather"], rows)


def staff(folder: Path) -> Path:
    """120 people, two of them called May and April; every 15th gave no satisfaction."""
    chance = random.Random(9)
    first = ["Anna", "Ben", "Clara", "David", "Eva", "Felix", "Greta", "Hugo", "Ida", "Jan"]
    last = ["Adler", "Brandt", "Conrad", "Diehl", "Ebert", "Falk", "Gross", "Hahn", "Imhof", "Jung", "Kern", "Lang"]
    people = [f"{one} {other}" for other in last for one in first]
    people[7], people[31] = "May", "April"
    rows: list[Row] = []
    for number, name in enumerate(people):
        department = chance.choice(["Sales", "Marketing", "Engineering", "Support", "Other"])
        age = chance.randint(19, 64)
        salary = round(chance.gauss(52_000, 9_000) + age * 150, -2)
        started = date(2010, 1, 1) + timedelta(days=chance.randint(0, 5000))
        satisfaction = "" if number % 15 == 14 else chance.randint(1, 10)
        rows.append((
            name, department, chance.choice(["female", "male"]), age, int(salary), started.isoformat(),
            chance.choice(["Berlin", "Hamburg", "München"]), satisfaction,
        ))  # fmt: skip
    header = ["Name", "Department", "Gender", "Age", "Salary", "Start Date", "City", "Satisfaction"]
    return _write(folder / "staff.csv", header, rows)
