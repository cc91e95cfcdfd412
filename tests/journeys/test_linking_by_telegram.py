"""The link that opens Telegram to link an account there: it begins what both have to say yes to, and nothing else."""

import asyncio
import re
from urllib.parse import urlsplit

import pytest

from domain.conversations import bots
from tests.fixtures.linked import WORK, notes, press
from tests.fixtures.talk import Talk

_LINK = re.compile(r"https://t\.me/(\w+)\?start=([\w-]+)")
APART = [("mara", True), ("phone", True)]


@pytest.fixture
async def phone(talk: Talk) -> Talk:
    """Her other account, on an installation that has a bot on Telegram."""
    async with talk.legwork.database.system("a test") as session:
        await bots.keep_name(session, "telegram", "7001", "LegworkBot")
    phone = talk.other("phone", **WORK)
    await phone.say("/about")
    return phone


async def followed(talk: Talk) -> str:
    """What Telegram writes for whoever presses the link."""
    words = notes(await talk.say("/link start"))
    found = _LINK.search(words)
    assert found is not None, words
    assert found[1] == "LegworkBot"
    assert len(found[2]) <= 64
    return f"/start {found[2]}"


async def people(talk: Talk) -> list[tuple[str, bool]]:
    rows = await talk.rows(
        "SELECT platform_user_id AS account, user_id = first_user_id AS own FROM chat_identities ORDER BY 1"
    )
    return [(row["account"], row["own"]) for row in rows]


async def test_whoever_follows_it_is_asked_and_so_is_who_made_it(talk: Talk, phone: Talk) -> None:
    asked = await phone.say(await followed(talk))
    assert "one person of this account and **Mara** on Fake" in notes(asked)
    assert "**Phone** on Fake (w, phone) has typed the code" in notes(asked)
    assert await people(talk) == APART
    await press(phone, "Join", phone.place)
    assert await people(talk) == APART
    await press(talk, "Join", talk.place)
    assert await people(talk) == [("mara", True), ("phone", False)]


async def test_somebody_who_was_handed_it_joins_nobody(talk: Talk, phone: Talk) -> None:
    eve = talk.other("eve")
    await eve.say(await followed(talk))
    await press(eve, "Join", eve.place)
    assert all(own for _, own in await people(talk))
    await press(talk, "Not me", talk.place)
    assert "decided already" in notes(await press(eve, "Join", eve.place))
    assert all(own for _, own in await people(talk))


async def test_of_two_who_follow_it_at_once_one_is_asked(talk: Talk, phone: Talk) -> None:
    eve = talk.other("eve")
    await eve.say("/about")
    written = await followed(talk)
    await asyncio.gather(phone.tell(written), eve.tell(written))
    said = notes(await talk.settle())
    assert said.count("would make one person") == 1
    assert said.count("opens nothing") == 1


async def test_once_it_was_followed_neither_it_nor_the_code_beside_it_opens_anything(talk: Talk, phone: Talk) -> None:
    written = await followed(talk)
    await phone.say(written)
    eve = talk.other("eve")
    assert "opens nothing" in notes(await eve.say(written))
    assert "opens nothing" in notes(await eve.say(f"/link confirm {written.removeprefix('/start l-')}"))


async def test_after_ten_minutes_it_opens_nothing(talk: Talk, phone: Talk) -> None:
    written = await followed(talk)
    await talk.rows("UPDATE magic_links SET expires_at = now() RETURNING id")
    assert "opens nothing" in notes(await phone.say(written))


async def test_five_may_be_followed_in_ten_minutes(talk: Talk, phone: Talk) -> None:
    written = await followed(talk)
    for wrong in ("ABCD-EFGH", "A" * 43, "nonsense", "-", "ABCD-EFGJ"):
        assert "opens nothing" in notes(await phone.say(f"/start l-{wrong}"))
    assert "Wait that long" in notes(await phone.say(written))


async def test_what_it_carried_is_kept_nowhere(talk: Talk, phone: Talk) -> None:
    written = await followed(talk)
    await phone.say(written)
    secret = urlsplit(written).path.rpartition("l-")[2]
    for table in ("outbound_messages", "messages", "queue_jobs", "magic_links", "account_links", "audit_logs"):
        rows = await talk.rows(f"SELECT to_jsonb(r)::text AS row FROM {table} r")
        assert [row["row"] for row in rows if secret in row["row"]] == [], table


async def test_it_is_not_followed_where_others_read_along(talk: Talk, phone: Talk) -> None:
    group = talk.other("phone", "C1", organization="T1", private=False)
    written = await followed(talk)
    said = (await group.say(written)).last
    assert "nobody else reads along" in said.sentence
    assert await talk.rows("SELECT id FROM account_links WHERE status <> 'wanted'") == []


async def test_what_came_of_it_is_in_the_trail(talk: Talk, phone: Talk) -> None:
    await phone.say("/start l-ABCD-EFGH")
    assert await talk.rows("SELECT id FROM audit_logs WHERE action = 'link.confirm' AND outcome = 'done'") == []
    await phone.say(await followed(talk))
    rows = await talk.rows("SELECT outcome, resource_type FROM audit_logs WHERE action = 'link.confirm' ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("refused", None), ("done", "link")]


async def test_without_a_bot_on_telegram_there_is_none(talk: Talk) -> None:
    assert "t.me" not in notes(await talk.say("/link start"))
