"""What has been tried for one request, and what follows from it for the next attempt."""

from dataclasses import dataclass

from domain.llm.openai.call import Call, Outcome
from domain.llm.openai.window import LEAST, Room
from domain.llm.tokens import estimated

MORE = 4
"""How many times the room an answer is given that was cut in less."""


@dataclass(slots=True)
class Tries:
    """``attempt`` counts what failed in passing; everything else happens once."""

    wanted: int
    """Tokens the answer may take, where they fit."""
    attempt: int = 1
    note: str = ""
    """What the model is told of its last answer."""
    asked_again: bool = False
    short: bool = False
    """The exchange is sent in fewer words."""
    refitted: bool = False
    exact: int | None = None
    """Tokens that the server said are left beside this very prompt."""
    widened: bool = False
    kept: Outcome | None = None
    """An answer that was cut: better than none."""

    def widen(self) -> None:
        self.widened, self.wanted, self.exact = True, self.wanted * MORE, None

    def is_scant(self, room: Room | None) -> bool:
        """Whether it leaves less than a part of the answer, or nothing."""
        if room is None:
            return True
        return room.window is not None and room.answer is not None and room.answer < self.wanted // MORE


@dataclass(slots=True)
class Rooms:
    """The windows of models, learned from what their servers refused."""

    _known: dict[str, Room]

    def learn(self, model: str, room: Room) -> None:
        self._known[model] = room

    def window(self, model: str) -> int | None:
        room = self._known.get(model)
        return room.window if room is not None else None

    def too_small(self, call: Call, tries: Tries) -> bool:
        """Whether the model's window is known to leave little of an answer beside what is sent."""
        window = self.window(call.model)
        return window is not None and tries.is_scant(Room(window - _sent(call), window))

    def limit(self, call: Call, tries: Tries) -> int | None:
        """Tokens to ask for; None: as many as the server gives."""
        if tries.exact is not None:
            return min(tries.exact, tries.wanted)
        room = self._known.get(call.model)
        if room is None:
            return tries.wanted
        if room.window is None:
            return None if room.answer is None else min(room.answer, tries.wanted)
        left = room.window - _sent(call)
        return min(left if left >= LEAST else room.answer or LEAST, tries.wanted)


def _sent(call: Call) -> int:
    """Tokens."""
    return estimated(call.front, call.turns, call.request.tools if call.uses("tools") else ())
