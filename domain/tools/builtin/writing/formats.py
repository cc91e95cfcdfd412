"""The kinds of files that can be written, and what a file may be called."""

import re
import unicodedata

from domain.core.errors import Invalid

__all__ = ["MIME_TYPES", "file_name", "safe_name"]

MIME_TYPES = {
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_ALIASES = {"text": "txt", "markdown": "md", "htm": "html", "excel": "xlsx", "word": "docx"}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')
"""Characters that some file system refuses, and those that turn the reading direction to disguise a suffix."""
_MAX_LENGTH = 120


def safe_name(written: str) -> str:
    """What was written, without what a file cannot be called; empty where nothing is left."""
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", written)).strip(" ._")


def file_name(written: str, wanted: str | None) -> tuple[str, str]:
    """A safe file name with the right suffix, and the format, a key of ``MIME_TYPES``.

    Raises:
        Invalid: neither the name nor ``wanted`` says a format that can be written.
    """
    name = safe_name(written)
    stem, dot, suffix = name.rpartition(".")
    from_name = _format(suffix) if dot else None
    chosen = _format(wanted) if wanted else from_name
    if chosen is None:
        raise Invalid(
            f"“{wanted or written}” names no format that can be written.",
            remedy=f"End the name with one of: {', '.join(f'.{each}' for each in MIME_TYPES)}.",
        )
    if from_name != chosen:
        stem, suffix = name, chosen
    return f"{(stem or 'file')[:_MAX_LENGTH].rstrip(' .')}.{suffix.lower()}", chosen


def _format(word: str) -> str | None:
    lower = word.strip().lower().removeprefix(".")
    lower = _ALIASES.get(lower, lower)
    return lower if lower in MIME_TYPES else None
