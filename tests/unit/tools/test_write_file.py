"""Writing files of every kind, none of which runs anything when it is opened."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.core.settings import Settings
from domain.tools.builtin.read_file import read_file
from domain.tools.builtin.write_file import write_file
from domain.tools.registry import ToolContext
from tests.factories.tools import FolderFiles, call, tool_context

REPORT = """# Zażółć gęślą jaźń

Sales rose by **14 %** in *spring*; see [the figures](https://example.org/q2) and `code`.

- chairs
  - with arms
- tables

3. third
4. fourth

> Quoted words.

| branch | units |
|---|---:|
| Gdańsk | 1,204 |
| Łódź | 310 |

```
x = 1
```

---

<script>alert(1)</script> ![picture](/etc/passwd)
"""

ROWS = [{"branch": "Gdańsk", "units": 4}, {"branch": "Łódź", "units": 7.5, "note": None}]


async def write(folder: Path, name: str, content: Any, **arguments: Any) -> tuple[dict[str, Any], bytes, ToolContext]:
    context = tool_context(folder)
    assert isinstance(context.files, FolderFiles)
    output = await call(write_file(Settings()), context, name=name, content=content, **arguments)
    return output, context.files.content(output["file"]), context


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("a.txt", "text/plain"),
        ("a.md", "text/markdown"),
        ("a.html", "text/html"),
        ("a.pdf", "application/pdf"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
async def test_text_is_written_and_reads_back(tmp_path: Path, name: str, mime_type: str) -> None:
    output, content, context = await write(tmp_path, name, REPORT)
    assert output == {"file": name, "size": len(content), "mime_type": mime_type}
    back = await call(read_file(Settings()), context, file=name)
    for part in ("Zażółć gęślą jaźń", "14 %", "with arms", "Quoted words", "Gdańsk", "1,204", "x = 1"):
        assert part in back["text"]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.xlsx"])
async def test_rows_are_written_and_read_back(tmp_path: Path, name: str) -> None:
    _, _, context = await write(tmp_path, name, ROWS)
    back = await call(read_file(Settings()), context, file=name)
    assert back["columns"] == ["branch", "units", "note"]
    assert back["text"].splitlines()[2:] == ["| Gdańsk | 4 |  |", "| Łódź | 7.5 |  |"]


@pytest.mark.parametrize("name", ["a.md", "a.pdf", "a.docx", "a.html", "a.txt"])
async def test_rows_become_a_table_in_a_document(tmp_path: Path, name: str) -> None:
    _, _, context = await write(tmp_path, name, [["branch", "units"], ["Gdańsk", 4]])
    assert "Gdańsk" in (await call(read_file(Settings()), context, file=name))["text"]


@pytest.mark.parametrize(
    "text",
    ["a,b\n1,x\n", "a;b\n1;x\n", "In\n\n| a | b |\n|---|---|\n| 1 | x |\n\nEnd",
     '[{"a": 1, "b": "x"}]', '[["a", "b"], [1, "x"]]'],
)  # fmt: skip
async def test_a_table_in_a_text_is_found(tmp_path: Path, text: str) -> None:
    from openpyxl import load_workbook

    _, content, _ = await write(tmp_path, "a.xlsx", text)
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].values)
    assert rows == [("a", "b"), (1, "x")]


DANGEROUS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    '=HYPERLINK("https://attacker.example")',
    "＝1+1",
    " =1",
]
HARMLESS = ["-5", "+48 22 123 45 67", "-3.5 %", "plain", "a=b", "007"]


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.tsv", "\t")])
async def test_a_text_cannot_run_as_a_formula_in_separated_values(tmp_path: Path, name: str, mark: str) -> None:
    _, content, _ = await write(tmp_path, name, [["value"], *([text] for text in DANGEROUS + HARMLESS)])
    written = [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=mark)]
    assert written[1:] == [f"'{text}" for text in DANGEROUS] + HARMLESS


async def test_a_text_cannot_run_as_a_formula_in_a_workbook(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    _, content, _ = await write(tmp_path, "a.xlsx", [["value"], *([text] for text in DANGEROUS)])
    cells = [row[0] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2)]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", text) for text in DANGEROUS]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


async def test_a_header_cannot_run_as_a_formula_either(tmp_path: Path) -> None:
    _, content, _ = await write(tmp_path, "a.csv", [{"=1+1": "x"}])
    assert content.decode("utf-8-sig").startswith("'=1+1")


async def test_numbers_stay_numbers_and_codes_stay_text_in_a_workbook(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    _, content, _ = await write(
        tmp_path, "a.xlsx", [["n", "code", "big"], [-5.25, "007", 2**60], [True, None, float("nan")]]
    )
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].values)
    assert rows[1:] == [(-5.25, "007", str(2**60)), (True, None, "nan")]


async def test_raw_html_and_pictures_of_markdown_reach_nothing(tmp_path: Path) -> None:
    _, content, _ = await write(tmp_path, "a.html", REPORT)
    assert b"<script>" not in content
    assert b"<img" not in content
    _, content, _ = await write(tmp_path, "a.pdf", REPORT)
    assert b"root:" not in content
    assert b"/URI" not in content


async def test_characters_without_a_sign_in_the_typeface_are_named(tmp_path: Path) -> None:
    output, _, _ = await write(tmp_path, "a.pdf", "Grüße, Ελλάδα, Привет und 漢字")
    assert "2 characters, such as “漢字”" in output["note"]


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.json", "a.html", "a.pdf", "a.docx", "a.xlsx"])
async def test_characters_no_file_can_hold_are_left_out(tmp_path: Path, name: str) -> None:
    _, _, context = await write(tmp_path, name, [{"he\x00ader": "val\ud800ue\ufffe"}])
    back = await call(read_file(Settings()), context, file=name)
    assert "header" in back["text"]
    assert "value" in back["text"]


async def test_json_is_written_as_json(tmp_path: Path) -> None:
    for given in (ROWS, json.dumps(ROWS), {"nested": {"a": [1]}}):
        _, content, _ = await write(tmp_path / str(len(str(given))), "a.json", given)
        assert json.loads(content) == (json.loads(given) if isinstance(given, str) else given)


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("report", "pdf", "report.pdf"),
        ("report.txt", "md", "report.txt.md"),
        ("REPORT.TXT", None, "REPORT.txt"),
        ("../../etc/cron.txt", None, "etc_cron.txt"),
        ("a/b\\c:d.txt", None, "a_b_c_d.txt"),
        ("evil\u202etxt.csv", None, "evil_txt.csv"),
        ("x" * 190 + ".md", None, "x" * 120 + ".md"),
        ("notes.v2", "text", "notes.v2.txt"),
    ],
)
async def test_a_name_is_made_safe(tmp_path: Path, name: str, wanted: str | None, expected: str) -> None:
    output, _, _ = await write(tmp_path, name, "a | b", format=wanted)
    assert output["file"] == expected


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("program.exe", "x", "names no format"),
        (".txt", "x", "names no format"),
        ("a.txt", "  ", "nothing to write"),
        ("a.csv", [], "nothing to write"),
        ("a.csv", [[], []], "no rows"),
        ("a.csv", [[i] * 600 for i in range(1_000)], "too large"),
        ("a.json", "not json", "not valid JSON"),
        ("a.pdf", [["column"] * 150], "too large for a page"),
        ("a.pdf", [["a"], ["word " * 5_000]], "too large for a page"),
        ("a.docx", "word " * 250_000, "too much for one document"),
        ("a.txt", "x" * (21 * 1024 * 1024), "more than 20 MB"),
    ],
    ids=[
        "program",
        "no suffix",
        "blank",
        "no list",
        "empty rows",
        "many cells",
        "no JSON",
        "wide table",
        "tall cell",
        "many words",
        "many bytes",
    ],
)
async def test_what_cannot_be_written_is_explained(tmp_path: Path, name: str, content: Any, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        await write(tmp_path, name, content)
    assert caught.value.remedy
