"""A chat platform in memory: what was posted and edited, in order, and failures on request."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from domain.conversations.ports import Address, Capabilities, Earlier, Found, IncomingFile, Posted
from domain.conversations.said import Answer, Button, PlanCard, Problem, Said, Whisper
from domain.core.errors import Ambiguous, LegworkError, NotFound

PLATFORM = "fake"

CAPABILITIES = Capabilities(
    edits=True, previews=True, buttons=True, files=True, tables=True, charts=True, text_limit=4_000, finds=False
)


ASIDE = ("plan", "whisper")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the platform, as it came in. ``accepted``: the person saw its effect."""

    kind: Literal["post", "edit", "find"]
    to: Address
    key: str
    said: Said | None
    message_id: str | None
    plain: bool
    accepted: bool


def card_of(said: Said) -> PlanCard | None:
    """The plan card that a message is, or has taken the place of."""
    return said if isinstance(said, PlanCard) else said.card if isinstance(said, Answer | Problem) else None


@dataclass
class FakeChat:
    """A ChatGateway. ``ledger`` only grows; ``shown`` is what stands in the chats now, by message id."""

    capabilities: Capabilities = CAPABILITIES
    platform: str = PLATFORM
    ledger: list[Call] = field(default_factory=list[Call])
    shown: dict[str, Said] = field(default_factory=dict[str, Said])
    previews: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    found: dict[str, Found] = field(default_factory=dict[str, Found])
    """What ``find`` answers, by key; for other keys “unknown”."""
    answers: Found | None = None
    """What it answers for every key, where the platform cannot tell what its ledger tells."""
    before: Earlier | LegworkError = Earlier()  # noqa: RUF009 - it is frozen
    """What was said in every thread before Legwork was called into it, or why that cannot be read."""
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """What it holds of people's files, by their ``ref``."""
    _failures: deque[LegworkError | None] = field(default_factory=deque[LegworkError | None])

    def fail(self, *failures: LegworkError | None) -> None:
        """The next calls end like this, in order; None: as usual. An Ambiguous one was accepted all the same."""
        self._failures.extend(failures)

    # -- ChatGateway ---------------------------------------------------------------------------------

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False, over: str | None = None) -> Posted:
        if over is not None and over not in self.shown:
            raise NotFound("There is no such message.")
        message_id = over or str(len(self.ledger) + 1)
        self._take("post", to, key, said, message_id, plain)
        return Posted(message_id)

    async def edit(self, to: Address, message_id: str, said: Said, *, key: str, plain: bool = False) -> None:
        if message_id not in self.shown:
            raise NotFound("There is no such message.")
        self._take("edit", to, key, said, message_id, plain)

    async def find(self, to: Address, key: str) -> Found:
        self.ledger.append(Call("find", to, key, None, None, False, True))
        if self.answers is not None:
            return self.answers
        if not self.capabilities.finds:
            return self.found.get(key, "unknown")
        posted = [call for call in self.ledger if call.kind == "post" and call.key == key and call.accepted]
        return Posted(posted[-1].message_id) if posted else "absent"

    async def preview(self, to: Address, key: str, text: str) -> None:
        self.previews.append((key, text))

    async def open_file(self, ref: str) -> AsyncIterator[bytes]:
        if ref not in self.files:
            raise NotFound("That file is gone.")
        yield self.files[ref]

    async def about_file(self, ref: str) -> IncomingFile | None:
        return IncomingFile(f"{ref}.csv", "text/csv", len(self.files[ref]), ref=ref) if ref in self.files else None

    async def earlier(self, to: Address, message_id: str) -> Earlier:
        if isinstance(self.before, LegworkError):
            raise self.before
        return self.before

    async def close(self) -> None:
        """Nothing is held open."""

    def _take(
        self, kind: Literal["post", "edit"], to: Address, key: str, said: Said, message_id: str, plain: bool
    ) -> None:
        failure = self._failures.popleft() if self._failures else None
        accepted = failure is None or isinstance(failure, Ambiguous)
        self.ledger.append(Call(kind, to, key, said, message_id, plain, accepted))
        if accepted and said.type != "whisper":
            self.shown[message_id] = said
        if failure is not None:
            raise failure

    # -- what a test looks at ------------------------------------------------------------------------

    @property
    def calls(self) -> Sequence[Call]:
        """Posts and edits."""
        return [call for call in self.ledger if call.kind != "find"]

    def posts(self) -> list[Said]:
        """What was posted and accepted, in order, as it was first shown; plan cards are looked at by ``card``, what was
        told to one person by ``whispers``.
        """
        return [
            call.said
            for call in self.ledger
            if call.kind == "post" and call.accepted and call.said is not None and call.said.type not in ASIDE
        ]

    def told(self) -> list[Said]:
        """The same, and what plan cards ask, each as it was first shown."""
        told: list[Said] = []
        for call in self.calls:
            if isinstance(call.said, PlanCard) and call.accepted:
                told += [ask for ask in call.said.asks if ask not in told]
            elif call.said is not None and call.kind == "post" and call.accepted and call.said.type not in ASIDE:
                told.append(call.said)
        return told

    def whispers(self) -> list[str]:
        """What was told to whoever pressed, in order."""
        return [call.said.text for call in self.ledger if isinstance(call.said, Whisper) and call.accepted]

    @property
    def card(self) -> PlanCard:
        """The newest plan card as it stands now, or as it was when something took its place."""
        return next(card for said in reversed(self.shown.values()) if (card := card_of(said)) is not None)

    def button(self, label: str) -> Button:
        """The newest button of that label that stands in a chat."""
        for said in reversed(self.shown.values()):
            for button in getattr(said, "buttons", ()):
                if button.label == label:
                    return button
        raise AssertionError(f"no button “{label}” is shown")
