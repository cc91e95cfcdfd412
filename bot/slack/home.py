"""The home tab: what is running, what was finished lately, what this month has used, and a form for each noun."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import RowMapping

from bot.commands.declare import Noun
from bot.slack import PLATFORM, blocks
from bot.slack.blocks import Piece
from bot.slack.events import Opened
from bot.slack.forms import FORM_ACTION
from bot.views import words
from bot.views.blocks import Buttons, Line, View
from bot.views.clean import clean
from bot.views.commands import typed
from bot.views.compose import compose
from bot.views.greeting import EXAMPLES, greeting
from domain.billing import queries as billing
from domain.conversations import repository as conversations
from domain.conversations.ports import Address
from domain.conversations.said import Button, Note
from domain.core import ids
from domain.core.clock import zone_of
from domain.core.db import Database
from domain.core.settings import Settings
from domain.flow.common.presses import task_value
from domain.identity import repository as identity
from domain.llm.prices import dollars
from domain.personal.repository import timezone_of
from domain.tasks import queries as tasks
from domain.tasks.states import TaskStatus

Json = dict[str, Any]

_RUNNING, _RESULTS = 5, 5
_OPEN = (TaskStatus.RUNNING, TaskStatus.PAUSED, TaskStatus.PENDING)

PROMPTS = (
    ("What can you do?", "What can you do?"),
    *((example, example) for example in EXAMPLES),
)
"""What Slack offers to begin with: title and message."""


async def home(database: Database, settings: Settings, nouns: Sequence[Noun], opened: Opened) -> Json:
    """The home tab of a person, by what the database holds of them. Whoever is not let in, or not any more, is greeted,
    and shown nothing of what was done for them there."""
    async with database.system("who looks is not known yet") as session:
        place = await conversations.locate(
            session, Address(PLATFORM, opened.workspace, opened.chat, person=opened.person)
        )
        user_id, org_id = place["user_id"], place["org_id"]
        if user_id is None or org_id is None or place["role"] is None:
            return _view([*_welcome(settings), *_nouns(nouns)])
        mine = await identity.ids_of(session, user_id)
        running = [
            row
            for status in _OPEN
            for row in await tasks.list_tasks(session, org_id=org_id, user_ids=mine, status=status, limit=_RUNNING)
        ][:_RUNNING]
        results = await tasks.list_tasks(
            session, org_id=org_id, user_ids=mine, status=TaskStatus.SUCCEEDED, limit=_RESULTS
        )
        used = await billing.used_this_month(session, org_id=org_id, user_ids=mine)
        zone = zone_of(await timezone_of(session, user_id))
    view: View = (*_running(running), *_results(results, zone), *_used(used))
    return _view([*(piece for part in clean(view) for piece in blocks.of(part, frozenset())), *_nouns(nouns)])


def _welcome(settings: Settings) -> list[Piece]:
    said = typed(Note(text=greeting(settings)), "/legwork ")
    parts: View = (
        Line("Welcome to Legwork", "title"),
        Line("Write to me under Messages, mention me in a channel, or drop a file with a sentence."),
        *compose(said),
    )
    return [piece for part in parts for piece in blocks.of(part, frozenset())]


def _running(rows: Sequence[RowMapping]) -> View:
    if not rows:
        return (Line("Running", "title"), Line("Nothing at the moment.", "quiet"))
    parts: View = (Line("Running", "title"),)
    for row in rows:
        value = task_value(row["id"])
        parts += (
            Line(row["title"]),
            Line(f"{words.status(row['status'])} · {ids.short('task', row['id'])}", "quiet"),
            Buttons(
                (
                    Button(label="Stop", action="stop", value=value, style="danger"),
                    Button(label="Details", action="details", value=value),
                )
            ),
        )
    return parts


def _results(rows: Sequence[RowMapping], zone: tzinfo) -> View:
    if not rows:
        return (Line("Recent results", "title"), Line("None yet.", "quiet"))
    # a home tab has no table blocks
    listed = [
        Line(f"{row['title']}  ({ids.short('task', row['id'])}, {row['created_at'].astimezone(zone):%d %b})")
        for row in rows
    ]
    return (Line("Recent results", "title"), *listed)


def _used(used: billing.Used) -> View:
    parts = [words.counted(used.calls, "model call"), words.counted(used.tokens, "token")]
    if used.cost:  # what is not known is not shown
        parts.append(dollars(used.cost))
    return (Line("This month", "title"), Line(" · ".join(parts)))


def _nouns(nouns: Sequence[Noun]) -> list[Piece]:
    buttons = tuple(Button(label=noun.name, action=FORM_ACTION, value=noun.name) for noun in nouns)
    return [*blocks.of(Line("Commands", "title"), frozenset()), *blocks.buttons(buttons)]


def _view(pieces: Sequence[Piece]) -> Json:
    return {"type": "home", "blocks": [piece.block for piece in pieces][:100]}
