"""What somebody is told that they did not just ask for: when they want it, in their private chat."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from domain.conversations.private import say_privately
from domain.conversations.said import Note, Problem
from domain.identity.notifications import Kind
from tests.fixtures.linked import WORK, link, notes
from tests.fixtures.talk import Talk


@pytest.fixture
async def mara(talk: Talk) -> Talk:
    await talk.say("/about")
    await talk.say("/profile timezone Europe/Warsaw")
    return talk


@dataclass(frozen=True)
class Whom:
    user_id: UUID
    org_id: UUID


async def whom(talk: Talk) -> Whom:
    [row] = await talk.rows(
        """SELECT i.user_id, m.org_id FROM chat_identities i JOIN organization_members m ON m.user_id = i.user_id
        WHERE i.platform_user_id = :who LIMIT 1""",
        who=talk.person,
    )
    return Whom(row["user_id"], row["org_id"])


async def tell(talk: Talk, to: Whom, words: str, about: Kind | None) -> None:
    """Something is to be told to somebody."""
    async with talk.legwork.database.system("a test") as session:
        await say_privately(session, to, Note(text=words), key=words, about=about)
    await talk.settle()


def told(talk: Talk) -> list[str]:
    said: list[Any] = [call.said for call in talk.chat.calls]
    return [one.text for one in said if isinstance(one, Note) and one.text.startswith("told:")]


async def test_what_nobody_has_set_is_told_at_once(mara: Talk) -> None:
    await tell(mara, await whom(mara), "told: done", "done")
    assert told(mara) == ["told: done"]


async def test_what_is_off_is_told_never_and_what_asks_always(mara: Talk) -> None:
    for kind in ("done", "failed", "budget", "news"):
        assert f"{kind} off" in notes(await mara.say(f"/profile notifications {kind} off"))
    assert "never silenced" in (await mara.say("/profile notifications asks off")).one(Problem).sentence
    for kind in ("done", "failed", "asks", "budget", "news", None):
        await tell(mara, await whom(mara), f"told: {kind}", kind)
    assert told(mara) == ["told: asks", "told: None"]


async def test_what_is_daily_waits_for_the_morning_and_holds_up_nothing_else(mara: Talk) -> None:
    await mara.say("/profile notifications done daily")
    await tell(mara, await whom(mara), "told: done", "done")
    assert told(mara) == []
    [job] = await mara.rows(
        """SELECT extract(hour FROM run_at AT TIME ZONE 'Europe/Warsaw') AS hour FROM queue_jobs
        WHERE status = 'scheduled'"""
    )
    assert job["hour"] == 8
    await tell(mara, await whom(mara), "told: failed", "failed")
    assert told(mara) == ["told: failed"]
    await mara.travel(hours=25)
    assert told(mara) == ["told: failed", "told: done"], "in the next morning, and not in the one after that"


async def test_in_quiet_hours_it_waits_and_what_asks_does_not(mara: Talk) -> None:
    await mara.say("/profile notifications quiet 00:00-23:59")
    await tell(mara, await whom(mara), "told: done", "done")
    await tell(mara, await whom(mara), "told: asks", "asks")
    assert told(mara) == ["told: asks"]


async def test_a_person_is_told_as_they_want_it_by_whichever_account(mara: Talk) -> None:
    work = mara.other("mara.nowak", **WORK)
    await work.say("/about")
    before = await whom(work)
    await mara.say("/profile notifications done off")
    await link(mara, work)
    await tell(mara, before, "told: done", "done")
    assert told(mara) == []
