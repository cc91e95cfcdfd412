"""The double for hand use: lines are what a person does, what appears on their screen is printed."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from tests.fakes.slack.hands import CannotDo
from tests.fakes.slack.ledger import Seen
from tests.fakes.slack.person import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.state import Channel, Message, View

HELP = """\
hello                 a direct message          @ look at this        a mention in #general
# hello               said in #general          > and this            said in the thread spoken in last
/legwork tasks        a slash command           file PATH TEXT        a direct message with a file
press LABEL           the newest button         react NAME            to the newest message
submit A=1; B=2       the open form             shortcut ID           on the newest message
home                  the App Home              stop                  Slack's own Stop
edit TEXT / delete    what was said last"""


class Hand:
    """Mara at the keyboard."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self.person: Person = slack.person("Mara")
        self.general: Channel = slack.channel("general", self.person)
        self._last: Message | None = None

    def do(self, line: str) -> None:
        """Carry out one line. Raises CannotDo, OSError."""
        word, _, rest = line.strip().partition(" ")
        if word.startswith("/"):
            self.person.slash(self.general, word, rest)
        elif word in _VERBS:
            _VERBS[word](self, rest)
        elif word:
            self._last = self.person.dm(line.strip())

    def mention(self, text: str) -> None:
        self._last = self.person.mention(self.general, text)

    def say(self, text: str) -> None:
        self._last = self.person.say(self.general, text)

    def reply(self, text: str) -> None:
        above = self._said()
        channel = self.general if above.channel == self.general.id else self.person.dm_channel
        self._last = self.person.say(channel, text, thread_ts=above.thread_ts or above.ts)

    def send_file(self, text: str) -> None:
        path, _, words = text.partition(" ")
        file = Path(path).expanduser()
        self._last = self.person.dm(words, files=[(file.name, file.read_bytes())])

    def press(self, label: str) -> None:
        places: list[Message | View] = list(reversed(self._shown()))
        if self.person.user.home is not None:
            places.append(self.person.home)
        if self.person.modal is not None:
            places.insert(0, self.person.modal)
        for place in places:
            try:
                self.person.press(place, label)
            except CannotDo:
                continue
            return
        raise CannotDo(f"there is no button {label!r}")

    def submit(self, text: str) -> None:
        form = self.person.modal
        if form is None:
            raise CannotDo("no form is open")
        pairs = (pair.partition("=") for pair in text.split(";") if pair.strip())
        self.person.submit(form, {name.strip(): value.strip() for name, _, value in pairs})

    def react(self, name: str) -> None:
        self.person.react(self._newest(), name)

    def shortcut(self, callback_id: str) -> None:
        self.person.shortcut(callback_id, self._newest())

    def home(self, _: str) -> None:
        self.person.open_home()

    def stop(self, _: str) -> None:
        above = self._said()
        channel = self.general if above.channel == self.general.id else self.person.dm_channel
        if channel is not self.general and above.thread_ts is None:
            raise CannotDo("Slack shows its own Stop in threads: write “stop”")
        self.person.stop_session(channel, above.thread_ts or above.ts)

    def edit(self, text: str) -> None:
        self.person.edit(self._said(), text)

    def delete(self, _: str) -> None:
        self.person.delete(self._said())

    def _said(self) -> Message:
        if self._last is None:
            raise CannotDo("nothing was said yet")
        return self._last

    def _shown(self) -> list[Message]:
        both = [message for channel in (self.general, self.person.dm_channel) for message in channel.messages]
        return sorted((message for message in both if not message.deleted), key=lambda message: message.ts)

    def _newest(self) -> Message:
        shown = self._shown()
        if not shown:
            raise CannotDo("there is no message")
        return shown[-1]


_VERBS: dict[str, Callable[[Hand, str], None]] = {
    "@": Hand.mention,
    "#": Hand.say,
    ">": Hand.reply,
    "file": Hand.send_file,
    "press": Hand.press,
    "submit": Hand.submit,
    "react": Hand.react,
    "shortcut": Hand.shortcut,
    "home": Hand.home,
    "stop": Hand.stop,
    "edit": Hand.edit,
    "delete": Hand.delete,
}


async def serve(port: int, asked_to_stop: Callable[[], Awaitable[None]]) -> None:
    """Serve on this port until asked to stop; the keyboard is Mara's."""
    async with FakeSlack(port=port) as slack:
        hand = Hand(slack)
        print(f"SLACK_API_BASE_URL={slack.base_url} SLACK_BOT_TOKEN={slack.bot_token}")
        print(f"SLACK_APP_TOKEN={slack.app_token} SLACK_SIGNING_SECRET={slack.signing_secret}")
        print(HELP, flush=True)
        tasks = [asyncio.create_task(watch(slack, _print)), asyncio.create_task(obey(hand, _keyboard(), _print))]
        await asked_to_stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def watch(slack: FakeSlack, show: Callable[[str], None]) -> None:
    """Show whatever appears, until cancelled."""
    told = 0
    while True:
        await slack.until(lambda told=told: len(slack.seen) > told, within=None)
        for seen in slack.seen[told:]:
            show(_line(seen))
        told = len(slack.seen)


async def obey(hand: Hand, lines: AsyncIterator[str], show: Callable[[str], None]) -> None:
    """Do what the lines say, until they end."""
    async for line in lines:
        try:
            hand.do(line)
        except (CannotDo, OSError) as error:
            show(f"! {error}")


def _line(seen: Seen) -> str:
    text = seen.text.replace("\n", "\n    ")
    return f"[{seen.kind} {seen.channel} {seen.ts}] {text}"


def _print(text: str) -> None:
    print(text, flush=True)


async def _keyboard() -> AsyncIterator[str]:
    """Lines of the standard input; read by a thread that does not keep the process alive."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield await lines.get()
