"""What docs/agents-at-work.md shows is what happens: each of its pieces is taken from one telling of the story."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.flow.common.legwork import Legwork
from domain.llm.model import Request
from tests.fakes.web import FakeWeb
from tests.fixtures.faces import ConsoleFace
from tests.fixtures.hillside import MEANWHILE, WORDS, Finder, finding
from tests.journeys.test_hillside import Story

DOCS = Path(__file__).parents[2] / "docs" / "agents-at-work.md"

_VARIES = {
    r"127\.0\.0\.1:\d+": "127.0.0.1",
    r"\b\d+(\.\d+)? (m?s|min)\b": "2 s",
    r"\d\d [A-Z][a-z]{2} \d\d:\d\d": "01 Dec 08:22",
    r"task_\w+": "task_01",
    r"[0-9a-f]{8}-[0-9a-f-]{27}": "01a2307c-2767-74aa-a831-d1f562fa83b3",
    r'"key": "[0-9a-f]{16}"': '"key": "7ce31d3a699ecfc7"',
    r'"begun_at": "[^"]*"': '"begun_at": "2026-12-01T07:22:51+00:00"',
}
"""What is another thing each time, and what stands for it in the docs."""


def settled(piece: str) -> str:
    for varies, stands in _VARIES.items():
        piece = re.sub(varies, stands, piece)
    return "\n".join(line.rstrip() for line in piece.strip().splitlines())


def below(shown: str, words: str) -> str:
    """What stands on a screen from the last place on where it says so."""
    return shown[shown.rindex(words) :]


def exchange(request: Request) -> str:
    lines: list[str] = []
    for turn in request.exchange:
        calls = [f"{call.name}({json.dumps(call.arguments)})" for call in turn.calls]
        words = turn.text if turn.role == "tool" else "\n".join([turn.text, *calls]).strip()
        lines += [f"[{turn.role}]", words]
    return "\n".join(lines)


async def played(story: Story) -> Mapping[str, str]:
    """One telling of the story, and what there is to see of it."""
    face, finder, web = story.face, story.finder, story.web
    pieces: dict[str, str] = {}
    finder.gate("read")
    web.gates["/hillside/2025"] = asyncio.Event()
    await face.tell(WORDS)
    await story.until(lambda: finder.asked("read") == 1)
    await face.tell("how far are you?")
    await story.shown("Round 2 of 12.")
    await face.tell(MEANWHILE)
    await story.shown("Noted for")
    pieces["meanwhile"] = face.shows()[: face.shows().index("\nHillside leads")]
    finder.gate("read").set()
    await story.until(lambda: face.shows().count("Fetch") == 3)
    pieces["card"] = below(face.shows(), "Hillside leads")
    web.gates["/hillside/2025"].set()
    await face.worker.settle()
    pieces["asks"] = below(face.shows(), "Hillside leads\nWaiting")
    await face.press("Reject")
    await face.worker.settle()
    pieces["answer"] = below(face.shows(), "It was not sent")
    await face.tell("/tasks show")
    await face.worker.settle()
    shown = below(face.shows(), "- succeeded: find out why")
    pieces["rounds"] = shown[: shown.index("[1 Run again]")]
    await face.tell("/tasks logs")
    await face.worker.settle()
    pieces["log"] = below(face.shows(), "Log of")
    pieces["transcript"] = exchange(finder.requests["text"][-1])
    return pieces | await stored(story)


async def stored(story: Story) -> dict[str, str]:
    rows = await story.rows("SELECT node_id, input, output FROM task_steps")
    steps = {row["node_id"]: row for row in rows}

    def written(value: Any) -> str:
        return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)

    return {
        "input": written(steps["n1"]["input"]),
        "thought": written(steps["n1[2].think"]["output"]),
        "output": written(steps["n1"]["output"]),
    }


ORDER = ("meanwhile", "card", "asks", "answer", "rounds", "log", "input", "thought", "output", "transcript")
"""Of the pieces in the docs."""

_PIECE = re.compile(r"^(```\w+\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


async def test_the_docs_show_what_happens(legwork: Legwork, loopback_web: FakeWeb, tmp_path: Path) -> None:
    finder = Finder(loopback_web)
    found = await finding(legwork, loopback_web, finder)
    face = ConsoleFace(found)
    try:
        pieces = await played(Story(found, loopback_web, finder, face))
    finally:
        loopback_web.gates.clear()
        await face.worker.stop()
    in_order = iter(f"{settled(pieces[name])}\n" for name in ORDER)
    docs = DOCS.read_text(encoding="utf-8")
    true = _PIECE.sub(lambda piece: piece[1] + next(in_order), docs)
    written = tmp_path / DOCS.name
    written.write_text(true, encoding="utf-8")
    assert docs == true, f"what happens now stands in {written}: copy it, if that is meant"
