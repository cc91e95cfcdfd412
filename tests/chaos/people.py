"""People who talk to Legwork on Slack while things break: each asks for one thing after another, looks at what
comes of it, presses what there is to press, and asks again where Legwork says that it gave up."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from domain.core.failpoints import POINTS, Point
from tests.chaos.ground import Ground
from tests.chaos.row import Figure
from tests.fakes.slack import Channel, FakeSlack, Message, Person, Rules

PATIENCE = 90.0
"""Seconds after which something asked for counts as lost."""

ASKED = ("sum", "page", "effect", "file")
"""What is asked for in turn: a sum, a page to read, a call that changes something outside, a message with a file."""

_ELSEWHERE = ("hand_over.", "think.", "conclude.not", "plan.replanned")
_APART = ("keys.", "export.", "erase.", "seal.", "tokens.", "move.", "link.", "mail.")
PASSED: tuple[Point, ...] = tuple(point for point in POINTS if not point.startswith((*_ELSEWHERE, *_APART)))
"""Failpoints that what they ask for comes by: nothing of it is handed over, done by an agent, changed by what is
said meanwhile, or work that is done apart from theirs."""

_AGAIN = tuple(0.1 for _ in range(300))
"""Events that were not acknowledged come again soon, and for as long as a process takes to start."""

_ANSWERED = "[Run again]"
_GIVEN_UP = "Send the message again"


@dataclass(eq=False)
class Exchange:
    """One thing asked for, in a channel of its own. ``seconds`` it took to be settled; None while it is not."""

    number: int
    what: str
    person: Person
    channel: Channel
    began: float = field(default_factory=monotonic)
    seconds: float | None = None
    pressed: list[str] = field(default_factory=list[str])
    """Labels of buttons, in order."""
    dealt_with: set[str] = field(default_factory=set[str])
    """Messages that were reacted to, by their ts and what was asked there: a message changes."""
    said: int = 0

    @property
    def path(self) -> str:
        """What the web is asked for in its course."""
        return f"/{self.what}/{self.number}"


class People:
    """``exchanges`` only grows."""

    def __init__(self, slack: FakeSlack, ground: Ground) -> None:
        self.slack = slack
        self.exchanges: list[Exchange] = []
        self._ground = ground
        self._talking: set[asyncio.Task[None]] = set()
        self._hushed = False

    @property
    def settled(self) -> int:
        """How many of the exchanges have their answer."""
        return sum(exchange.seconds is not None for exchange in self.exchanges)

    # -- talking -------------------------------------------------------------------------------------

    def begin(self, many: int, *what: str) -> None:
        """So many people talk from now on, until ``finish``; ``what`` they ask for in turn, or everything."""
        self._hushed = False
        for place in range(many):
            asked = itertools.islice(itertools.cycle(what or ASKED), place, None)
            self._talking.add(asyncio.create_task(self._talk(self.slack.person(f"Person {place}"), asked)))

    async def finish(self) -> None:
        """Nothing new is asked for; returns when everything is settled, or lost."""
        self._hushed = True
        await asyncio.gather(*self._talking)
        self._talking.clear()

    async def stop(self) -> None:
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)

    async def ask(self, what: str) -> Exchange:
        """One thing asked for by somebody new, until it is settled."""
        exchange = self._open(self.slack.person("Somebody"), what)
        await self._see_through(exchange)
        return exchange

    async def _talk(self, person: Person, asked: Iterator[str]) -> None:
        while not self._hushed:
            await self._see_through(self._open(person, next(asked)))

    def _open(self, person: Person, what: str) -> Exchange:
        number = len(self.exchanges) + 1
        exchange = Exchange(number, what, person, self.slack.channel(f"{what}-{number}", person))
        self.exchanges.append(exchange)
        self._say(exchange)
        return exchange

    def _say(self, exchange: Exchange) -> None:
        address = self._ground.web.url(exchange.path)
        words = {
            "sum": f"what is {exchange.number}% of 340?",
            "page": f"read {address}",
            "effect": f"POST {address}",
            "file": f"GET {address}",
        }[exchange.what]
        files = [("note.txt", b"The garden gate needs paint.")] if exchange.what == "file" else []
        exchange.person.mention(exchange.channel, words, files=files)
        exchange.said += 1

    async def _see_through(self, exchange: Exchange) -> None:
        """Until there is an answer. Without one after ``PATIENCE`` the exchange stays as it is."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (message := await self.slack.until(lambda: self._new(exchange), None)) is not None:
                    if not await self._react(exchange, message):
                        exchange.seconds = monotonic() - exchange.began
                        return
        except TimeoutError:
            return

    def _new(self, exchange: Exchange) -> Message | None:
        """Something to react to that was not reacted to."""
        for message in self.slack.said(exchange.channel):
            shown = self.slack.shown(message)
            if f"{message.ts} {_label(shown)}" in exchange.dealt_with:
                continue
            # it has changed since: what it asks next is asked anew, even if it reads as before
            exchange.dealt_with -= {dealt for dealt in exchange.dealt_with if dealt.startswith(f"{message.ts} ")}
            if _ANSWERED in shown or _label(shown) is not None or _GIVEN_UP in shown:
                return message
        return None

    async def _react(self, exchange: Exchange, message: Message) -> bool:
        """False: it is the answer."""
        shown = self.slack.shown(message)
        if _ANSWERED in shown:
            return False
        label = _label(shown)
        if label is None:
            self._say(exchange)
        elif not await self._press(exchange, message, self._chosen(exchange, label)):
            return True  # nobody took the press: a person presses again
        exchange.dealt_with.add(f"{message.ts} {label}")
        return True

    def _chosen(self, exchange: Exchange, label: str) -> str:
        """Where it may have happened, a person looks whether it has."""
        happened = self._ground.web.count(exchange.path) > 0
        return "It is done" if label == "Do it again" and happened else label

    async def _press(self, exchange: Exchange, message: Message, label: str) -> bool:
        delivery = exchange.person.press(message, label)
        await self.slack.until(lambda: delivery.state != "under way", None)
        if delivery.state == "acknowledged":
            exchange.pressed.append(label)
        return delivery.state == "acknowledged"

    # -- what became of it ---------------------------------------------------------------------------

    async def zeros(self) -> dict[str, int]:
        """What must not have happened, whatever was broken meanwhile."""
        crew = self._ground.crew
        answers = [self._answers(exchange) for exchange in self.exchanges]
        effects = [exchange for exchange in self.exchanges if exchange.what == "effect"]
        done = [self._ground.web.count(exchange.path) for exchange in effects]
        heard = await crew.count("messages WHERE role = 'user' AND press IS NULL")
        return {
            "without an answer": sum(exchange.seconds is None for exchange in self.exchanges),
            "answered twice": sum(count > 1 for count in answers),
            "effects repeated": sum(max(0, count - 1) for count in done),
            "effects left undone": sum(
                exchange.seconds is not None and not count for exchange, count in zip(effects, done, strict=True)
            ),
            "messages lost or stored twice": abs(heard - sum(exchange.said for exchange in self.exchanges)),
            # a whisper is tried once, and may go with its worker
            "posts failed or unknown": await crew.count(
                "outbound_messages WHERE status IN ('failed', 'unknown') AND kind <> 'whisper'"
            ),
        }

    def told(self) -> dict[str, Figure]:
        """How much there was to do, and what people had to decide because of what was broken."""
        pressed = Counter(label for exchange in self.exchanges for label in exchange.pressed)
        worst = max((exchange.seconds or PATIENCE for exchange in self.exchanges), default=0.0)
        return {
            "asked": len(self.exchanges),
            "effects": sum(exchange.what == "effect" for exchange in self.exchanges),
            "“this may have happened”, done": pressed["It is done"],
            "“this may have happened”, not done": pressed["Do it again"],
            "given up after three crashes, asked again": pressed["Retry"]
            + sum(exchange.said - 1 for exchange in self.exchanges),
            "slowest answer, s": round(worst, 1),
        }

    def _answers(self, exchange: Exchange) -> int:
        return sum(_ANSWERED in self.slack.shown(message) for message in self.slack.said(exchange.channel))


def _label(shown: str) -> str | None:
    return next((label for label in ("Approve", "Do it again", "Retry") if f"[{label}]" in shown), None)


@asynccontextmanager
async def people_of(ground: Ground) -> AsyncGenerator[People]:
    """Nobody talks yet. Processes started from now on listen to this Slack, over sockets."""
    async with FakeSlack(rules=Rules(limited=False, retries=_AGAIN)) as slack:
        ground.environment.update(
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_API_BASE_URL=slack.base_url,
            LEGWORK_SLACK_CHAT_RATE="100",
            LEGWORK_SLACK_CHAT_BURST="100",
        )
        people = People(slack, ground)
        try:
            yield people
        finally:
            await people.stop()
