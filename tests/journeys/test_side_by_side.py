"""Each thing Legwork says as the console, Slack and Telegram show it: one file a kind in ``tests/snapshots``.

    python -m tests.journeys.test_side_by_side

writes them anew after a rendering was changed on purpose; what changed is then read in the difference.
"""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest
import structlog

from domain.conversations.said import (
    Answer,
    ApprovalCard,
    Button,
    CardLine,
    CardStep,
    Details,
    FilePost,
    FileRef,
    Listing,
    Note,
    Problem,
    Question,
    Said,
    StepState,
    Whisper,
)
from tests.contracts.gateways import HARNESSES
from tests.contracts.slack import slack
from tests.contracts.telegram import telegram
from tests.factories.said import TASK, card, every_step
from tests.fakes.slack import Message
from tests.fakes.slack.marks import Marks
from tests.fakes.telegram.world import Json
from tests.fakes.viewer import slack_lines, slack_page, telegram_page

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"

STOP = Button(label="Stop", action="stop", value="task_1", style="danger")
DETAILS = Button(label="Details", action="details", value="task_1")
AGAIN = Button(label="Run again", action="run_again", value="task_1")
THUMBS = tuple(Button(label=label, action="feedback", value=label) for label in ("👍", "👎"))

TEXT = """Enquiries fell by **9 %** to *1,204*; 111 of the 119 lost are `Hillside`.

- Hillside: 402 → 291
  - its third fall in a row
- Dockside: level

1. read [the source](https://example.com/leads)
2. call them

> quoted from the file

| branch | week 26 | week 27 |
|---|--:|--:|
| Hillside | 402 | 291 |
| Dockside | 310 | 305 |

```
291 / 402 - 1
```"""

CHART = {
    "kind": "line",
    "title": "Enquiries a week",
    "x_label": "week",
    "y_label": "enquiries",
    "x": ["W25", "W26", "W27"],
    "series": [{"name": "Hillside", "values": [410, 402, 291]}, {"name": "Dockside", "values": [300, 310, 305]}],
    "unit": "",
}

EVERY: Mapping[str, Said] = {
    "note": Note(text="Stopped **Look at the leads**.", buttons=(AGAIN,)),
    "answer": Answer(task_id=TASK, text=TEXT, numbers=10, facts=12, buttons=(AGAIN, DETAILS, *THUMBS)),
    "file": FilePost(
        file=FileRef(key="files/1", name="enquiries.csv", mime_type="text/csv", size=20_480), caption="All 104 rows"
    ),
    "chart": FilePost(
        file=FileRef(key="files/2", name="enquiries.png", mime_type="image/png", size=20_480),
        caption="Enquiries a week",
        chart=CHART,
    ),
    "plan": card(*every_step("this is {}"), buttons=(STOP, DETAILS)),
    "asking": card(
        *every_step("this is {}"),
        status="PAUSED",
        asks=(
            ApprovalCard(task_id=TASK, title="Send a mail", details=(("to", "ada@example.com"), ("text", "Hello"))),
            Question(task_id=TASK, text="Which branch?"),
        ),
        buttons=(
            Button(label="Approve 1", action="approve", value="1", style="primary"),
            Button(label="Reject 1", action="reject", value="1", style="danger"),
            Button(label="Hillside 2", action="answer"),
            STOP,
            DETAILS,
        ),
    ),
    "agent": card(
        CardStep(
            label="Find it out",
            state=StepState.RUNNING,
            note="Round 4 of 12 · $0.03 of $0.50",
            lines=(
                CardLine(label="Read leads-w47.csv", state=StepState.DONE),
                CardLine(label="Fetch a.example", state=StepState.FAILED, note="It did not answer."),
                CardLine(label="Search the web for “<b>*why* [a](https://b.example)</b>”", state=StepState.RUNNING),
            ),
        ),
        CardStep(label="tell the manager", state=StepState.WAITING),
        buttons=(STOP, DETAILS),
    ),
    "brief": card(*every_step("this is {}"), status="SUCCEEDED", elapsed_ms=42_000, brief=True, buttons=(DETAILS,)),
    "question": Question(
        task_id=TASK,
        text="Which branch?",
        buttons=(Button(label="Hillside", action="answer"), Button(label="Dockside", action="answer")),
    ),
    "approval": ApprovalCard(
        task_id=TASK,
        title="Send a mail to 2 people",
        details=(("to", "ada@example.com, ben@example.org"), ("text", "Hello,\nhere are the leads.")),
        buttons=(
            Button(label="Approve", action="approve", value="1", style="primary"),
            Button(label="Reject", action="reject", value="1", style="danger"),
        ),
    ),
    "problem": Problem(
        sentence="The mail server did not answer.",
        remedy="Try again later.",
        done=("read the file", "drew the chart"),
        not_done=("send the mail",),
        buttons=(Button(label="Try again", action="retry", value="task_1", style="primary"),),
    ),
    "details": Details(
        title="Look at the leads",
        fields=(("state", "succeeded"), ("cost", "$0.002")),
        text="Read, computed, drawn.",
        buttons=(AGAIN,),
    ),
    "listing": Listing(
        title="Files",
        columns=("name", "size"),
        rows=(("leads.csv", "2.6 KB"), ("chart.png", "89 KB")),
        footer="2 of 2",
    ),
    "wide-listing": Listing(
        title="Your tasks",
        columns=("id", "task", "state", "since"),
        rows=(
            ("task_g4n9n9", "POST https://ops.example.com/alerts", "paused", "20 Nov 12:06"),
            ("task_vamqkr", "Facts from leads.csv", "", "20 Nov 12:05"),
        ),
        footer="1 to 2 of 24",
        buttons=(Button(label="Next", action="page", value="2"),),
    ),
    "empty-listing": Listing(title="Your tasks", columns=("id", "task"), rows=(), empty="No tasks yet."),
}


