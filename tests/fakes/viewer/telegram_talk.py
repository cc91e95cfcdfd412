"""The same conversation in a private chat of Telegram's, in scenes."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.fakes.telegram import Seat, person
from tests.fakes.telegram.world import Json
from tests.fakes.viewer.recording import Recording
from tests.fakes.viewer.script import ALERT, ASK, BARS, BRANCH, BY_BRANCH, CHANGED, TABLE


@dataclass(frozen=True, slots=True)
class Scene:
    """Messages of the chat, as they stood at that moment."""

    name: str
    shown: Sequence[Json]


@dataclass
class Talk:
    recording: Recording
    seat: Seat

    async def scene(self, name: str, *acts: Callable[[], object]) -> Scene:
        """What is new in the chat, or stands there differently, once the person has done all this."""
        before = copy.deepcopy(self.seat.chat.messages)
        for act in acts:
            act()
            await self.recording.settle()
        new = [message for number, message in sorted(self.seat.chat.messages.items()) if message != before.get(number)]
        return Scene(name, copy.deepcopy(new))

    def say(self, text: str) -> Callable[[], object]:
        return lambda: self.seat.say(text)

    def press(self, label: str) -> Callable[[], object]:
        return lambda: self.seat.press(label)


async def talk(recording: Recording) -> tuple[Seat, list[Scene]]:
    """The seat Mara had, and the scenes in their order."""
    seat = person(recording.telegram)
    talk = Talk(recording, seat)
    table = TABLE.read_bytes()
    return seat, [
        await talk.scene("answer", lambda: seat.document(TABLE.name, table, caption=CHANGED)),
        await talk.scene("follow-up", talk.say(BY_BRANCH)),
        await talk.scene("bars", talk.say(BARS), talk.press("👍")),
        await talk.scene("question", talk.say(ASK), talk.say(BRANCH)),
        await talk.scene("approval", talk.say(ALERT)),
        await talk.scene("rejected", talk.press("Reject")),
        await talk.scene("tasks", talk.say("/tasks")),
    ]
