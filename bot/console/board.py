"""What is on a console's screen: what was said under which id, what is live, and what can be pressed."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from bot.views import buttons, words
from domain.conversations.ports import Press
from domain.conversations.said import Answer, Button, FilePost, PlanCard, Question, Said
from domain.core import ids
from domain.core.errors import NotFound


@dataclass(slots=True)
class _Live:
    key: str
    """Under which it was posted."""
    card: PlanCard
    since: float


@dataclass(slots=True)
class Board:
    """The state of one screen. ``clock`` counts seconds."""

    clock: Callable[[], float] = time.monotonic
    _run: str = field(default_factory=lambda: uuid4().hex[:8])
    _said: dict[str, Said] = field(default_factory=dict[str, Said])
    _keys: dict[str, str] = field(default_factory=dict[str, str])
    _live: dict[str, _Live] = field(default_factory=dict[str, _Live])
    _previews: dict[str, str] = field(default_factory=dict[str, str])
    _answered: dict[str, str] = field(default_factory=dict[str, str])
    _waiting: list[float] = field(default_factory=list[float])
    _asking: str | None = None
    _apart: set[str] = field(default_factory=set[str])

    def post(self, key: str, said: Said, over: str | None = None) -> tuple[str, bool]:
        """Note something new under a fresh id; whether it is to be written now. What is live is drawn instead. What it
        takes the place of (``over``) is no longer there.

        Raises:
            NotFound: nothing on this screen has that id.
        """
        if over is not None:
            if over not in self._said:
                raise NotFound("That message is not on this screen.")
            self._live.pop(over, None)
        message_id = f"{self._run}-{len(self._said) + 1}"
        self._said[message_id] = said
        self._keys[key] = message_id
        self._end_previews(key, said)
        if isinstance(said, Question):
            self._asking = message_id
        return message_id, self._place(message_id, key, said)

    def edit(self, message_id: str, said: Said) -> bool:
        """Note what a message says now; whether that is to be written.

        Raises:
            NotFound: nothing on this screen has that id.
        """
        before = self._said.get(message_id)
        if before is None:
            raise NotFound("That message is not on this screen.")
        self._said[message_id] = said
        was = self._live.get(message_id)
        key = was.key if was is not None else next(key for key, known in self._keys.items() if known == message_id)
        written = self._place(message_id, key, said) and (was is not None or _shown(before) != _shown(said))
        if written:  # it then stands below all others, and numbers press its buttons
            self._said[message_id] = self._said.pop(message_id)
        return written

    def _place(self, message_id: str, key: str, said: Said) -> bool:
        if isinstance(said, PlanCard) and not words.is_final(said.status) and not said.asks:
            self._live[message_id] = _Live(key, said, self.clock())
            return False
        self._live.pop(message_id, None)
        return True

    def posted(self, key: str) -> str | None:
        """The id of what was posted with a key."""
        return self._keys.get(key)

    def preview(self, key: str, text: str) -> None:
        """The text so far of an answer. One that is late, its final text being there already, is passed over."""
        if not self._answered.get(key, "").startswith(text):
            self._previews[key] = text

    def _end_previews(self, key: str, said: Said) -> None:
        """A preview ends with the row whose key begins with its own, or with whatever else ends its task's work."""
        task_id = None if isinstance(said, PlanCard | FilePost) else getattr(said, "task_id", None)
        for shown in list(self._previews):
            if f"{key}:".startswith(f"{shown}:") or (task_id is not None and str(task_id) in shown):
                del self._previews[shown]
                self._answered[shown] = said.text if isinstance(said, Answer) else ""

    def under_way(self) -> list[str]:
        """The keys of all that is live, in whichever thread."""
        return [*(live.key for live in self._live.values()), *self._previews]

    def set_apart(self, key: str, *, apart: bool) -> None:
        """Whether what is live under a key belongs to another thread than the present one: it is not drawn then."""
        (self._apart.add if apart else self._apart.discard)(key)

    def live_cards(self) -> list[tuple[str, PlanCard]]:
        """The cards of the present thread's tasks under way, their time running on."""
        now = self.clock()
        return [(message_id, _aged(live, now)) for message_id, live in self._here().items()]

    def previews(self) -> list[str]:
        return [text for key, text in self._previews.items() if key not in self._apart]

    def _here(self) -> dict[str, _Live]:
        return {message_id: live for message_id, live in self._live.items() if live.key not in self._apart}

    @contextmanager
    def waiting(self) -> Generator[None]:
        """While a message waits for its answer, the screen says so."""
        since = self.clock()
        self._waiting.append(since)
        try:
            yield
        finally:
            self._waiting.remove(since)
            if not self._waiting:
                self._previews.clear()  # everything asked for is answered: nothing is being written

    def waited(self) -> float | None:
        """Seconds the oldest unanswered message has waited; None where nothing is unanswered."""
        return self.clock() - self._waiting[0] if self._waiting else None

    @property
    def is_live(self) -> bool:
        """Whether what is drawn changes with time."""
        return bool(self._here() or self.previews() or self._waiting)

    def is_current(self, message_id: str) -> bool:
        """Whether its buttons are the ones that numbers press."""
        return message_id == self._current()

    def person_spoke(self) -> None:
        """A typed text answers what was asked; older buttons can be pressed by number again."""
        self._asking = None

    def pressed(self, typed: str) -> Button | None:
        """The button meant by a number or a label of the latest message with buttons, or by a live card's label."""
        wanted = " ".join(typed.split()).casefold()
        current = self._current()
        offered = buttons(self._said[current]) if current else ()
        if wanted.isdecimal() and 1 <= int(wanted) <= len(offered):
            return offered[int(wanted) - 1]
        live = tuple(button for shown in self._here().values() for button in shown.card.buttons)
        return next((button for button in (*offered, *live) if button.label.casefold() == wanted), None)

    def stop(self) -> Press | None:
        """What stops the task of the present thread that was started last; with no card yet, the one just asked for."""
        here = list(self._here().values())
        if not here:
            return Press("stop") if self._waiting else None
        card = here[-1].card
        own = next((button.value for button in card.buttons if button.action == "stop"), "")
        return Press("stop", own or _task(card.task_id))

    def _current(self) -> str | None:
        for message_id in reversed(self._said):
            live = self._live.get(message_id)
            if live is not None and live.key in self._apart:
                continue
            if message_id == self._asking or buttons(self._said[message_id]):
                return message_id
        return None


def _aged(live: _Live, now: float) -> PlanCard:
    if live.card.status.lower() != "running":
        return live.card
    return live.card.model_copy(update={"elapsed_ms": live.card.elapsed_ms + int((now - live.since) * 1000)})


def _shown(said: Said) -> dict[str, object]:
    """What is read of a message: a change of its buttons alone is no news, nor is the time that a card has waited."""
    return said.model_dump(exclude={"buttons", "elapsed_ms"})


def _task(task_id: UUID) -> str:
    return ids.text("task", task_id)
