"""From a path to its text: which kind of file it is decides who reads it."""

from collections.abc import Callable
from pathlib import Path
from zipfile import BadZipFile

from domain.core.errors import Invalid
from domain.tools.builtin.reading.archives import check_office_file
from domain.tools.builtin.reading.documents import read_docx, read_html, read_pdf
from domain.tools.builtin.reading.tables import read_csv, read_workbook, read_xlsx
from domain.tools.builtin.reading.text import read_json, read_json_lines, read_text
from domain.tools.registry import Output

__all__ = ["read_content"]

_READERS: dict[str, Callable[[Path, str, int], Output]] = {
    "csv": read_csv,
    "docx": read_docx,
    "html": read_html,
    "json": read_json,
    "json lines": read_json_lines,
    "pdf": read_pdf,
    "text": read_text,
}

_WORKBOOKS: dict[str, Callable[[Path, str, int, str | None], Output]] = {
    "workbook": read_workbook,
    "xlsx": read_xlsx,
}

_KINDS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv",
    ".docx": "docx", ".docm": "docx",
    ".htm": "html", ".html": "html", ".xhtml": "html",
    ".json": "json", ".geojson": "json",
    ".jsonl": "json lines", ".ndjson": "json lines",
    ".pdf": "pdf",
    ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".xls": "workbook", ".xlsb": "workbook", ".ods": "workbook",
    ".txt": "text", ".md": "text", ".markdown": "text", ".log": "text", ".rst": "text",
}  # fmt: skip

_ALTERNATIVES = {
    "a picture": (
        (".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".tif", ".tiff", ".bmp"),
        "Send its text, or a PDF with text.",
    ),
    "a recording": ((".mp3", ".mp4", ".wav", ".m4a", ".ogg", ".mov", ".avi"), "Send what is said in it as text."),
    "an archive": ((".zip", ".gz", ".tar", ".7z", ".rar"), "Unpack it and send the files."),
    "in an old Office format": ((".doc", ".ppt"), "Save it as .docx or PDF and send it again."),
    "in a format Legwork does not read": (
        (".odt", ".pptx", ".pages", ".numbers", ".rtf"),
        "Save it as .xlsx, .docx or PDF.",
    ),
}


def read_content(path: Path, name: str, max_chars: int, sheet: str | None, max_bytes: int) -> Output:
    """``kind``, ``text``, ``truncated`` and what else there is to say of that kind of file.

    Raises:
        Invalid: the file is empty, too large, protected, damaged, scanned or of a kind nobody here reads.
    """
    size = path.stat().st_size
    if size == 0:
        raise Invalid(f"{name} is empty.", remedy="Send a file with content.")
    if size > max_bytes:
        raise Invalid(
            f"{name} has {size / 1_048_576:.0f} MB; files up to {max_bytes // 1_048_576} MB are read.",
            remedy="Send a smaller part of it.",
        )
    kind = _kind(path, name)
    if sheet is not None and kind not in ("xlsx", "workbook"):
        raise Invalid(f"{name} has no sheets.", remedy="Leave the sheet out.")
    try:
        if kind in _WORKBOOKS:
            found = _WORKBOOKS[kind](path, name, max_chars, sheet)
        else:
            found = _READERS[kind](path, name, max_chars)
    except Invalid:
        raise
    except (OSError, BadZipFile, ValueError, KeyError, TypeError, AttributeError, IndexError, SyntaxError) as error:
        # parsers meet damage in their own ways: a missing part is a KeyError, broken XML a SyntaxError
        raise Invalid(f"{name} is damaged and cannot be read.", remedy="Export it again.") from error
    return {"kind": kind, **found}


def _kind(path: Path, name: str) -> str:
    suffix = path.suffix.lower()
    if suffix in _KINDS:
        return _KINDS[suffix]
    for what, (suffixes, remedy) in _ALTERNATIVES.items():
        if suffix in suffixes:
            raise Invalid(f"{name} is {what}, so it has no text to read.", remedy=remedy)
    return _kind_by_content(path, name)


def _kind_by_content(path: Path, name: str) -> str:
    with path.open("rb") as file:
        start = file.read(512).lstrip().lower()
    if start.startswith(b"%pdf-"):
        return "pdf"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if start.startswith(b"pk\x03\x04"):
        parts = check_office_file(path, name, unpacked_mb=300)
        if "xl/workbook.xml" in parts:
            return "xlsx"
        if "word/document.xml" in parts:
            return "docx"
        raise Invalid(f"{name} is an archive, so it has no text to read.", remedy="Unpack it and send the files.")
    return "text"
