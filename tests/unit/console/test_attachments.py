from pathlib import Path

import pytest

from bot.console.attachments import Typed, incoming, read
from domain.core.errors import Invalid

LIMIT = 1024


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("leads.csv", "two words.csv", "it's.csv", "ends."):
        (tmp_path / name).write_text("a,b\n1,2\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "mail.csv").write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "text", "files"),
    [
        ("what moved?", "what moved?", []),
        ("what moved? @leads.csv", "what moved? leads.csv", ["leads.csv"]),
        ('or @"two words.csv"?', "or two words.csv?", ["two words.csv"]),
        ('add @leads.csv to @"two words.csv"', "add leads.csv to two words.csv", ["leads.csv", "two words.csv"]),
        ("look at @'two words.csv' now", "look at two words.csv now", ["two words.csv"]),
        ("look at @two\\ words.csv now", "look at two words.csv now", ["two words.csv"]),
        ('see @"it\'s.csv"', "see it's.csv", ["it's.csv"]),
        ("is @leads.csv, the new one, right?", "is leads.csv, the new one, right?", ["leads.csv"]),
        ("that is @leads.csv.", "that is leads.csv.", ["leads.csv"]),
        ("that is @ends.", "that is ends.", ["ends."]),
        ("read @deep/mail.csv", "read mail.csv", ["deep/mail.csv"]),
        ("@leads.csv", "", ["leads.csv"]),
        ("@leads.csv @deep/mail.csv ", "", ["leads.csv", "deep/mail.csv"]),
        ("/process @leads.csv as csv", "/process as csv", ["leads.csv"]),
        ("/org invite @Ben admin", "/org invite @Ben admin", []),
        ("mail ada@example.com", "mail ada@example.com", []),
        ("meet me @ noon", "meet me @ noon", []),
        ("@Legwork what moved?", "@Legwork what moved?", []),
        ("ask \\@mara", "ask @mara", []),
        ("why?\n@property\ndef x(): ...", "why?\n@property\ndef x(): ...", []),
        ("what of @leads.csv?\n@mara wrote: no", "what of leads.csv?\n@mara wrote: no", ["leads.csv"]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_files_are_taken_from_the_line(line: str, text: str, files: list[str]) -> None:
    assert read(line, max_bytes=LIMIT) == Typed(text, tuple(Path(file) for file in files))


def test_the_home_directory_may_be_a_tilde(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert read("see @~/leads.csv", max_bytes=LIMIT).files == (folder / "leads.csv",)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("see @missing.csv", "The file missing.csv does not exist."),
        ("/process @missing.csv", "The file missing.csv does not exist."),
        ('see @leads.csv and @"not there.csv"', "The file not there.csv does not exist."),
        ("see @~nobody-by-that-name/x", "The file ~nobody-by-that-name/x does not exist."),
        ("see @a\0b", "The file a␀b does not exist."),
        ("see @leads.csv/x", "The file leads.csv/x cannot be read: Not a directory."),
        ("see @deep", "The file deep is a directory, not a file."),
        (f"see @{'x' * 300}", f"The file {'x' * 300} cannot be read: File name too long."),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_file_that_cannot_be_sent_is_one_clear_sentence(line: str, sentence: str) -> None:
    with pytest.raises(Invalid) as raised:
        read(line, max_bytes=LIMIT)
    assert raised.value.sentence == sentence
    assert raised.value.remedy is not None
    assert raised.value.remedy.startswith("Nothing was sent.")


def test_a_file_above_the_limit_is_refused_before_it_is_sent(folder: Path) -> None:
    (folder / "big.csv").write_bytes(b"x" * 2048)
    with pytest.raises(Invalid, match=r"has 2\.0 KB; 1\.0 KB is the most"):
        read("see @big.csv", max_bytes=LIMIT)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "text/csv"),
        ("a.TSV", "text/tab-separated-values"),
        ("a.md", "text/markdown"),
        ("a.jsonl", "application/jsonl"),
        ("a.png", "image/png"),
        ("a", "application/octet-stream"),
    ],
)
def test_a_file_is_sent_with_its_type_and_size(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"12345")
    file = incoming(tmp_path / name)
    assert (file.name, file.mime_type, file.size) == (name, kind, 5)


async def test_a_file_is_streamed_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096
    (tmp_path / "a.bin").write_bytes(content)
    file = incoming(tmp_path / "a.bin")
    assert b"".join([chunk async for chunk in file.open()]) == content


async def test_a_file_that_vanished_is_explained(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    file = incoming(tmp_path / "a.csv")
    (tmp_path / "a.csv").unlink()
    with pytest.raises(Invalid, match="cannot be read any more"):
        _ = [chunk async for chunk in file.open()]
