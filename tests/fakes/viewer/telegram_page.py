"""Messages of Telegram's as HTML: bubbles, entities, keyboards, files and photos."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.fakes.telegram import Seat
from tests.fakes.telegram.world import Json, StoredFile
from tests.fakes.viewer.html import Html, div, page, picture, span, tag, written
from tests.fakes.viewer.telegram_talk import Scene

_TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "text_link": "a", "url": "a", "bot_command": "a", "mention": "a", "spoiler": "span",
}  # fmt: skip
_APART = ("pre", "blockquote")
"""What stands on lines of its own: the line break after it is not one more."""
_STYLES = {"primary": "primary", "success": "success", "danger": "danger"}


def telegram_page(seat: Seat, scenes: Sequence[Scene]) -> str:
    shown = [(scene.name, _scene(seat, scene)) for scene in scenes]
    return page("Legwork on Telegram", "telegram.css", shown)


def marked(text: str, entities: Sequence[Json]) -> Html:
    """A text with its entities, which count in UTF-16 code units and lie inside one another."""
    return _piece(text.encode("utf-16-le"), 0, len(text.encode("utf-16-le")) // 2, list(entities))


def _piece(units: bytes, start: int, end: int, entities: list[Json]) -> Html:
    parts: list[str] = []
    while entities:
        first, *rest = entities
        last = first["offset"] + first["length"]
        inner = [entity for entity in rest if entity["offset"] < last]
        parts.append(_plain(units, start, first["offset"]))
        parts.append(tag(_TAGS[first["type"]], _piece(units, first["offset"], last, inner)))
        start, entities = last, rest[len(inner) :]
        if first["type"] in _APART and start < end and _plain(units, start, start + 1) == "\n":
            start += 1
    return written(*parts, _plain(units, start, end))


def _plain(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le")


def _scene(seat: Seat, scene: Scene) -> Html:
    bot = seat.fake.world.bot
    head = div("head", div("face", "L"), div("", div("name", bot["first_name"]), div("about", "bot")))
    return div("chat", head, div("talk", *(_message(seat, message) for message in scene.shown)))


def _message(seat: Seat, message: Json) -> Html:
    side = "mine" if message["from"]["id"] == seat.user["id"] else "theirs"
    text, entities = _words(message)
    time = span("time", f"{datetime.fromtimestamp(message['date'], UTC):%H:%M}")
    inside = [*_files(seat, message), div("text", marked(text, entities), time) if text else time]
    width = " wide" if "photo" in message else ""
    return div(f"row {side}", div(f"message{width}", div("bubble", *inside), *_keyboard(message)))


def _words(message: Json) -> tuple[str, list[Json]]:
    if "text" in message:
        return message["text"], message.get("entities", [])
    return message.get("caption", ""), message.get("caption_entities", [])


def _files(seat: Seat, message: Json) -> list[Html]:
    shown: list[Html] = []
    for photo in message.get("photo", [])[-1:]:
        file = _stored(seat, photo)
        shown.append(picture(file.content, file.mime_type, "photo"))
    if "document" in message:
        file = _stored(seat, message["document"])
        about = div("about", f"{len(file.content) / 1024:.1f} KB")
        shown.append(
            div("file", div("icon", file.name.rpartition(".")[2].upper()), div("", div("name", file.name), about))
        )
    return shown


def _stored(seat: Seat, part: Json) -> StoredFile:
    return seat.fake.world.files[part["file_id"]]


def _keyboard(message: Json) -> list[Html]:
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [
        div("keys", *(div(f"key {_STYLES.get(button.get('style', ''), '')}", button["text"]) for button in row))
        for row in rows
    ]
