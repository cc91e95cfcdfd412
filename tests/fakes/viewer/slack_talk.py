"""A conversation on Slack, in scenes: threads of a channel, direct messages, the home tab."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from tests.fakes.slack import Channel, Message, Person, View
from tests.fakes.viewer.recording import Recording
from tests.fakes.viewer.script import ALERT, ASK, BARS, BRANCH, BY_BRANCH, CHANGED, TABLE

ZONE = "Europe/Berlin"
"""Where Mara is."""


@dataclass(frozen=True, slots=True)
class Scene:
    """``place`` is what stands at the top; ``shown`` the messages as they stood at that moment, or a view."""

    name: str
    place: str
    shown: Sequence[Message] | View


class Office:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.slack = recording.slack
        self.mara: Person = self.slack.person("Mara", timezone=ZONE)
        self.sales: Channel = self.slack.channel("sales", self.mara)
        self._seen: dict[str, Message] = {}

    def thread(self, name: str, asked: Message) -> Scene:
        """What of a thread no scene has shown yet, or shows differently now."""
        stands = self.slack.messages(self.sales, asked.ts)
        new = [message for message in stands if self._seen.get(message.ts) != message]
        self._seen |= {message.ts: copy.deepcopy(message) for message in new}
        return Scene(name, "Thread", copy.deepcopy(new))

    async def press(self, label: str) -> None:
        said = reversed(self.slack.said(self.sales))
        shown = next(message for message in said if f"[{label}]" in self.slack.shown(message))
        await self.mara.press(shown, label).answer()
        await self.recording.settle()

    async def mention(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> Message:
        asked = self.mara.mention(self.sales, text, files=files)
        await self.recording.settle()
        return asked

    async def reply(self, asked: Message, text: str) -> None:
        self.mara.say(self.sales, text, thread_ts=asked.ts)
        await self.recording.settle()


async def talk(recording: Recording) -> list[Scene]:
    """The scenes in their order."""
    office = Office(recording)
    scenes = [*await _analysis(office), *await _decisions(office)]
    await office.mara.slash(office.sales, "/legwork", "tasks").answer()
    await recording.settle()
    said = office.slack.messages(office.mara.dm_channel)
    scenes.append(Scene("tasks", "Legwork", copy.deepcopy(said)))
    office.mara.open_home()
    await recording.settle()
    return [*scenes, Scene("home", "Legwork", copy.deepcopy(office.mara.home))]


async def _analysis(office: Office) -> list[Scene]:
    asked = await office.mention(CHANGED, [(TABLE.name, TABLE.read_bytes())])
    scenes = [office.thread("answer", asked)]
    await office.reply(asked, BY_BRANCH)
    scenes.append(office.thread("follow-up", asked))
    await office.reply(asked, BARS)
    await office.press("👍")
    return [*scenes, office.thread("bars", asked)]


async def _decisions(office: Office) -> list[Scene]:
    asked = await office.mention(ASK)
    await office.reply(asked, BRANCH)
    question = office.thread("question", asked)
    asked = await office.mention(ALERT)
    approval = office.thread("approval", asked)
    await office.press("Reject")
    return [question, approval, office.thread("rejected", asked)]
