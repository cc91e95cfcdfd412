"""Messages and views of Slack's as HTML."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.fakes.slack import FakeSlack, Message, Upload, View
from tests.fakes.viewer.html import Html, div, page, picture, span, tag, written
from tests.fakes.viewer.slack_blocks import Blocks
from tests.fakes.viewer.slack_talk import ZONE, Scene

_ZONE = ZoneInfo(ZONE)
_NAME = re.compile(r"(@\w+)")


def slack_page(slack: FakeSlack, scenes: Sequence[Scene]) -> str:
    shown = Screen(slack)
    return page("Legwork on Slack", "slack.css", [(scene.name, shown.scene(scene)) for scene in scenes])


class Screen:
    def __init__(self, slack: FakeSlack) -> None:
        self._workspace = slack.workspace
        self._marks = slack.world.marks(slack.workspace)
        self._blocks = Blocks(self._marks)

    def scene(self, scene: Scene) -> Html:
        head = div("head", tag("b", scene.place), span("where", self._where(scene)))
        if isinstance(scene.shown, View):
            tabs = div("tabs", span("tab on", "Home"), span("tab", "Messages"), span("tab", "About"))
            return div("pane", head, tabs, div("view", *self._blocks.shown(scene.shown.blocks)))
        return div("pane", head, *(self._message(message) for message in scene.shown))

    def _where(self, scene: Scene) -> str:
        if isinstance(scene.shown, View) or not scene.shown:
            return "App"
        channel = self._workspace.channels[scene.shown[0].channel]
        return "App" if channel.kind == "dm" else f"# {channel.name}"

    def _message(self, message: Message) -> Html:
        bot = message.user == self._workspace.bot_user
        name = self._marks.name(message.user)
        time = f"{datetime.fromtimestamp(float(message.ts), _ZONE):%H:%M}"
        head = [tag("b", name), *([span("app", "APP")] if bot else []), span("time", time)]
        body = div("body", div("who", *head), *self._content(message))
        return div("message", div("face bot" if bot else "face", name[:1]), body)

    def _content(self, message: Message) -> list[Html]:
        said = self._blocks.shown(message.blocks) if message.blocks else self._text(message)
        edited = [span("edited", "(edited)")] if message.edited else []
        seen = [div("seen", "Only visible to you")] if message.to else []
        return [*seen, *said, *edited, *(_file(file) for file in message.files)]

    def _text(self, message: Message) -> list[Html]:
        parts = _NAME.split(self._marks.mrkdwn(message.text))
        names = [span("mention", part) if number % 2 else part for number, part in enumerate(parts)]
        return [div("text", written(*names))] if message.text else []


def _file(file: Upload) -> Html:
    if file.mime_type.startswith("image/") and file.data is not None:
        return div("shot", div("name", file.name), picture(file.data, file.mime_type, "image"))
    kind = file.name.rpartition(".")[2].upper()
    return div("file", div("icon", kind), div("", tag("b", file.name), div("kind", kind)))