def test_every_kind_is_shown() -> None:
    assert {type(said) for said in EVERY.values()} == set(get_args(get_args(Said)[0])) - {Whisper}


def test_no_snapshot_is_left_of_a_kind_that_is_gone() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.txt")} == set(EVERY)


@pytest.mark.parametrize("kind", EVERY)
async def test_each_platform_shows_it_as_recorded(kind: str) -> None:
    recorded = (SNAPSHOTS / f"{kind}.txt").read_text("utf-8")
    assert await _side_by_side(EVERY[kind]) == recorded, "changed on purpose? write it anew: see this module"


@pytest.mark.parametrize("kind", EVERY)
async def test_the_viewer_can_show_it(kind: str) -> None:
    said = EVERY[kind]
    async with slack() as office, telegram() as chat:
        await office.gateway.post(office.to, said, key=kind)
        await chat.gateway.post(chat.to, said, key=kind)
        scenes = slack_page.Scene("one", "Thread", office.said()), telegram_page.Scene("one", chat.seat.said)
        pages = slack_page.slack_page(office.fake, scenes[:1]), telegram_page.telegram_page(chat.seat, scenes[1:])
    labels = [button.label for button in getattr(said, "buttons", ())]
    assert [label for page in pages for label in labels if f">{label}</div>" not in page] == []


async def _side_by_side(said: Said) -> str:
    shown = {"console": await _on_console(said), "Slack": await _on_slack(said), "Telegram": await _on_telegram(said)}
    return "\n".join(f"=== {name} ===\n{text}\n" for name, text in shown.items())


async def _on_console(said: Said) -> str:
    """As a terminal of 80 columns shows it, without its styles."""
    async with HARNESSES["console"]() as harness:
        await harness.gateway.post(harness.to, said, key="one")
        lines = harness.shown().split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


async def _on_slack(said: Said) -> str:
    async with slack() as harness:
        await harness.gateway.post(harness.to, said, key="one")
        marks = harness.fake.world.marks(harness.fake.workspace)
        return "\n".join(line for message in harness.said() for line in _posted(message, marks))


def _posted(message: Message, marks: Marks) -> list[str]:
    """Blocks take the place of the text."""
    said = slack_lines.lines(message.blocks, marks) or ["(text)", f"  {marks.mrkdwn(message.text)}"]
    return [*said, *(f"(file) {file.name}" for file in message.files)]


async def _on_telegram(said: Said) -> str:
    """The HTML that is sent, and the keyboard."""
    async with telegram() as harness:
        await harness.gateway.post(harness.to, said, key="one")
        sent = [
            call for call in harness.fake.ledger if call.method.startswith("send") and call.method != "sendChatAction"
        ]
        return "\n".join(line for call in sent for line in _sent(call.method, call.arguments))


def _sent(method: str, arguments: Json) -> list[str]:
    words = str(arguments.get("text") or arguments.get("caption") or "")
    markup: Json = arguments.get("reply_markup") or {}
    rows: list[list[Json]] = markup.get("inline_keyboard", [])
    return [f"({method})", *words.split("\n"), *(" ".join(map(_key, row)) for row in rows)]


def _key(button: Json) -> str:
    style = f" {button['style']}" if button.get("style") else ""
    return f"[{button['text']}{style}]"


async def _write() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    SNAPSHOTS.mkdir(exist_ok=True)
    for path in SNAPSHOTS.glob("*.txt"):
        path.unlink()
    for kind, said in EVERY.items():
        (SNAPSHOTS / f"{kind}.txt").write_text(await _side_by_side(said), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
