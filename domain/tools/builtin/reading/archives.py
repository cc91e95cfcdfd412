"""A look into a zip-based document before a parser unpacks it."""

from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

from domain.core.errors import Invalid

__all__ = ["check_office_file"]

_OLE_SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Compound files: the formats of Office before 2007, and the wrapping of an encrypted newer document."""
_MAX_ENTRIES = 10_000


def check_office_file(path: Path, name: str, *, unpacked_mb: int) -> list[str]:
    """The names of the parts in an office document that is safe to open.

    The sizes are those the archive declares; ``zipfile`` never unpacks more of an entry than that.

    Raises:
        Invalid: it is protected, from an old format, damaged, or a bomb.
    """
    with path.open("rb") as file:
        if file.read(len(_OLE_SIGN)) == _OLE_SIGN:
            raise Invalid(
                f"{name} is protected by a password or in an old Office format.",
                remedy="Save it without a password as .xlsx or .docx and send it again.",
            )
    if not is_zipfile(path):
        raise Invalid(f"{name} is damaged: it is not the kind of file its name says.", remedy="Export it again.")
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise Invalid(f"{name} is damaged and cannot be opened.", remedy="Export it again.") from error
    if len(parts) > _MAX_ENTRIES or sum(part.file_size for part in parts) > unpacked_mb * 1024 * 1024:
        raise Invalid(
            f"{name} unpacks to more than {unpacked_mb} MB, so it is not opened.",
            remedy="Split it, or send a CSV file.",
        )
    return [part.filename for part in parts]
