"""What a message may hold: texts within their limits, keyboards, files. Anything else is refused."""

from dataclasses import dataclass
from typing import Any, cast

from tests.fakes.telegram.faults import Refusal, bad
from tests.fakes.telegram.formatting import Unreadable, parse_html, units
from tests.fakes.telegram.spec import Upload
from tests.fakes.telegram.world import Json, dimensions

TEXT = 4096
CAPTION = 1024
CALLBACK_BYTES = 64
BUTTONS = 100
ROW = 8
PHOTO_BYTES = 10 * 1024 * 1024
DOCUMENT_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


@dataclass
class Written:
    text: str
    entities: list[Json]
    careless: list[str]


def text(arguments: Json, *, empty: bool = False) -> Written:
    """The text of a message. Raises Refusal."""
    written = _parsed(arguments.get("text", ""), arguments)
    if not written.text and not empty:
        raise bad("message text is empty")
    if units(written.text) > TEXT:
        raise bad("message is too long")
    return written


def caption(arguments: Json) -> Written:
    written = _parsed(arguments.get("caption", ""), arguments)
    if units(written.text) > CAPTION:
        raise bad("message caption is too long")
    return written


def _parsed(source: str, arguments: Json) -> Written:
    mode = arguments.get("parse_mode")
    if not mode:
        return Written(source.strip(), arguments.get("entities") or [], [])
    if mode.lower() != "html":
        raise bad("unsupported parse_mode")
    try:
        parsed = parse_html(source)
    except Unreadable as error:
        raise bad(f"can't parse entities: {error}") from None
    return Written(parsed.text, parsed.entities, parsed.careless)


def keyboard(arguments: Json) -> Json | None:
    """The inline keyboard, where there is one. Raises Refusal."""
    markup: Any = arguments.get("reply_markup")
    if not markup:
        return None
    rows = cast("list[list[Json]]", markup.get("inline_keyboard") or [])
    if sum(len(row) for row in rows) > BUTTONS or any(len(row) > ROW for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not str(button.get("text", "")).strip():
            raise bad("inline keyboard button text must be non-empty")
        if sum(name in button for name in _ACTIONS) != 1:
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= CALLBACK_BYTES:
            raise bad("BUTTON_DATA_INVALID")
        if button.get("style") not in (None, "danger", "success", "primary"):
            raise bad("can't parse inline keyboard button: invalid button style specified")
    return {"inline_keyboard": rows} if any(rows) else None


def upload(arguments: Json, name: str) -> Upload:
    """The uploaded file of a request. Raises Refusal."""
    given = arguments.get(name)
    if not isinstance(given, Upload):
        raise bad("wrong remote file identifier specified: Wrong string length")
    if not given.content:
        raise bad("file must be non-empty")
    if len(given.content) > DOCUMENT_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    return given


def check_photo(given: Upload) -> None:
    """https://core.telegram.org/bots/api#sendphoto: 10 MB, sides together 10,000, ratio 20."""
    if len(given.content) > PHOTO_BYTES:
        raise bad("file is too big")
    sides = dimensions(given.content)
    if sides is None and given.content[:3] != b"\xff\xd8\xff":
        raise bad("IMAGE_PROCESS_FAILED")
    if sides is not None and (sum(sides) > 10_000 or max(sides) > 20 * max(1, min(sides))):
        raise bad("PHOTO_INVALID_DIMENSIONS")
