"""A double of Telegram's Bot API on loopback.

``FakeTelegram`` is the server; ``person`` and ``group`` give seats from which a test acts: they say things, send
files and albums, press buttons, react, block the bot, and read what it said. Every request is checked against
the published specification (``LEGWORK_SHARED``/specs/telegram-bot-api.json) and the documented limits, and
refused in the words of the real server.
"""

from tests.fakes.telegram.faults import Fault, Refusal
from tests.fakes.telegram.people import Seat, group, person
from tests.fakes.telegram.server import TOKEN, FakeTelegram, Pace, Received

__all__ = ["TOKEN", "FakeTelegram", "Fault", "Pace", "Received", "Refusal", "Seat", "group", "person"]
