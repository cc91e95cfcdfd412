"""With the first wall taken out, so that no statement asks whose rows they are: every command and button, with what is
another organization's named to it, reads, changes and adds nothing there, of whatever table; whoever runs the
installation does not either."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.commands.table import NOUNS
from domain.conversations import service
from domain.conversations.ports import Press
from domain.conversations.schemas import Heard
from domain.core import ids
from domain.core.db import Session
from domain.flow.common.legwork import Legwork
from domain.flow.common.presses import step_value
from domain.flow.understand.acts import PRESSES
from domain.flow.understand.settle import settle
from migrations.tenancy import OWN
from tests.factories.any_row import everything
from tests.factories.specs import plan, tool
from tests.fixtures.legwork import Script, run_with
from tests.fixtures.talk import Talk
from tests.fixtures.unasked import Unasked

CANARY, FINCH = "canary", "finch"
"""Stand in what the other organization wrote, and in the names that it gave; the second is what is asked for."""
NOT_ALLOWED = "42501"


@dataclass(frozen=True)
class Stage:
    legwork: Legwork
    heard: Heard
    """What an owner of their own organization said there."""
    alone: Heard
    """The same in their private chat, where they run the installation besides."""
    theirs: dict[str, UUID]
    """The other organization, and one of what it has of each kind."""


@pytest.fixture
async def stage(talk: Talk, script: Script) -> Stage:
    legwork = run_with(talk.legwork, platform_admins=("fake:w:ours",))
    ours = talk.other("ours", "ours", organization="A", private=False)
    theirs = talk.other("theirs", "theirs", organization="B", private=False)
    for person, words, name in ((ours, "note", "ours"), (theirs, CANARY, FINCH)):
        script.then(plan(tool("n1", "note", text=words)))
        await person.say(f"{words} it")
        await person.say(f"/threads rename {name}")
        await person.say(f"/tasks save {ids.short('task', (await person.task())['id'])} {name}")
    alone = talk.other("ours", "ours alone", organization="A", private=True)
    told = [await one.tell("/about") for one in (ours, alone)]
    await alone.settle()
    async with legwork.database.system("a test") as session:
        heard, heard_alone = [await service.heard(session, message_id) for message_id in told]
        row = await session.first(
            text("""SELECT o.id AS org, t.id AS task, t.thread_id AS thrd, w.id AS wf FROM organizations o
            JOIN tasks t ON t.org_id = o.id JOIN workflows w ON w.org_id = o.id
            WHERE o.slug = 'B' AND t.plan IS NOT NULL""")
        )
        assert row is not None
        await session.execute(
            text("UPDATE tasks SET status = 'PAUSED', waiting_for = 'person', title = :word WHERE id = :id"),
            {"id": row["task"], "word": CANARY},
        )
        await session.execute(text("UPDATE workflows SET shared = true"))
        await everything(session, row["org"], lambda name: f"{CANARY} " if name in OWN else "")
    return Stage(legwork, heard, heard_alone, dict(row))


class _Undone(Exception):
    """What was tried is undone."""


_ALL = " UNION ALL ".join(
    f"SELECT '{name}' AS name, count(*) AS rows, md5(string_agg(r::text, '' ORDER BY id::text)) AS held FROM {name} r "
    f"WHERE {'id' if name == 'organizations' else 'org_id'} = :org"
    for name in sorted(OWN)
)


async def held(session: Session, org_id: UUID) -> list[Any]:
    """Everything the database has of an organization."""
    async with session.system("a test"):
        return list(await session.all(text(_ALL), {"org": org_id}))


async def tried(stage: Stage, session: Session, heard: Heard) -> tuple[str, list[Any]]:
    """What was said, and what the other organization has then; nothing of it stays."""
    came: list[tuple[str, list[Any]]] = []
    said = ""
    try:
        async with session.savepoint():
            try:
                async with session.savepoint():
                    settled = await settle(stage.legwork, session, heard, {})
                    said = " ".join(words.model_dump_json() for words in settled.said)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
                    raise
            came.append((said, await held(session, stage.theirs["org"])))
            raise _Undone
    except _Undone:
        return came[0]


def acts(stage: Stage, said: Heard) -> Iterator[tuple[str, Heard]]:
    named = [ids.text(prefix, key) for prefix, key in stage.theirs.items() if prefix != "org"]
    short = [ids.short(prefix, key) for prefix, key in stage.theirs.items() if prefix != "org"]
    for noun in NOUNS:
        for verb in noun.verbs:
            for arguments in ("", FINCH, *named, *short, f"{named[0]} urgent"):
                written = f"/{noun.name} {verb.name} {arguments}".strip()
                yield written, replace(said, text=written)
    for action in PRESSES:
        for value in (f"{step_value(stage.theirs['task'], 'n1')}:{said.message_id}", named[0], FINCH):
            yield f"{action} {value}", replace(said, text="", press=Press(action, value))


async def leaks(stage: Stage, session: Session, tries: Iterable[tuple[str, Heard]]) -> list[str]:
    before = await held(session, stage.theirs["org"])
    assert all(row["rows"] for row in before)
    found: list[str] = []
    for written, heard in tries:
        said, after = await tried(stage, session, heard)
        if CANARY in said or (FINCH in said and FINCH not in written):
            found.append(f"{written}: read: {said}")
        found += [f"{written}: changed {row['name']}" for row, was in zip(after, before, strict=True) if row != was]
    return found


@pytest.mark.parametrize("where", ["heard", "alone"])
async def test_with_the_first_wall_taken_out_no_row_of_others_is_read_changed_or_added(
    stage: Stage, where: Literal["heard", "alone"]
) -> None:
    said = stage.heard if where == "heard" else stage.alone
    async with stage.legwork.database.transaction(said.person.org_id) as session:
        unasked = Unasked(session)
        assert await leaks(stage, unasked, acts(stage, said)) == []
        assert unasked.left_out > 100


async def test_without_the_second_wall_they_would_be(stage: Stage) -> None:
    async with stage.legwork.database.system("a test") as session:
        found = await leaks(stage, Unasked(session), acts(stage, stage.heard))
    assert any("read" in leak for leak in found)
    assert any("changed" in leak for leak in found)
