"""The double at a keyboard."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.by_hand import Hand, obey, watch

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line + "\n"


async def test_what_is_typed_is_done_and_what_appears_is_shown(slack: FakeSlack, client: Any, tmp_path: Path) -> None:
    hand = Hand(slack)
    screen: list[str] = []
    watching = asyncio.create_task(watch(slack, screen.append))
    file = tmp_path / "leads.csv"
    file.write_bytes(b"a,b")
    lines = [
        "hello",
        "# all",
        "> below",
        "stop",
        "@ you",
        f"file {file} read",
        "/legwork tasks",
        "press Go",
        "react +1",
    ]
    await client.chat_postMessage(channel=hand.general.id, text="x", blocks=[{"type": "actions", "elements": [BUTTON]}])
    await obey(hand, typed(*lines, "home", "edit better", "delete", "press Come"), screen.append)
    assert [s for s in screen if s.startswith("!")] == ["! there is no button 'Come'"]
    kinds = [d.payload.get("event", d.payload).get("type", "command") for d in slack.deliveries]
    assert kinds.count("block_actions") == kinds.count("command") == kinds.count("app_mention") == 1
    assert {"reaction_added", "app_home_opened", "agent_session_stopped"} <= set(kinds)
    await slack.until(lambda: any("[Go]" in line for line in screen))
    watching.cancel()
