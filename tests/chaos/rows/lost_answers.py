"""A platform takes a message, and its answer never arrives."""

from tests.chaos.chats import came_to, settled, slack_chats, telegram_chats, write
from tests.chaos.formation import formed
from tests.chaos.ground import Ground
from tests.chaos.platforms import PATIENT, slack_settings, telegram_settings
from tests.chaos.row import Outcome, Row
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, Fault
from tests.fixtures.waiting import eventually

EACH = 5
"""Messages in each chat whose answer is lost; one more is sent undisturbed."""
WITHIN = 120.0


async def drive(ground: Ground, count: int) -> Outcome:
    """Half the messages on Slack, which tells by the key each message carries what became of it; half on Telegram,
    which cannot be asked: those are marked unknown, and never sent again."""
    lost = count // (2 * EACH) * EACH
    async with (
        FakeSlack(rules=Rules(limited=False, subscriptions=set())) as slack,
        FakeTelegram() as telegram,
    ):
        chats = [
            *await slack_chats(ground, slack, lost // EACH),
            *await telegram_chats(ground, telegram, lost // EACH),
        ]
        slack.lose_answer("chat.postMessage", times=lost)
        telegram.fail(*[Fault("sendMessage", lost=True)] * lost)
        await write(ground, chats, EACH)
        settings = PATIENT | slack_settings(slack) | telegram_settings(telegram)
        async with formed(ground.environment, ground.folder, "worker.1", "worker.2", **settings):
            await eventually(lambda: settled(ground), WITHIN)
            await write(ground, chats, 1)
            await eventually(lambda: settled(ground), WITHIN)
        return Outcome(
            zero={
                "messages shown twice": sum(chat.repeated for chat in chats),
                "messages not shown": sum(chat.missing for chat in chats),
                "messages out of order": sum(chat.disordered for chat in chats),
                "on Slack, marked unknown": await came_to(ground, "unknown", "slack"),
                "on Telegram, not marked unknown": lost - await came_to(ground, "unknown", "telegram"),
                "given up": await came_to(ground, "failed"),
            },
            told={
                "answers lost on Slack": lost,
                "answers lost on Telegram": lost,
                "marked unknown on Telegram": await came_to(ground, "unknown", "telegram"),
            },
        )


ROW = Row(
    name="lost-answers",
    fault="a platform accepts a message, and its answer is lost",
    promise="nothing is said twice; what nobody can tell is marked unknown",
    full=200,
    short=20,
    drive=drive,
)
