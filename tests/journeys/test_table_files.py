"""What comes with an answer about a table, without a model: files, pictures, and which file was asked."""

import csv
import io
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from domain.conversations.said import Answer, FilePost
from tests.factories.asked import FILES, SHOP, among, by, tells
from tests.factories.incoming import file
from tests.fixtures.talk import Talk
from tests.journeys.test_table_questions import ask, content

# -- the result as a file ------------------------------------------------------------------------------

REGIONS = by(SHOP, "Region", "Sales")


async def exported(talk: Talk, words: str) -> tuple[str, bytes]:
    replies, _, outcome = await ask(talk, words)
    assert outcome == "answer"
    post = replies.one(FilePost)
    return post.file.name, await content(talk, post)


async def test_a_result_is_written_as_what_it_is_wished_as(offline: Talk) -> None:
    await ask(offline, "sales by region", "shop.csv")
    name, made = await exported(offline, "export this as Excel")
    sheet: Any = load_workbook(io.BytesIO(made)).active
    header, *rows = list(sheet.iter_rows(values_only=True))
    assert name.startswith("shop - ")
    assert name.endswith(".xlsx")
    assert header[0] == "Region"
    assert [(region, pytest.approx(sales)) for region, sales in rows] == REGIONS
    name, made = await exported(offline, "as CSV please")
    assert [row[0] for row in csv.reader(io.StringIO(made.decode("utf-8-sig")))] == ["Region", *dict(REGIONS)]
    name, made = await exported(offline, "as PDF")
    assert name.endswith(".pdf")
    page = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert all(region in page and tells(page, sales) for region, sales in REGIONS)
    name, made = await exported(offline, "und als Word-Dokument")
    table = Document(io.BytesIO(made)).tables[0]
    assert [row.cells[0].text for row in table.rows][1:] == list(dict(REGIONS))


async def test_the_whole_result_is_written_and_not_the_rows_that_are_shown(offline: Talk) -> None:
    replies, text, _ = await ask(offline, "list the rows in the West as CSV", "shop.csv")
    rows = list(csv.DictReader(io.StringIO((await content(offline, replies.one(FilePost))).decode("utf-8-sig"))))
    assert [float(row["Sales"]) for row in rows] == [row["Sales"] for row in among(SHOP, Region="West")]
    assert f"{len(rows):,} rows" in text


async def test_a_named_file_gets_the_rows(offline: Talk) -> None:
    replies, _, _ = await ask(offline, "export sales by region to regions.xlsx", "shop.csv")
    assert replies.one(FilePost).file.name == "regions.xlsx"


async def test_a_cell_that_would_be_a_formula_stays_text(offline: Talk) -> None:
    rows = "Name,Amount\n=1+1,3\n@SUM(A1),4\nplain,5\n+49 30 1234,6\n"
    await offline.say("amount by name", [file("notes.csv", rows.encode())])
    _, made = await exported(offline, "as CSV")
    names = [row[0] for row in csv.reader(io.StringIO(made.decode("utf-8-sig")))]
    assert {"'=1+1", "'@SUM(A1)"} <= set(names)
    _, made = await exported(offline, "as Excel")
    sheet: Any = load_workbook(io.BytesIO(made)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}


async def test_everything_a_table_says_becomes_a_document_as_it_was_said(offline: Talk) -> None:
    _, text, _ = await ask(offline, "what stands out?", "shop.csv")
    name, made = await exported(offline, "as PDF please")
    page = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())
    assert name == "shop answer.pdf"
    assert " ".join(text.split("\n")[0].split()) in page


@pytest.mark.parametrize(
    "words",
    ["histogram of sales", "scatter of sales against profit", "Histogramm von Profit", "distribution of profit"],
)
async def test_a_picture_of_rows_stands_without_them(offline: Talk, words: str) -> None:
    replies, text, _ = await ask(offline, words, "shop.csv")
    assert replies.of(FilePost)
    assert "|" not in text


async def test_before_there_is_a_table_one_is_asked_for(offline: Talk) -> None:
    _, text, outcome = await ask(offline, "what is the average of sales by region?")
    assert outcome == "not_understood"
    assert "There is no table here" in text


