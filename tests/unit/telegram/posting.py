"""Files that are posted through the gateway."""

from domain.conversations.said import FileRef

# -- files ---------------------------------------------------------------------------------------------


def picture(**more: object) -> FileRef:
    given = {"key": "k", "name": "leads.png", "mime_type": "image/png", "size": 1_000}
    return FileRef.model_validate(given | more)
