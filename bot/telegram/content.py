"""What a Telegram message holds besides words: files, and what Legwork cannot take."""

from typing import Any, cast

from bot.telegram.updates import File, Media
from domain.conversations.ports import IncomingFile

_UNNAMED = {
    "audio": ("audio.mp3", "audio/mpeg"),
    "video": ("video.mp4", "video/mp4"),
    "animation": ("animation.mp4", "video/mp4"),
    "document": ("file", "application/octet-stream"),
}
_INSTEAD = "Write it in words."
_UNTAKEN = {
    "voice": ("voice message", "I cannot listen to voice messages yet. Write it in words, or send a text of it."),
    "video_note": ("video message", f"I cannot watch video messages yet. {_INSTEAD}"),
    "sticker": ("sticker", f"I cannot take stickers. {_INSTEAD}"),
    "venue": ("place", "I cannot take places yet. Write the address, or what you want to know about it."),
    "location": ("place", "I cannot take places yet. Write the address, or what you want to know about it."),
    "contact": ("contact", "I cannot take contacts yet. Write what I need to know of them."),
    "poll": ("poll", "I cannot take polls yet. Write the question and its answers."),
    "dice": ("dice", f"I cannot take dice. {_INSTEAD}"),
    "story": ("story", "I cannot see stories. Describe it, or send its picture as a file."),
    "game": ("game", f"I cannot take games. {_INSTEAD}"),
    "checklist": ("checklist", "I cannot take checklists yet. Send its lines as a text."),
    "paid_media": ("paid media", "I cannot see paid media. Describe it, or send it as a file."),
}
"""What it is called, and what is said of it. A venue is a location too: the first that is there counts."""


_WRITTEN = {
    "venue": ("title", "address"),
    "location": ("latitude", "longitude"),
    "contact": ("first_name", "last_name", "phone_number"),
    "poll": ("question",),
    "dice": ("emoji", "value"),
    "game": ("title", "description"),
    "checklist": ("title",),
}
"""Which parts of it say what it is, in their order."""


def files_of(message: Media) -> tuple[IncomingFile, ...]:
    """Files to be fetched later."""
    found: list[IncomingFile] = []
    if message.photo:
        largest = max(message.photo, key=lambda size: (size.width * size.height, size.file_size or 0))
        found.append(
            IncomingFile(f"photo-{message.message_id}.jpg", "image/jpeg", largest.file_size, ref=largest.file_id)
        )
    for kind, (name, mime_type) in _UNNAMED.items():
        file: File | None = getattr(message, kind)
        if file is None or (kind == "document" and message.animation is not None):  # an animation comes as both
            continue
        named, kind_of = file.file_name or name, file.mime_type or mime_type
        found.append(IncomingFile(named, kind_of, file.file_size, ref=file.file_id))
    return tuple(found)


def untaken_of(message: Media) -> str:
    """One sentence on what of the message cannot be taken; empty where all can."""
    kind = _untaken(message)
    return _UNTAKEN[kind][1] if kind is not None else ""


def names_of(message: Media) -> tuple[str, ...]:
    """What is there besides words, by name."""
    kind = _untaken(message)
    return (*(file.name for file in files_of(message)), *((_UNTAKEN[kind][0],) if kind is not None else ()))


def words_in(message: Media) -> str:
    """What is written in it, where that is neither text nor caption: a poll's question, a place's name."""
    kind = _untaken(message)
    parts = _WRITTEN.get(kind or "")
    found: dict[str, Any] = getattr(message, kind) if kind is not None else {}
    if parts is None:
        return ""
    said = [str(found[name]) for name in parts if isinstance(found.get(name), (str, int, float))]
    listed = [str(one["text"]) for one in _objects(found.get("options") or found.get("tasks")) if "text" in one]
    return "\n".join([" ".join(said), *(f"- {one}" for one in listed)]).strip()


def _objects(value: object) -> list[dict[str, Any]]:
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", one) for one in listed if isinstance(one, dict)]


def _untaken(message: Media) -> str | None:
    return next((kind for kind in _UNTAKEN if getattr(message, kind) is not None), None)
