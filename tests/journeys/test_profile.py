"""What somebody says of themselves by ``/profile``: taken and shown to them alone, or refused in a sentence."""

from typing import Any

import pytest

from domain.conversations.said import Details, Listing, Note, Problem
from tests.fixtures.linked import WORK, link, notes
from tests.fixtures.talk import Talk

GROUP: dict[str, Any] = {"organization": "T1", "private": False}

EVERYTHING = {
    "set name Mara Nowak": ("name", "Mara Nowak"),
    "set first-name Mara": ("first name", "Mara"),
    "set last-name Nowak": ("last name", "Nowak"),
    "set locale de_ch": ("locale", "de-CH"),
    "timezone asia/kolkata": ("time zone", "Asia/Kolkata"),
    "travel airlines lh kl": ("airlines", "LH, KL"),
    "travel cabin business": ("cabin", "business"),
    "travel number LH 992 001": ("frequent flyer", "LH 992 001"),
    "social mastodon https://mastodon.social/@mara": ("mastodon", "https://mastodon.social/@mara"),
    "work resume https://mara.example/cv.pdf": ("resume", "https://mara.example/cv.pdf"),
    "work linkedin https://www.linkedin.com/in/mara": ("linkedin", "https://www.linkedin.com/in/mara"),
    "work github https://github.com/mara": ("github", "https://github.com/mara"),
    "work portfolio https://mara.example": ("portfolio", "https://mara.example"),
}


async def shown(talk: Talk) -> dict[str, str]:
    return dict((await talk.say("/profile")).one(Details).fields)


async def test_all_of_it_is_set_shown_and_taken_away(talk: Talk) -> None:
    for words in EVERYTHING:
        assert "Problem" not in str((await talk.say(f"/profile {words}")).kinds), words
    there = await shown(talk)
    assert {name: there.get(name) for name, _ in EVERYTHING.values()} == dict(EVERYTHING.values())
    for words in ("set first-name -", "set last-name none", "set locale -", "travel airlines none", "travel cabin -",
                  "travel number LH none", "social mastodon none", *(f"work {what} -" for what in
                  ("resume", "linkedin", "github", "portfolio"))):  # fmt: skip
        assert "not" in notes(await talk.say(f"/profile {words}")) or "No " in notes(
            await talk.say(f"/profile {words}")
        )
    assert set(await shown(talk)) == {"name", "time zone", "told of"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("timezone Berlin", "Europe/Berlin"),
        ("timezone Mars/Olympus", "no time zone"),
        ("work github http://github.com/mara", "https://"),
        ("social mastodon javascript:alert(1)", "https://"),
        ("travel airlines Lufthansa", "IATA"),
        ("travel cabin premium", "no cabin class"),
        ("travel seat window", "airlines, cabin and number"),
        ("work bank https://a.example", "nothing of work"),
        ("set shoe-size 42", "cannot be set"),
        ("set name none", "cannot be nothing"),
        ("notifications done sometimes", "no time to be told"),
        ("notifications asks off", "never silenced"),
        ("notifications weather daily", "nothing I tell of"),
        ("notifications quiet tonight", "no quiet hours"),
        ("sessions end", "Say"),
        ("set", "Say"),
        ("work github", "Say"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_a_sentence_and_changes_nothing(
    talk: Talk, words: str, said: str
) -> None:
    before = await shown(talk)
    problem = (await talk.say(f"/profile {words}")).one(Problem)
    assert said in f"{problem.sentence} {problem.remedy}"
    assert await shown(talk) == before


async def test_it_is_shown_to_its_person_alone(talk: Talk) -> None:
    await talk.say("/profile work github https://github.com/mara")
    group = talk.other("mara", "C1", **GROUP)
    await group.say("/profile")
    await group.say("/profile travel number LH 992001")
    there = [call.to.chat for call in talk.chat.calls if call.said is not None and "github.com/mara" in str(call.said)]
    assert set(there) == {talk.place}
    assert "992001" not in str([call.said for call in talk.chat.calls if call.to.chat == "C1"])
    ben = talk.other("ben")
    assert "github" not in await shown(ben)


async def test_times_are_shown_where_the_person_is(talk: Talk) -> None:
    await talk.say("/profile timezone Asia/Kolkata")
    listed = (await talk.say("/threads")).one(Listing)
    assert all(row[2].endswith("IST") for row in listed.rows)


async def test_one_person_has_one_profile_on_all_their_accounts(talk: Talk) -> None:
    work = talk.other("mara.nowak", **WORK)
    await work.say("/about")
    await talk.say("/profile timezone Asia/Kolkata")
    await link(talk, work)
    assert (await shown(work))["time zone"] == "Asia/Kolkata"


async def test_browsers_are_listed_and_signed_out(talk: Talk) -> None:
    assert not (await talk.say("/profile sessions")).one(Listing).rows
    await talk.rows(
        """INSERT INTO sessions (id, token_hash, user_id, data, expires_at)
        SELECT uuidv7(), decode(md5(n::text), 'hex'), i.user_id, '{"browser": "Firefox"}', now() + interval '1 hour'
        FROM chat_identities i, generate_series(1, 2) n RETURNING id"""
    )
    assert [row[2] for row in (await talk.say("/profile sessions")).one(Listing).rows] == ["Firefox", "Firefox"]
    assert "2 browsers signed out" in (await talk.say("/profile sessions end all")).one(Note).text
    assert not (await talk.say("/profile sessions")).one(Listing).rows
