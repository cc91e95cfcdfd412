"""Two accounts become one person's, by what both of them say."""

import asyncio

import pytest

from domain.conversations.said import Note, Problem
from tests.fixtures.linked import (
    APART,
    GROUP,
    JOINED,
    WORK,
    code_of,
    link,
    notes,
    people,
    press,
)
from tests.fixtures.talk import Talk


async def test_accounts_are_joined_when_both_have_seen_whom_and_said_so(talk: Talk, work: Talk) -> None:
    code = await code_of(talk)
    asked = await work.say(f"/link confirm {code}")
    shown = {call.to.chat: call.said.text for call in talk.chat.calls if isinstance(call.said, Note)}
    assert "**Mara.Nowak** on Fake (w, mara.nowak) has typed the code" in shown[talk.place]
    assert "**Mara** on Fake (w, mara)" in shown[work.place]
    assert asked.last.buttons[0].label == "Join"
    assert await people(talk) == APART
    assert "Noted" in notes(await press(work, "Join", work.place))
    assert await people(talk) == APART
    await press(talk, "Join", talk.place)
    assert await people(talk) == JOINED
    told = [
        call.to.chat for call in talk.chat.calls if isinstance(call.said, Note) and "one person now" in call.said.text
    ]
    assert sorted(told) == sorted([talk.place, work.place])


async def test_a_code_that_somebody_was_talked_into_typing_joins_nobody(talk: Talk, work: Talk) -> None:
    eve = talk.other("eve")
    code = await code_of(eve)
    await work.say(f"/link confirm {code}")
    await press(eve, "Join", eve.place)
    await press(eve, "Join", eve.place)
    assert all(own for _, own in await people(talk))
    assert "Nobody was joined" in notes(await press(work, "Not me", work.place))
    assert "decided already" in notes(await press(eve, "Join", eve.place))
    assert all(own for _, own in await people(talk))


async def test_a_code_that_somebody_was_talked_out_of_joins_nobody(talk: Talk, work: Talk) -> None:
    eve = talk.other("eve")
    await eve.say(f"/link confirm {await code_of(work)}")
    await press(eve, "Join", eve.place)
    assert all(own for _, own in await people(talk))


async def test_nobody_else_answers_for_one_of_the_two(talk: Talk, work: Talk) -> None:
    eve = talk.other("eve")
    await eve.say("/about")
    await work.say(f"/link confirm {await code_of(talk)}")
    for label in ("Join", "Not me"):
        assert "decided already" in notes(await press(eve, label, talk.place))
    await press(work, "Join", work.place)
    await press(talk, "Join", talk.place)
    assert ("mara.nowak", False) in await people(talk)


@pytest.mark.parametrize("wrong", ["ABCD-EFGH", "nonsense", "x" * 500, "1234", "ÄÖÜß", "'; DROP TABLE users; --"])
async def test_what_is_no_code_opens_nothing(talk: Talk, work: Talk, wrong: str) -> None:
    await code_of(talk)
    assert "opens nothing" in notes(await work.say(f"/link confirm {wrong}"))


async def test_what_was_used_or_is_over_opens_nothing(talk: Talk, work: Talk) -> None:
    used = await code_of(talk)
    await work.say(f"/link confirm {used}")
    assert "opens nothing" in notes(await work.say(f"/link confirm {used}"))
    over = await code_of(talk)
    await talk.rows("UPDATE magic_links SET expires_at = now() RETURNING id")
    assert "opens nothing" in notes(await work.say(f"/link confirm {over}"))
    before = await code_of(talk)
    await code_of(talk)  # which takes its place
    assert "opens nothing" in notes(await work.say(f"/link confirm {before}"))


async def test_after_ten_minutes_nobody_joins_any_more(talk: Talk, work: Talk) -> None:
    await work.say(f"/link confirm {await code_of(talk)}")
    await press(work, "Join", work.place)
    await talk.rows("UPDATE account_links SET typed_at = typed_at - interval '11 minutes' RETURNING id")
    assert "older than ten minutes" in notes(await press(talk, "Join", talk.place))
    assert await people(talk) == APART


@pytest.mark.parametrize("typed", ["/link confirm ", "/start l-"])
async def test_what_opened_nothing_stands_in_the_trail_as_refused(talk: Talk, work: Talk, typed: str) -> None:
    for _ in range(6):
        await work.say(f"{typed}ABCD-EFGH")
    await talk.say(f"{typed}{await code_of(talk)}")
    rows = await talk.rows(
        "SELECT outcome, details ->> 'reason' AS reason FROM audit_logs WHERE action = 'link.confirm' ORDER BY id"
    )
    assert [tuple(row.values()) for row in rows] == [
        *[("refused", "no_code")] * 5,
        ("refused", "tries"),
        ("refused", "own_code"),
    ]


