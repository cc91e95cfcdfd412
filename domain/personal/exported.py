"""Where an export lies, and for how long: what whoever hands it over has to know, who collects none."""

from datetime import timedelta
from uuid import UUID

GOOD = timedelta(hours=24)
"""How long its link is good for."""


def folder_of(export_id: UUID) -> str:
    return f"exports/{export_id}"


def files_of(*keys: str) -> list[dict[str, str]]:
    """Files as the row of an export names them."""
    return [{"key": key} for key in keys]


def key_of(export_id: UUID) -> str:
    """Where the finished archive lies."""
    return f"{folder_of(export_id)}.zip"
