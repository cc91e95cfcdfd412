"""``python -m tests.fakes.viewer OUT_DIR [--browser chromium]``: see the package."""

import argparse
import asyncio
from pathlib import Path

from tests.fakes.viewer import pictures, slack_talk, telegram_talk
from tests.fakes.viewer.recording import recording
from tests.fakes.viewer.slack_page import slack_page
from tests.fakes.viewer.telegram_page import telegram_page

WIDTHS = {"slack": 760, "telegram": 640}
"""Of the pages' scenes, in points, as their styles have it."""


async def _write(folder: Path) -> dict[str, list[str]]:
    """Both pages. Returns the names of their scenes, by page."""
    async with recording() as running:
        office = await slack_talk.talk(running)
        (folder / "slack.html").write_text(slack_page(running.slack, office), encoding="utf-8")
        seat, chat = await telegram_talk.talk(running)
        (folder / "telegram.html").write_text(telegram_page(seat, chat), encoding="utf-8")
    return {"slack": [scene.name for scene in office], "telegram": [scene.name for scene in chat]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.viewer")
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument("--browser", help="a Chromium: it takes a picture of every scene")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, scenes in asyncio.run(_write(given.folder)).items():
        if given.browser:
            pictures.take(given.browser, given.folder / f"{name}.html", scenes, WIDTHS[name], given.folder)


if __name__ == "__main__":
    main()
