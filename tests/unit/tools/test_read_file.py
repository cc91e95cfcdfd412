"""Reading files of every kind, and saying clearly why one cannot be read."""

import io
import os
import struct
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import Invalid, NotFound
from domain.core.settings import Settings
from domain.tools.builtin.read_file import read_file
from domain.tools.registry import Output
from tests.factories.ods import ods
from tests.factories.tools import FolderFiles, call, tool_context
from tests.fakes.web import ARTICLE, pdf

SHARED = Path(os.environ.get("LEGWORK_SHARED", Path(__file__).parents[3] / "../shared"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


async def read(folder: Path, name: str, content: bytes, **arguments: Any) -> Output:
    context = tool_context(folder)
    assert isinstance(context.files, FolderFiles)
    context.files.put(name, content)
    return await call(read_file(Settings()), context, file=name, **arguments)


def workbook(**sheets: list[list[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def word(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    from docx import Document

    document = Document()
    for text in paragraphs:
        if text.startswith("# "):
            document.add_heading(text[2:], level=1)
        else:
            document.add_paragraph(text)
    if table:
        drawn = document.add_table(rows=len(table), cols=len(table[0]))
        for at, row in enumerate(table):
            for column, cell in enumerate(row):
                drawn.cell(at, column).text = cell
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def bomb(part: str, megabytes: int) -> bytes:
    """An archive whose directory announces a part of that size once it is unpacked."""
    packed = bytearray(archive(**{part.replace("/", "__").replace(".xml", "_xml"): bytes(1_000)}))
    size_field = packed.index(b"PK\x01\x02") + 24  # APPNOTE 4.3.12: the uncompressed size in the central directory
    packed[size_field : size_field + 4] = struct.pack("<I", megabytes * 1024 * 1024)
    return bytes(packed)


def protected_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Secret"))))
    writer.encrypt("password", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind", "part"),
    [
        ("notes.txt", "Olé\nZażółć".encode(), "text", "Zażółć"),
        ("notes.md", b"# Title\n\nBody", "text", "# Title"),
        ("windows.txt", "Señor, déjà vu, 5 €: così è la vita".encode("cp1252"), "text", "déjà vu"),
        ("wide.txt", "Zażółć".encode("utf-16"), "text", "Zażółć"),
        ("no_suffix", b"plain words", "text", "plain words"),
        ("data.json", b'{"b": [1, 2], "a": "x"}', "json", '"b"'),
        ("data.jsonl", b'{"a": 1}\n{"a": 2}\n', "json lines", '{"a": 2}'),
        ("page.html", ARTICLE.encode(), "html", "rose by 14 per cent"),
        ("report.pdf", pdf("Quarterly figures", "Second page"), "pdf", "Second page"),
        ("report", pdf("Quarterly figures"), "pdf", "Quarterly figures"),
        ("letter.docx", word("# Dear all", table=[["day"], ["Mon"]]), "docx", "# Dear all\n\n| day |"),
        ("book", workbook(Data=[["a"], [1]]), "xlsx", "| 1 |"),
        ("book.ods", ods({"Data": [["a", "b"], [1, 2.5]]}), "workbook", "| 1 | 2.5 |"),
    ],
)  # fmt: skip
async def test_a_file_is_read_by_its_kind(tmp_path: Path, name: str, content: bytes, kind: str, part: str) -> None:
    output = await read(tmp_path, name, content)
    assert (output["file"], output["kind"], output["truncated"], output["untrusted"]) == (name, kind, False, True)
    assert part in output["text"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sales.csv", "branch,units\nGdańsk,4\nŁódź,7\n".encode()),
        ("sales.csv", "branch;units\nGdańsk;4\nŁódź;7\n".encode()),
        ("sales.csv", "branch;units\nGdańsk;4\nŁódź;7\n".encode("cp1250")),
        ("sales.tsv", "branch\tunits\nGdańsk\t4\nŁódź\t7\n".encode()),
        ("sales.csv", "\ufeffbranch|units\r\nGdańsk|4\r\nŁódź|7\r\n".encode()),
        ("sales.xlsx", workbook(Sales=[[], ["branch", "units", None], ["Gdańsk", 4.0], ["Łódź", 7]])),
    ],
)
async def test_a_table_is_given_as_its_head_with_its_size(tmp_path: Path, name: str, content: bytes) -> None:
    output = await read(tmp_path, name, content)
    assert output["text"] == "| branch | units |\n| --- | --- |\n| Gdańsk | 4 |\n| Łódź | 7 |"
    assert (output["rows"], output["columns"], output["column_count"]) == (2, ["branch", "units"], 2)
    assert (output["rows_shown"], output["rows_counted"], output["truncated"]) == (2, "all", False)


async def test_a_long_table_is_shown_by_its_first_rows(tmp_path: Path) -> None:
    content = "n,text\n" + "".join(f"{n},row {n}\n" for n in range(1_000))
    output = await read(tmp_path, "long.csv", content.encode())
    assert (output["rows"], output["rows_shown"], output["truncated"]) == (1_000, 20, True)
    assert output["text"].endswith("| 19 | row 19 |")


async def test_a_sheet_is_chosen_by_its_name(tmp_path: Path) -> None:
    midnight = datetime.fromisoformat("2026-03-01")
    book = workbook(First=[["a"], [1]], Second=[["when"], [midnight], [midnight.replace(hour=9, minute=30)]])
    output = await read(tmp_path, "book.xlsx", book, sheet="second")
    assert (output["sheet"], output["sheets"], output["rows"]) == ("Second", ["First", "Second"], 2)
    assert "| 2026-03-01 |\n| 2026-03-01 09:30:00 |" in output["text"]


async def test_a_cell_cannot_break_out_of_its_table(tmp_path: Path) -> None:
    output = await read(tmp_path, "t.csv", b'a,b\n"one\ntwo","x | y"\n')
    assert output["text"].splitlines()[2] == "| one two | x \\| y |"


async def test_long_text_is_cut_with_a_mark(tmp_path: Path) -> None:
    output = await read(tmp_path, "long.txt", b"word " * 1_000, max_chars=100)
    assert (len(output["text"]) <= 100, output["text"][-1], output["truncated"]) == (True, "…", True)


async def test_a_long_pdf_is_read_page_by_page_until_there_is_enough(tmp_path: Path) -> None:
    output = await read(tmp_path, "long.pdf", pdf(*["a line of text that fills a page"] * 30), max_chars=200)
    assert (output["pages"], output["truncated"]) == (30, True)
    assert output["pages_read"] < 10


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.csv", b"\n \n", "is empty"),
        ("commas.csv", b",,\n,,\n", "holds no rows"),
        ("huge.txt", b"x" * (21 * 1024 * 1024), "21 MB; files up to 20 MB"),
        ("binary.bin", bytes(range(256)) * 4, "not a kind of file Legwork reads"),
        ("photo.png", b"\x89PNG\r\n\x1a\n", "is a picture"),
        ("old.xls", OLE, "damaged or no workbook"),
        ("old.doc", OLE, "old Office format"),
        ("broken.ods", b"PK\x03\x04 and then nothing", "damaged"),
        ("protected.xlsx", OLE, "protected by a password"),
        ("protected.docx", OLE, "protected by a password"),
        ("protected.pdf", protected_pdf(), "protected by a password"),
        ("scanned.pdf", pdf("", ""), "looks scanned"),
        ("broken.pdf", b"%PDF-1.7\nnothing of the kind", "damaged"),
        ("cut.pdf", pdf("Quarterly figures")[:400], "damaged"),
        ("text.pdf", b"just some text", "damaged"),
        ("broken.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
        ("text.xlsx", b"a,b\n1,2\n", "damaged"),
        ("hollow.xlsx", archive(xl__workbook_xml=b"<workbook/>"), "damaged"),
        ("hollow.docx", archive(word__document_xml=b"<w:document"), "damaged"),
        ("empty.docx", word(), "holds no text"),
        ("empty.xlsx", workbook(Sheet=[]), "holds no rows"),
        ("bomb.xlsx", bomb("xl/workbook.xml", 301), "unpacks to more than"),
        ("bomb.docx", bomb("word/document.xml", 151), "unpacks to more than"),
        ("files.zip", archive(a=b"1"), "is an archive"),
        ("files", archive(a=b"1"), "is an archive"),
        ("broken.json", b'{"a": 1,\n "b": }', "line 2, column 7"),
        ("deep.json", b"[" * 200_000, "JSON|deep"),
        ("broken.jsonl", b'{"a": 1}\n{"a": \n', "Line 2 of"),
        ("empty.html", b"<html><body><script>go()</script></body></html>", "no readable text"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)  # fmt: skip
async def test_what_cannot_be_read_is_explained(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        await read(tmp_path, name, content)
    assert name in caught.value.sentence
    assert caught.value.remedy


async def test_a_sheet_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="It has: First"):
        await read(tmp_path, "book.xlsx", workbook(First=[["a"], [1]]), sheet="Second")


async def test_a_file_without_sheets_takes_none(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="has no sheets"):
        await read(tmp_path, "a.csv", b"a\n1\n", sheet="First")


async def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await call(read_file(Settings()), tool_context(tmp_path), file="nowhere.txt")


@pytest.mark.skipif(not (SHARED / "data/reports").is_dir(), reason="the sample reports in LEGWORK_SHARED are absent")
async def test_every_sample_report_can_be_read(tmp_path: Path) -> None:
    for path in sorted((SHARED / "data/reports").iterdir()):
        if path.is_file():
            output = await read(tmp_path / path.name, path.name, path.read_bytes())
            assert output["text"]
