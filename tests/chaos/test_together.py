"""Worker, web and bot in one process: what one part commits starts another at once, and without Redis."""

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
