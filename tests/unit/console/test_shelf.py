"""Files on the person's own disk, under their own names."""

from pathlib import Path

import pytest

from bot.console.shelf import shelve


def kept(folder: Path, content: str, key: str) -> Path:
    path = folder / key
    path.write_text(content)
    return path


def test_a_file_has_its_own_name(tmp_path: Path) -> None:
    place = shelve(tmp_path / "made", kept(tmp_path, "milk", "01a2.md"), "notes.md")
    assert place == tmp_path / "made" / "notes.md"
    assert place.read_text() == "milk"


def test_a_name_that_is_taken_gets_a_number_before_the_ending(tmp_path: Path) -> None:
    made = tmp_path / "made"
    places = [shelve(made, kept(tmp_path, words, f"{words}.md"), "notes.md").name for words in ("a", "b", "c")]
    assert places == ["notes.md", "notes-2.md", "notes-3.md"]


def test_the_same_file_is_found_where_it_was_put(tmp_path: Path) -> None:
    made = tmp_path / "made"
    first, other = kept(tmp_path, "a", "1.md"), kept(tmp_path, "b", "2.md")
    places = [shelve(made, path, "notes.md") for path in (first, other, other, first)]
    assert [place.name for place in places] == ["notes.md", "notes-2.md", "notes-2.md", "notes.md"]


def test_what_is_done_to_it_does_not_reach_what_is_kept(tmp_path: Path) -> None:
    source = kept(tmp_path, "milk", "1.md")
    place = shelve(tmp_path / "made", source, "notes.md")
    place.write_text("eggs")
    assert source.read_text() == "milk"
    assert shelve(tmp_path / "made", source, "notes.md").name == "notes-2.md"
    assert place.read_text() == "eggs"


@pytest.mark.parametrize(
    ("name", "there"),
    [("../../etc/passwd", "_.._etc_passwd"), ("a/b.md", "a_b.md"), ("", "file"), ("..", "file"), ("plan", "plan")],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, there: str) -> None:
    place = shelve(tmp_path / "made", kept(tmp_path, "x", "1"), name)
    assert place == tmp_path / "made" / there


def test_a_folder_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "made" / "notes.md").mkdir(parents=True)
    assert shelve(tmp_path / "made", kept(tmp_path, "x", "1"), "notes.md").name == "notes-2.md"
