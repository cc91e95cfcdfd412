"""Worker, web and bot in one process: what one part commits starts another at once, and without Redis."""

import signal

from tests.chaos.ground import Ground
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
