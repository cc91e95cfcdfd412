"""What is told to everybody as it arrives: in each private chat once, calling nobody, and in no channel."""

import pytest

from tests.fixtures.operated import Phones, Street, through

LONG = f"Hear {'é' * 2_995}"


async def test_on_slack_it_calls_nobody_and_is_in_each_private_chat_once(street: Street) -> None:
    there = street.town
    before = list(there.slack.pings)
    words = f"Hear <!channel>, @channel, @here and @everyone, <@{street.zoe.id}>, **bold** <https://a.example|b>"
    await street.say(there.mara, f"!admin broadcast {words}")
    assert "3 on Slack" in street.shown(there.mara.dm_channel)
    await street.press(there.mara, "Tell them")
    await through(there.worker)
    assert there.slack.pings == before
    for who in (there.mara, street.zoe, there.ben):
        told = street.shown(who.dm_channel)
        assert told.count("Hear <!channel>, @channel, @here and @everyone, @Zoe, bold <https://a.example|b>") == 1, told
    assert "Hear" not in street.shown(street.all)


async def test_on_slack_a_form_takes_it_in_lines_and_too_much_of_it_is_refused(street: Street) -> None:
    there, mara = street.town, street.town.mara
    await street.say(mara, f"!admin broadcast {'x' * 5_000}")
    assert "Those are 5,000 characters." in street.shown(mara.dm_channel)
    await street.say(mara, f"!admin broadcast {LONG}")
    await street.press(mara, "Tell nobody")
    assert "Nothing was done." in street.shown(mara.dm_channel)
    mara.slash(mara.dm_channel, "/legwork")
    await there.slack.settled()
    assert mara.modal is not None
    mara.submit(mara.modal, {"What to do": "admin broadcast", "With": "At ten:\n\n- **away**\n- for an hour"})
    await there.settle()
    await street.press(mara, "Tell them")
    await through(there.worker)
    told = street.shown(there.ben.dm_channel)
    assert "At ten:\n• away\n• for an hour\nFrom whoever runs this Legwork." in told, told
    assert "Hear" not in told


@pytest.mark.parametrize("words", ["Hear <!channel>, @channel @everyone <@U1> **bold**\n<b>x</b>", LONG])
async def test_on_telegram_it_calls_nobody_and_is_in_each_private_chat_once(phones: Phones, words: str) -> None:
    await phones.say(phones.mara, f"/admin broadcast {words}")
    await phones.press(phones.mara, "Tell them")
    await through(phones.worker)
    for seat, count in ((phones.mara, 1), (phones.ben, 1), (phones.group, 0)):
        assert seat.text.count("Hear ") == count
        assert all("mention" not in entity["type"] for one in seat.said for entity in one.get("entities", []))
    [told] = [message for message in phones.ben.said if "Hear " in message["text"]]
    assert told["text"].count("é") == words.count("é")
    assert "é" in words or "bold\n<b>x</b>\n\nFrom whoever" in told["text"], told


async def test_on_telegram_a_text_that_came_as_two_messages_is_refused_as_one(phones: Phones) -> None:
    await phones.say(phones.mara, f"/admin broadcast {'word ' * 1_000}")
    assert phones.mara.text.count("Those are 4,999 characters.") == 1
    assert "Shall I?" not in phones.mara.text
