"""Which post takes the place of which preview, by their keys."""

from uuid import UUID


def preview_keys(key: str) -> list[str]:
    """The keys of previews whose place a post takes: its own, what it begins with, and its task's answer."""
    parts = key.split(":")
    keys = [key, *(":".join(parts[:count]) for count in range(len(parts) - 1, 1, -1))]
    if len(parts) > 1 and _is_id(parts[1]):
        keys.append(f"answer:{parts[1]}")
    return list(dict.fromkeys(keys))


def continues(key: str, preview: str) -> bool:
    """Whether the post is what the preview promised, not something else of the same task."""
    return key == preview or key.startswith(f"{preview}:")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