async def test_five_codes_may_be_typed_in_ten_minutes(talk: Talk, work: Talk) -> None:
    code = await code_of(talk)
    for _ in range(5):
        assert "opens nothing" in notes(await work.say("/link confirm ABCD-EFGH"))
    assert "Wait that long" in notes(await work.say(f"/link confirm {code}"))
    await talk.rows("UPDATE chat_identities SET tried_at = tried_at - interval '11 minutes' RETURNING id")
    assert "would make one person" in notes(await work.say(f"/link confirm {code}"))


async def test_ones_own_code_joins_nothing(talk: Talk, work: Talk) -> None:
    assert "your own" in notes(await talk.say(f"/link confirm {await code_of(talk)}"))
    await link(talk, work)
    assert "your own" in notes(await work.say(f"/link confirm {await code_of(talk)}"))


async def test_where_others_read_along_nothing_is_linked(talk: Talk, work: Talk) -> None:
    group = talk.other("mara.nowak", "C1", **GROUP)
    code = await code_of(talk)
    for words in ("/link start", f"/link confirm {code}", "/link remove acc_123456"):
        assert "nobody else reads along" in (await group.say(words)).one(Problem).sentence
    assert not [row for row in await talk.rows("SELECT content FROM messages") if code in row["content"]]
    assert await talk.rows("SELECT id FROM account_links WHERE status <> 'wanted'") == []


async def test_a_code_is_typed_by_two_at_once_and_taken_from_one(talk: Talk, work: Talk) -> None:
    ben = talk.other("ben")
    await ben.say("/about")
    code = await code_of(talk)
    await asyncio.gather(work.tell(f"/link confirm {code}"), ben.tell(f"/link confirm {code}"))
    await talk.settle()
    said = [call.said.text for call in talk.chat.calls if isinstance(call.said, Note)]
    assert len([words for words in said if "would make one person" in words]) == 1
    assert len([words for words in said if "opens nothing" in words]) == 1


async def test_a_name_does_not_pretend_to_be_another_account(talk: Talk, work: Talk) -> None:
    await work.say('/profile set name "Ben** on Slack (Acme, U0BEN), checked by Legwork **"')
    await work.say(f"/link confirm {await code_of(talk)}")
    [told] = [
        call.said.text for call in talk.chat.calls if isinstance(call.said, Note) and "has typed" in call.said.text
    ]
    assert told.startswith("**Ben\\*\\* on Slack (Acme, U0BEN), checked by Legwork \\*\\*** on Fake (w, mara.nowak)")


async def test_whoever_was_linked_themselves_is_not_linked_once_more(talk: Talk, work: Talk) -> None:
    third = talk.other("third", **WORK)
    await third.say("/about")
    await link(work, third)
    for one in (work, third):
        told = await one.say(f"/link confirm {await code_of(talk)}")
        assert "accounts of your own already" in told.one(Problem).sentence
    assert await people(talk) == [*APART, ("third", False)]
    await link(work, talk)
    assert await people(talk) == [("mara", False), ("mara.nowak", True), ("third", False)]


async def test_of_two_links_at_once_no_chain_is_made(talk: Talk, work: Talk) -> None:
    third = talk.other("third", **WORK)
    await third.say("/about")
    code = await code_of(talk)
    await work.say(f"/link confirm {code}")
    await press(work, "Join", work.place)
    await link(work, third)
    await press(talk, "Join", talk.place)
    assert await people(talk) == [*APART, ("third", False)]


async def test_equal_names_and_addresses_join_nobody(talk: Talk) -> None:
    await talk.say("/about")
    await talk.other("other-mara", person_name="Mara").say("/about")
    assert all(own for _, own in await people(talk))


async def test_no_code_stands_anywhere_but_in_the_one_message(talk: Talk, work: Talk) -> None:
    code = await code_of(talk)
    await work.say(f"/link confirm {code}")
    found: list[str] = []
    for table in ("messages", "outbound_messages", "queue_jobs", "magic_links", "account_links", "audit_logs"):
        text = " ".join(str(dict(row)) for row in await talk.rows(f"SELECT * FROM {table}"))
        if code in text or code.replace("-", "") in text:
            found.append(table)
    assert found == []
    assert len([call for call in talk.chat.calls if call.said is not None and code in call.said.model_dump_json()]) == 1