async def test_of_a_file_that_is_not_there_those_that_were_sent_are_named(offline: Talk) -> None:
    await ask(offline, "sales by region", "shop.csv")
    for words in ("by category", "by product", "by region", "by month", "as a bar chart", "export this as CSV"):
        await ask(offline, words)
    _, text, _ = await ask(offline, "total of sales in shops.xlsx")
    assert "shops.xlsx" in text
    assert "I can see shop.csv" in text


async def test_of_two_files_that_are_asked_neither_name_is_a_word_of_the_question(offline: Talk) -> None:
    both = [file(name, FILES[name]) for name in ("shop.csv", "staff.csv")]
    text = (await offline.say("shop.csv and staff.csv: how many rows are there?", both)).one(Answer).text
    assert "I did not understand" not in text


async def test_what_a_refusal_says_is_there_is_said_of_the_file_that_was_asked(offline: Talk) -> None:
    await ask(offline, "sales by category", "shop.csv")
    await ask(offline, "how many rows are there?", "staff.csv")
    _, text, outcome = await ask(offline, "wibbles by flavour")
    assert outcome == "not_understood"
    assert "staff.csv has " in text


async def test_what_was_assumed_leaves_room_for_what_was_read(offline: Talk) -> None:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in (("Sales", 6), ("Old", 3)):
        sheet = book.create_sheet(name)
        for row in [("Region", "Sold", "Back"), *(("North", 10 + at, at) for at in range(rows)), ("Total", None, None)]:
            sheet.append(row)
        sheet.cell(rows + 2, 2, sum(10 + at for at in range(rows)))
        sheet.cell(rows + 2, 3, sum(range(rows)))
    held = io.BytesIO()
    book.save(held)
    text = (await offline.say("by region", [file("book.xlsx", held.getvalue())])).one(Answer).text
    assert "No number was named" in text
    assert "is left out" in text
    assert "Old!" in text, "the table that was not read"


@pytest.mark.parametrize(
    "words", ["als Excel", "export this as Excel", "as a bar chart", "als Balkendiagramm", "as PDF"]
)
async def test_after_a_refusal_nothing_older_is_written_or_drawn(offline: Talk, words: str) -> None:
    await ask(offline, "sales by category in 2014", "shop.csv")
    _, _, outcome = await ask(offline, "list all flavours over 80 euro")
    assert outcome == "not_understood"
    for thanks in (False, True, True):
        if thanks:
            await offline.say("thanks")
        replies, text, outcome = await ask(offline, words)
        assert outcome == "not_understood"
        assert "What you asked for last was not answered" in text
        assert not replies.of(FilePost)
    replies, _, _ = await ask(offline, "sales by region as Excel")
    assert replies.of(FilePost)


async def test_after_a_refusal_no_named_file_gets_older_rows(offline: Talk) -> None:
    await ask(offline, "sales by category in 2014", "shop.csv")
    await ask(offline, "list all flavours over 80 euro")
    await offline.say("danke")
    replies, text, _ = await ask(offline, "export this to old.xlsx")
    assert not replies.of(FilePost)
    assert "what you asked for last was not done" in text


@pytest.mark.parametrize(
    ("words", "said"), [("als PDF", "write"), ("as Excel", "write"), ("als Balkendiagramm", "draw")]
)
async def test_before_there_is_an_answer_there_is_none_to_write_or_draw(offline: Talk, words: str, said: str) -> None:
    _, text, outcome = await ask(offline, words)
    assert outcome == "not_understood"
    assert f"There is no answer yet to {said}" in text


@pytest.mark.parametrize("words", ["Verteilung von Sales", "distribution of sales", "histogram of sales"])
async def test_a_distribution_of_numbers_is_a_picture(offline: Talk, words: str) -> None:
    replies, text, _ = await ask(offline, words, "shop.csv")
    chart = replies.one(FilePost).chart
    assert chart is not None
    assert chart["kind"] == "histogram"
    assert "|" not in text
