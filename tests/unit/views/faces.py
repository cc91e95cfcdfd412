"""What a person reads of a text on each face, with the doubles' eyes."""

import re
from collections.abc import Callable

from bot.console.look import Look
from bot.console.render import render as on_console
from bot.slack.render import render as on_slack
from bot.telegram.render import render as on_telegram
from bot.views import compose
from bot.views import plain as plainly
from domain.conversations.said import Note, Said
from tests.fakes.slack import shown
from tests.fakes.slack.marks import Marks
from tests.fakes.telegram.formatting import parse_html

STYLE = re.compile(r"\x1b\[[0-9;]*m")
WIDE = 4_000  # columns: so that no line of a terminal is folded


def slack(said: Said, *, plain: bool = False) -> str:
    marks = Marks(lambda name: name)
    return "\n".join("\n".join(shown.blocks(list(message.blocks), marks)) for message in on_slack(said, plain=plain))


def telegram(said: Said) -> str:
    return "\n".join(parse_html(part).text for part in on_telegram(compose(said))).replace("\u2060", "")


def telegram_plainly(said: Said) -> str:
    return "\n".join(on_telegram(compose(said), plainly=True)).replace("\u2060", "")


def console(said: Said, *, styled: bool = True, width: int = WIDE) -> str:
    return STYLE.sub("", on_console(compose(said), Look(width, 24, styled=styled, coloured=styled)))


FACES: dict[str, Callable[[Said], str]] = {
    "slack": slack,
    "slack plainly": lambda said: slack(said, plain=True),
    "telegram": telegram,
    "telegram plainly": telegram_plainly,
    "terminal": console,
    "pipe": lambda said: console(said, styled=False),
    "plain": lambda said: plainly.plain(compose(said)),
}


def read(text: str) -> dict[str, str]:
    """The text as each face shows it."""
    return {name: face(Note(text=text)) for name, face in FACES.items()}
