"""In which form a file is sent: https://core.telegram.org/bots/api#sending-files"""

from typing import Literal

from domain.conversations.said import FileRef

MB = 1024 * 1024
PHOTO_BYTES = 10 * MB
DOCUMENT_BYTES = 50 * MB
_PICTURES = ("image/png", "image/jpeg")

Form = Literal["photo", "document", "too large"]


def form_of(file: FileRef) -> Form:
    """As a picture to look at, as a file to keep, or not at all."""
    if file.size > DOCUMENT_BYTES:
        return "too large"
    return "photo" if file.mime_type in _PICTURES and file.size <= PHOTO_BYTES else "document"
