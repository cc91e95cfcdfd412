"""Worker, web and bot in one process: what one part commits starts another at once, and without Redis."""

import signal
import socket

from bot.slack.http import PATH
from tests.chaos.ground import Ground
from tests.chaos.platforms import SECRET, slack_settings, telegram_settings
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.waiting import eventually


async def test_what_is_heard_is_answered_at_once_although_redis_is_away(ground: Ground) -> None:
    async with FakeTelegram() as telegram:
        process = await ground.crew.start(
            "jobs",
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_BASE_URL=telegram.base_url,
            LEGWORK_SWEEP_SECONDS="600",
            LEGWORK_PORT="0",
        )
        await process.says("fetching Telegram's updates")
        await ground.valkey.stop()
        seat = person(telegram)
        seat.say("what is 12% of 340?")
        await eventually(lambda: "40.8" in seat.text)


async def test_told_to_stop_it_hands_its_work_back_and_the_next_one_answers(ground: Ground) -> None:
    async with FakeTelegram() as telegram:
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE_URL": telegram.base_url,
            "LEGWORK_LEASE_SECONDS": "600",
            "LEGWORK_PORT": "0",
        }
        first = await ground.crew.start("jobs", **settings)
        seat = person(telegram)
        seat.say(f"read {ground.web.url('/gate/handed-back')}")
        await eventually(lambda: ground.web.count("/gate/handed-back"))
        first.send(signal.SIGTERM)
        assert await first.ended() == 0
        ground.web.gate.set()
        await ground.crew.start("jobs", **settings)  # nobody has to wait for a lease
        await eventually(lambda: "\ndone\n" in seat.text)
        [job] = await ground.crew.rows("SELECT crashes FROM queue_jobs WHERE kind = 'advance' OR kind = 'understand'")
        assert job["crashes"] == 0


async def test_events_that_come_over_http_are_answered_by_the_process_that_takes_them(ground: Ground) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with FakeTelegram() as telegram, FakeSlack(rules=Rules(limited=False)) as slack:
        platforms = slack_settings(slack) | telegram_settings(telegram)
        process = await ground.crew.start("jobs", **platforms, LEGWORK_SWEEP_SECONDS="600", LEGWORK_PORT=str(port))
        await process.says("Telegram brings its updates to the web process")
        await slack.deliver_to(f"http://127.0.0.1:{port}{PATH}")
        await telegram.updates.hook(f"http://127.0.0.1:{port}/telegram/{telegram.world.bot['id']}", SECRET)
        await ground.valkey.stop()
        seat, mara = person(telegram), slack.person("Mara")
        seat.say("what is 12% of 340?")
        mara.dm("what is 12% of 680?")
        await eventually(lambda: "40.8" in seat.text)
        await eventually(lambda: any("81.6" in slack.shown(message) for message in slack.messages(mara.dm_channel)))


async def test_a_part_that_fails_is_named_and_ends_the_process(ground: Ground) -> None:
    process = await ground.crew.start("jobs", LEGWORK_PORT="0", LEGWORK_FAILPOINTS="sweep.swept=fail@2")
    assert await process.ended() == 1
    [named] = [line for line in process.printed.splitlines() if "a part ended by itself" in line]
    assert "part=worker" in named
